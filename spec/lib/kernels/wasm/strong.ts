import { expect } from 'chai';
import { dataOf, type FloatDType, fromData, kernels } from '../../../../lib/index.ts';
import type { OpName } from '../../../../lib/kernels/wasm/index.ts';
import { bench, largest, near, randomOf, range, result, rounded, shapes, sizes, test } from './workbench.ts';

const special = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2.5];

/** x y, where 0 times infinity or NaN is 0. */
function strong(x: number, y: number): number {
  const product = x * y;
  return Number.isNaN(product) && (x === 0 || y === 0) ? 0 : product;
}

/** Products with a strong zero, against plain loops. */
export function strongProducts(dtype: FloatDType): void {
  const random = randomOf(dtype);
  /** A special value at every third place; if there are few elements, only zeros and non-finite numbers. */
  const mixed = (n: number, shift: number) =>
    random(n).map((value, i) => ((i + shift) % 3 === 0 ? special[(i * i + shift) % special.length] : value));
  const same = (actual: readonly number[], expected: readonly number[], what: string) => {
    expect(actual.map(Number.isNaN), `${what}: NaN`).to.deep.equal(expected.map(Number.isNaN));
    expect(
      actual.filter((x) => Math.abs(x) === Infinity),
      `${what}: infinity`,
    ).to.deep.equal(expected.filter((x) => Math.abs(x) === Infinity));
    const finite = (values: readonly number[]) => values.map((value) => (Number.isFinite(value) ? value : 0));
    near(dtype, finite(actual), finite(expected), 100 + 10 * largest(finite(expected)), what);
  };

  test(
    ['strongmul', 'strongmuls'],
    'multiplies, and makes 0 of 0 times what is not finite, whatever lies beside it',
    () => {
      for (const n of sizes)
        for (const shift of range(7)) {
          const [x, y] = [mixed(n, shift), mixed(n, 2 * shift + 1)];
          const want = rounded(
            dtype,
            x.map((value, i) => strong(value, y[i])),
          );
          expect(result(dtype, n, 'strongmul', x, y, n)).to.deep.equal(want);
          const [a, b] = [fromData(Float64Array.from(x), [n]), fromData(Float64Array.from(y), [n])];
          expect(rounded(dtype, [...dataOf(kernels.strongMul(a, b))])).to.deep.equal(want);
          for (const scalar of special)
            expect(result(dtype, n, 'strongmuls', x, [scalar], n)).to.deep.equal(
              rounded(
                dtype,
                x.map((value) => strong(value, scalar)),
              ),
            );
          bench.clear();
          const [p, q] = [bench.put(x, dtype), bench.put(y, dtype)];
          bench.run(dtype, ['strongmul', q, p, q, n]);
          expect([...bench.view(q, n, dtype)]).to.deep.equal(want);
        }
    },
  );

  test(['mend'], 'adds up again what became NaN, and nothing else', () => {
    for (const [m, n] of shapes)
      for (const k of [1, 5, 17])
        for (const [ta, tb] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ]) {
          const [a, b] = [mixed(m * k, m + ta), mixed(k * n, n + tb + 1)];
          const left = fromData(Float64Array.from(a), ta ? [k, m] : [m, k]);
          const right = fromData(Float64Array.from(b), tb ? [n, k] : [k, n]);
          const products = (isStrong: boolean) => [
            ...dataOf(kernels.matmul(left, right, ta === 1, tb === 1, isStrong)),
          ];
          bench.clear();
          const [out, p, q] = [products(false), a, b].map((values) => bench.put(values, dtype));
          bench.run(dtype, ['mend', out, p, q, m, n, k, ta, tb]);
          same([...bench.view(out, m * n, dtype)], products(true), `${m} × ${n}, ${k} deep`);
          const at = (i: number, l: number) => a[ta ? l * m + i : i * k + l];
          const of = (l: number, j: number) => b[tb ? j * k + l : l * n + j];
          const sums = range(m * n).map((i) =>
            range(k).reduce((sum, l) => sum + strong(at(Math.floor(i / n), l), of(l, i % n)), 0),
          );
          same(products(true), sums, 'the reference');
        }
  });

  /** Runs an instruction on copies of its arrays. Returns its outputs. */
  const written = (
    name: OpName,
    arrays: readonly (readonly number[])[],
    ids: readonly number[],
    counts: number[],
    outs: number,
  ) => {
    bench.clear();
    const places = arrays.map((values, i) => bench.put([...values], ids.includes(i) ? 'int32' : dtype));
    bench.run(dtype, [name, ...places, ...counts]);
    return places.slice(0, outs).map((at, i) => [...bench.view(at, arrays[i].length, dtype)]);
  };

  test(
    ['strongouter', 'strongrank1', 'strongrank1two', 'strongbilinear', 'strongrank1norm', 'strongrank1pair'],
    'are the ordinary ones on finite numbers, bit for bit, and take the elements one by one on others',
    () => {
      for (const [m, n] of shapes) {
        const size = m * n;
        const [x, y, w, t, [a, b, c, k, s]] = [
          random(size),
          random(size),
          random(size),
          random(size),
          random(5),
        ];
        const none = new Array<number>(size).fill(0);
        const product = (factor: number, u: number[], v: number[]) =>
          range(size).map((i) => strong(factor * u[Math.floor(i / n)], v[i % n]));
        for (const finite of [true, false]) {
          const draw = (count: number, shift: number) => (finite ? random(count) : mixed(count, shift));
          const [u, v, p, z] = [draw(m, 1), draw(n, m), draw(m, n), draw(n, 2)];
          const first = product(c, u, v);
          const next = product(s, p, z).map((value, i) => value + k * t[i]);
          const norm = next.reduce((sum, value) => sum + value * value, 0);
          const cases: [OpName, number[][], number[], number[][]][] = [
            ['outer', [none, [c], u, v], [m, n], [first]],
            ['rank1', [none, [a], x, [c], u, v], [m, n], [first.map((value, i) => a * x[i] + value)]],
            [
              'rank1two',
              [none, [a], x, [b], y, [c], u, v],
              [m, n],
              [first.map((value, i) => a * x[i] + b * y[i] + value)],
            ],
            [
              'bilinear',
              [[0], u, x, v],
              [m, n],
              [[product(1, u, v).reduce((sum, value, i) => sum + value * x[i], 0)]],
            ],
            ['rank1norm', [t, [0], [k], [s], p, z], [m, n, 0], [next, [norm]]],
            [
              'rank1pair',
              [w, t, [0], [a], [b], [c], u, v, [k], [s], p, z],
              [m, n, 0],
              [first.map((value, i) => a * w[i] + b * t[i] + value), next, [norm]],
            ],
          ];
          for (const [name, arrays, counts, want] of cases) {
            const what = `${name} ${m} × ${n}`;
            const outs = written(`strong${name}` as OpName, arrays, [], counts, want.length);
            if (finite) expect(outs, what).to.deep.equal(written(name, arrays, [], counts, want.length));
            want.forEach((values, i) => {
              if (values.length > 1 || size < 200) same(outs[i], values, what);
            });
          }
        }
      }
    },
  );

  test(
    ['strongrank1norm', 'strongrank1pair'],
    'leave the rows alone that no index names, whatever goes to the one',
    () => {
      const [m, n] = [5, 7];
      const [w, t, [a, b, c, k, s]] = [random(m * n), random(m * n), random(5)];
      for (const finite of [true, false]) {
        const [v, z] = finite ? [random(n), random(n)] : [mixed(n, 0), mixed(n, 1)];
        const row = (i: number) => Math.floor(i / n) === 3;
        const moved = w.map((value, i) => a * value + b * t[i] + (row(i) ? c * v[i % n] : 0));
        const next = t.map((value, i) => k * value + (row(i) ? s * z[i % n] : 0));
        const pair = written(
          'strongrank1pair',
          [w, t, [0], [a], [b], [c], [3], v, [k], [s], [3], z],
          [6, 10],
          [m, n, 1],
          2,
        );
        same(pair[0], moved, 'w');
        same(pair[1], next, 't');
        same(written('strongrank1norm', [t, [0], [k], [s], [3], z], [4], [m, n, 1], 1)[0], next, 't alone');
      }
    },
  );
}
