import { expect } from 'chai';
import { compile, gather, grad, mul, scatterAdd, sum } from '../../../autodiff/index.ts';
import { fromData, type Tensor, zeros } from '../../../lib/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';

const many = size(200_000, 1_000_000);
const floats = (dtype: 'float32' | 'float64', length: number, f: (i: number) => number) =>
  dtype === 'float32'
    ? Float32Array.from({ length }, (_, i) => f(i))
    : Float64Array.from({ length }, (_, i) => f(i));
const ids = (count: number, f: (i: number) => number) =>
  fromData(
    Int32Array.from({ length: count }, (_, i) => f(i)),
    [count],
  );

/** The rows to add, and the rows of the result to add them to. */
const cases: Readonly<
  Record<string, { count: number; width: number; value: (i: number) => number; row: (i: number) => number }>
> = {
  'very many tenths onto one row': { count: many, width: 1, value: () => 0.1, row: () => 2 },
  'rows of 5 thirds onto one row': { count: 50_000, width: 5, value: () => 1 / 3, row: () => 0 },
  'onto two rows in turn': { count: 100_000, width: 3, value: () => 0.7, row: (i) => i % 2 },
  'many small onto one large': {
    count: 100_000,
    width: 1,
    value: (i) => (i === 0 ? 1e6 : 1e-3),
    row: () => 1,
  },
  'falling numbers onto rows at random': {
    count: 90_000,
    width: 4,
    value: (i) => 1 / (1 + i),
    row: (i) => (i * i) % 7,
  },
  'seventeen rows, the first of the many': { count: 17, width: 7, value: (i) => 1 + i / 10, row: () => 3 },
  'few rows': { count: 16, width: 6, value: (i) => 1 + i / 10, row: (i) => i % 2 },
};

for (const dtype of ['float32', 'float64'] as const)
  for (const how of ['eager', 'compiled'] as const)
    describe(`scatterAdd of many rows of ${dtype}, ${how}`, () => {
      const wrapped = <A extends readonly unknown[], R>(f: (...args: A) => R) =>
        how === 'compiled' ? compile(f) : f;
      const most = dtype === 'float32' ? 1e-6 : 1e-10;

      for (const [name, { count, width, value, row }] of Object.entries(cases))
        it(`${name}: keeps its digits, and so does the derivative of gather`, () => {
          const values = floats(dtype, count * width, value);
          const want = new Float64Array(8 * width);
          for (let i = 0; i < values.length; i++)
            want[row(Math.floor(i / width)) * width + (i % width)] += values[i];
          const [x, at] = [fromData(values, [count, width]), ids(count, row)];
          const added = wrapped((v: Tensor, k: Tensor) => scatterAdd(v, k, 8))(x, at);
          const pulled = wrapped((v: Tensor, k: Tensor) =>
            grad((w: Tensor) => sum(mul(gather(w, k), v)))(zeros([8, width], { dtype })),
          );
          for (const got of [added, pulled(x, at)])
            numbersOf(got).forEach((number, i) => {
              expect(Math.abs(number - want[i]) / (want[i] || 1), `${i}`).to.be.at.most(most);
            });
        });

      it('is infinite or NaN only where a row is', () => {
        const scatter = wrapped((v: Tensor, k: Tensor) => scatterAdd(v, k, 4));
        for (const bad of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
          const values = floats(dtype, 120, (i) => (i === 50 ? bad : 1));
          expect(
            numbersOf(
              scatter(
                fromData(values, [40, 3]),
                ids(40, (i) => i % 2),
              ),
            ),
          ).to.deep.equal([20, 20, bad, 20, 20, 20, 0, 0, 0, 0, 0, 0]);
        }
      });
    });
