import { expect } from 'chai';
import {
  allocate,
  type FloatDType,
  fromData,
  kernels,
  type Tensor,
  type TypedArray,
} from '../../../lib/index.ts';
import { float64, Machine, type OpName, opcodes, reservedBytes } from '../../../lib/kernels/wasm/index.ts';
import { size } from '../../support/size.ts';

/**
 * Numbers of one sign, so that the sum is as large as its terms: some round always the same way, some vary.
 */
const kinds: Readonly<Record<string, (i: number) => number>> = {
  'a tenth': () => 0.1,
  'a third': () => 1 / 3,
  'a little more than 1': () => 1.0000005,
  'a wave': (i) => 1.5 + Math.sin(1.7 * i),
  'falling numbers': (i) => 1 / (1 + i),
};
const lengths = [255, 1000, ...size([9003], [40_003])];
/** In units of 2^-24 or 2^-53 of the sum, for any length. */
const allowed = { float32: 16, float64: 64 } as const;

/** Σ xᵢ yᵢ with compensation (Neumaier). Products are exact for float32, and nearly so for float64. */
function exactly(x: ArrayLike<number>, y?: ArrayLike<number>): number {
  let [sum, lost] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const value = y === undefined ? x[i] : x[i] * y[i];
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Runs one instruction on buffers in its own memory. Returns its first output. */
function run(
  dtype: FloatDType,
  name: OpName,
  size: number,
  given: (buffers: (x: TypedArray | number) => number) => number[],
): number[] {
  const width = dtype === 'float32' ? 4 : 8;
  const parts: (readonly [number, TypedArray | number])[] = [];
  let end: number = reservedBytes;
  const place = (x: TypedArray | number): number => {
    const at = end;
    parts.push([at, x]);
    end = Math.ceil((at + width * (typeof x === 'number' ? x : x.length)) / 64) * 64;
    return at;
  };
  const out = place(size);
  const words = [opcodes[name] + (dtype === 'float64' ? float64 : 0), out, ...given(place)];
  const machine = new Machine(end + 4 * words.length);
  const view = (at: number, length: number) =>
    dtype === 'float32'
      ? new Float32Array(machine.memory.buffer, at, length)
      : new Float64Array(machine.memory.buffer, at, length);
  for (const [at, x] of parts) if (typeof x !== 'number') view(at, x.length).set(x);
  new Int32Array(machine.memory.buffer, end, words.length).set(words);
  machine.run(end, end + 4 * words.length);
  return [...view(out, size)];
}

describe('long sums', () => {
  for (const dtype of ['float32', 'float64'] as const)
    describe(dtype, () => {
      const typed = (length: number, f: (i: number) => number): TypedArray => {
        const data = allocate(dtype, length);
        for (let i = 0; i < length; i++) data[i] = f(i);
        return data;
      };
      const unit = dtype === 'float32' ? 2 ** -24 : 2 ** -53;

      for (const [kind, f] of Object.entries(kinds))
        it(`of ${kind} keep their digits in every instruction, at any length`, () => {
          for (const n of kind === 'a tenth' ? [...lengths, ...size([], [1_000_000])] : lengths) {
            const [x, y] = [typed(n, f), typed(n, (i) => f(i + 1))];
            /** Row i of [n,2] is x[i] y[i]; [2,n] holds x, then y. */
            const pairs = typed(2 * n, (i) => (i % 2 === 0 ? x : y)[i >> 1]);
            const rows = typed(5 * n, (i) => (Math.floor(i / n) % 2 === 0 ? x : y)[i % n]);
            const two = rows.slice(0, 2 * n);
            const [sx, sy, xx, xy, yy] = [
              exactly(x),
              exactly(y),
              exactly(x, x),
              exactly(x, y),
              exactly(y, y),
            ];
            const check = (name: OpName, got: number[], want: number[]) =>
              got.forEach((value, i) => {
                const off = Math.abs(value - want[i]) / Math.abs(want[i]) / unit;
                if (!(off <= allowed[dtype]))
                  expect.fail(`${name} of ${n}, element ${i}: ${value}, not ${want[i]}: off by ${off} units`);
              });
            check(
              'sum',
              run(dtype, 'sum', 1, (put) => [put(x), 1, n, 1]),
              [sx],
            );
            check(
              'sum',
              run(dtype, 'sum', 2, (put) => [put(pairs), 1, n, 2]),
              [sx, sy],
            );
            check(
              'sum',
              run(dtype, 'sum', 2, (put) => [put(two), 2, n, 1]),
              [sx, sy],
            );
            check('cumsum', run(dtype, 'cumsum', n, (put) => [put(x), 1, n, 1, 0]).slice(-1), [sx]);
            check('cumsum', run(dtype, 'cumsum', 2 * n, (put) => [put(pairs), 1, n, 2, 1]).slice(0, 2), [
              sx,
              sy,
            ]);
            check(
              'dot',
              run(dtype, 'dot', 1, (put) => [put(x), put(y), n]),
              [xy],
            );
            check(
              'squares',
              run(dtype, 'squares', 1, (put) => [put(x), 1, n]),
              [xx],
            );
            check(
              'squares',
              run(dtype, 'squares', 1, (put) => [put(x), n, 1]),
              [xx],
            );
            check(
              'squares',
              run(dtype, 'squares', 1, (put) => [put(two), n, 2]),
              [xx + yy],
            );
            check(
              'matvec',
              run(dtype, 'matvec', 5, (put) => [put(rows), put(y), 5, n, 0]),
              [xy, yy, xy, yy, xy],
            );
            check(
              'matvect',
              run(dtype, 'matvect', 2, (put) => [put(pairs), put(y), n, 2, 0]),
              [xy, yy],
            );
            check(
              'matvec2',
              run(dtype, 'matvec2', 5, (put) => [put(5), put(rows), put(y), put(x), 5, n]),
              [xy, yy, xy, yy, xy],
            );
            check(
              'matvect2',
              run(dtype, 'matvect2', 2, (put) => [put(2), put(pairs), put(y), put(x), n, 2]),
              [xy, yy],
            );
            check(
              'bilinear',
              run(dtype, 'bilinear', 1, (put) => [put(x), put(pairs), put(typed(2, () => 1)), n, 2]),
              [xx + xy],
            );
            check(
              'bilinear',
              run(dtype, 'bilinear', 1, (put) => [put(typed(5, () => 1)), put(rows), put(y), 5, n]),
              [3 * xy + 2 * yy],
            );
            for (const [left, right, a, b] of [
              [0, 0, two, pairs],
              [1, 0, pairs, pairs],
              [0, 1, two, two],
              [1, 1, pairs, two],
            ] as const)
              check(
                'gemm',
                run(dtype, 'gemm', 4, (put) => [put(a), put(b), 2, 2, n, left, right, 0]),
                [xx, xy, xy, yy],
              );
          }
        });

      it('are infinite or NaN if a term is, not if one is only large', () => {
        const infinity = Number.POSITIVE_INFINITY;
        for (const n of [5, 300, 5000])
          for (const [bad, want] of [
            [infinity, infinity],
            [-infinity, -infinity],
            [Number.NaN, Number.NaN],
          ]) {
            const x = typed(n, (i) => (i === n - 2 ? bad : 1));
            const ones = typed(n, () => 1);
            const pairs = typed(2 * n, (i) => (i % 2 === 0 ? x : ones)[i >> 1]);
            const four = typed(4 * n, (i) => (i < n ? x : ones)[i % n]);
            const results = [
              run(dtype, 'sum', 1, (put) => [put(x), 1, n, 1]),
              run(dtype, 'sum', 2, (put) => [put(pairs), 1, n, 2]),
              run(dtype, 'cumsum', n, (put) => [put(x), 1, n, 1, 0]).slice(-1),
              run(dtype, 'dot', 1, (put) => [put(x), put(ones), n]),
              run(dtype, 'matvec', 4, (put) => [put(four), put(ones), 4, n, 0]),
              run(dtype, 'matvect', 2, (put) => [put(pairs), put(ones), n, 2, 0]),
              run(dtype, 'bilinear', 1, (put) => [put(typed(4, () => 1)), put(four), put(ones), 4, n]),
              run(dtype, 'gemm', 4, (put) => [put(pairs), put(typed(2 * n, () => 1)), 2, 2, n, 1, 0, 0]),
            ];
            results.forEach(([first], i) => {
              expect(first, `${i}, ${bad} among ${n}`).to.satisfy((value: number) => Object.is(value, want));
            });
            for (const i of [1, 4, 5]) expect(results[i][1], `${i}, ${n}`).to.equal(n);
          }
      });

      it('keep their digits in the reference kernels too', () => {
        const n = 200_000;
        for (const f of Object.values(kinds)) {
          const [x, y] = [typed(n, f), typed(n, (i) => f(i + 1))];
          const pairs = fromData(
            typed(2 * n, (i) => (i % 2 === 0 ? x : y)[i >> 1]),
            [n, 2],
          );
          const [row, column] = [fromData(x, [1, n]), fromData(y, [n, 1])];
          const [sx, sy, xx, xy] = [exactly(x), exactly(y), exactly(x, x), exactly(x, y)];
          const all: [got: Tensor, want: number[]][] = [
            [kernels.sum(pairs, [0]), [sx, sy]],
            [kernels.sum(pairs, [0, 1]), [sx + sy]],
            [kernels.matmul(row, column, false, false), [xy]],
            [kernels.matmul(row, pairs, false, false), [xx, xy]],
          ];
          for (const [got, want] of all)
            [...kernels.reshape(got, [got.size]).toNdarray().data].forEach((value, i) => {
              expect(Math.abs(value - want[i]) / want[i] / unit).to.be.at.most(allowed[dtype]);
            });
        }
      });
    });
});
