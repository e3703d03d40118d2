import { expect } from 'chai';
import { dataOf, type FloatDType, fromData, kernels } from '../../../../lib/index.ts';
import type { OpName } from '../../../../lib/kernels/wasm/index.ts';
import { bench, near, randomOf, range, result, shapes, sizes, test } from './workbench.ts';

/** Reductions and moves of elements, against the reference kernels. */
export function layout(dtype: FloatDType): void {
  const data = randomOf(dtype);
  test(['sum', 'max', 'argmax'], 'reduce', () => {
    for (const [n, inner] of [...shapes, ...sizes.map((n): [number, number] => [n, 1])])
      for (const outer of [1, 3]) {
        const x = data(outer * n * inner);
        const tensor = fromData(Float64Array.from(x), [outer, n, inner]);
        const what = `of [${[outer, n, inner]}]`;
        const size = outer * inner;
        near(
          dtype,
          result(dtype, size, 'sum', x, outer, n, inner),
          [...dataOf(kernels.sum(tensor, [1]))],
          3 + 3 * Math.sqrt(n),
          `sum ${what}`,
        );
        expect(result(dtype, size, 'max', x, outer, n, inner), what).to.deep.equal([
          ...dataOf(kernels.maxReduce(tensor, [1])),
        ]);
        if (n > 0) x[Math.floor(x.length / 2)] = Number.NaN;
        const spoilt = fromData(Float64Array.from(x), [outer, n, inner]);
        expect(result(dtype, size, 'max', x, outer, n, inner), what).to.deep.equal([
          ...dataOf(kernels.maxReduce(spoilt, [1])),
        ]);
        const ties = x.map((value) => Math.round(value));
        const first = kernels.argmax(fromData(Float64Array.from(ties), [outer * inner, n]));
        expect(result(dtype, size, 'argmax', ties, size, n), what).to.deep.equal([...dataOf(first)]);
      }
  });

  test(['cumsum'], 'adds up along the middle axis, from either end', () => {
    for (const [n, inner] of shapes)
      for (const outer of [1, 3])
        for (const reverse of [0, 1]) {
          const x = data(outer * n * inner);
          const want = kernels.cumsum(fromData(Float64Array.from(x), [outer, n, inner]), 1, reverse === 1);
          const got = result(dtype, x.length, 'cumsum', x, outer, n, inner, reverse);
          near(dtype, got, [...dataOf(want)], 3 + 3 * Math.sqrt(n), `cumsum of [${[outer, n, inner]}]`);
        }
  });

  test(['argmax'], 'stops at the first NaN', () => {
    const nan = Number.NaN;
    const rows = [
      [1, nan, 3, nan],
      [nan, 5, 6, 7],
      [1, 2, 5, nan],
      [-Infinity, -Infinity, 0, 0],
      [Infinity, nan, Infinity, 1],
      [nan, nan, nan, nan],
    ];
    const want = [1, 0, 3, 2, 1, 0];
    expect(result(dtype, 6, 'argmax', rows.flat(), 6, 4)).to.deep.equal(want);
    expect([...dataOf(kernels.argmax(fromData(Float64Array.from(rows.flat()), [6, 4])))]).to.deep.equal(want);
  });

  test(['strided'], 'copies any layout', () => {
    for (const sizes of [[], [5], [7, 3], [3, 5, 2], [2, 3, 4, 5], [3, 0, 2], [64, 65]]) {
      const n = sizes.reduce((product, size) => product * size, 1);
      const dense = sizes.map((_, axis) =>
        sizes.slice(axis + 1).reduce((product, size) => product * size, 1),
      );
      for (const [mine, theirs] of [
        [dense, dense.toReversed()],
        [dense, dense],
        [dense.map((s) => 2 * s), dense],
        [dense, dense.map((s, i) => (i % 2 ? 0 : s))],
      ]) {
        const reach = (strides: number[]) =>
          1 + strides.reduce((sum, stride, axis) => sum + stride * Math.max(0, sizes[axis] - 1), 0);
        const x = data(reach(theirs));
        const want = new Array<number>(reach(mine)).fill(77);
        for (const i of range(n)) {
          const index = sizes.map((size, axis) => Math.floor(i / dense[axis]) % size);
          const offset = (strides: number[]) => index.reduce((sum, at, axis) => sum + at * strides[axis], 0);
          want[offset(mine)] = x[offset(theirs)];
        }
        expect(
          result(dtype, want.length, 'strided', x, sizes.length, ...sizes, ...mine, ...theirs),
        ).to.deep.equal(want);
      }
    }
  });

  test(['gather', 'scatteradd'], 'move rows by index', () => {
    for (const width of sizes)
      for (const count of [0, 1, 6]) {
        const [table, x] = [data(4 * width), data(count * width)];
        const ids = Int32Array.from(range(count), (i) => (i * 7 + 3) % 4);
        const gathered = [...ids].flatMap((id) => table.slice(id * width, (id + 1) * width));
        expect(result(dtype, count * width, 'gather', table, ids, count, width)).to.deep.equal(gathered);
        const want = dataOf(
          kernels.scatterAdd(fromData(Float64Array.from(x), [count, width]), fromData(ids, [count]), 4),
        );
        for (const lost of [0, new Array<number>(4 * width).fill(9)])
          near(
            dtype,
            result(dtype, 4 * width, 'scatteradd', x, ids, count, width, 4, lost),
            [...want],
            10,
            'scatteradd',
          );
      }
  });

  test(['copy', 'fill', 'strided', 'gather'], 'move int32 bit for bit', () => {
    if (dtype === 'float64') return;
    const bits = Int32Array.from([0x7fa00001, -0x5fffff, 0x7f800001, -1, -0x80000000, 5, 0x7fffffff]);
    const words: [OpName, ...number[]][] = [
      ['copy', 7],
      ['strided', 1, 7, 1, 1],
      ['gather', 1, 7],
    ];
    for (const [name, ...rest] of words) {
      bench.clear();
      const [x, out, ids] = [
        bench.put(bits, 'int32'),
        bench.put(new Int32Array(7), 'int32'),
        bench.put([0], 'int32'),
      ];
      bench.run(dtype, [name, out, x, ...(name === 'gather' ? [ids] : []), ...rest]);
      expect([...bench.view(out, 7, 'int32')], name).to.deep.equal([...bits]);
    }
    for (const [i, value] of bits.entries()) {
      bench.clear();
      const [out, scalar] = [bench.put(new Int32Array(i), 'int32'), bench.put([value], 'int32')];
      bench.run(dtype, ['fill', out, scalar, i]);
      expect([...bench.view(out, i, 'int32')]).to.deep.equal(new Array<number>(i).fill(value));
    }
  });
}
