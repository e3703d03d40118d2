import { expect } from 'chai';
import { cast, type FloatDType, seeded, tensor } from '../../../lib/index.ts';
import { leadingRows } from '../../../trainers/estimators/products/leadingRows.ts';
import { orthonormal } from '../../../trainers/estimators/products/orthonormal.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

const digits: Readonly<Record<FloatDType, number>> = { float32: 1e-6, float64: 1e-14 };

/** The rows of what comes out, for rows of numbers. */
function rowsFrom(rows: readonly (readonly number[])[], dtype: FloatDType): number[][] {
  const all = numbersOf(orthonormal(rows.map((row) => tensor([...row], { dtype }))));
  return rows.map((row, i) => all.slice(i * row.length, (i + 1) * row.length));
}
const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);

describe('orthonormal rows', () => {
  for (const dtype of ['float32', 'float64'] as const)
    it(`are what each vector adds to those before it, of length 1: ${dtype}`, () => {
      const [a, b, c] = [3, 4, 5].map((seed) => numbersOf(cast(seeded(seed).normal([7]), dtype)));
      // The second is almost the first, which one pass would leave visibly oblique.
      const close = a.map((x, i) => x + digits[dtype] * 100 * b[i]);
      const rows = rowsFrom([a, close, c], dtype);
      rows.forEach((row, i) => {
        requireClose(
          rows.map((other) => product(row, other)),
          [0, 1, 2].map((j) => Number(i === j)),
          digits[dtype],
          `row ${i}`,
        );
      });
      expect(product(rows[0], a)).to.be.above(0);
      expect(product(rows[2], c)).to.be.above(0);
      // c is a combination of all three.
      const rest = c.map((x, i) => x - rows.reduce((sum, row) => sum + product(row, c) * row[i], 0));
      requireClose(
        rest,
        rest.map(() => 0),
        10 * digits[dtype],
        'what is left of the third',
      );
    });

  it('are zeros for a vector that depends on those before it, and for one of zeros', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [a, b] = [6, 7].map((seed) => numbersOf(cast(seeded(seed).normal([5]), dtype)));
      const rows = rowsFrom([a, b, a.map((x, i) => 0.7 * x - 0.3 * b[i]), [0, 0, 0, 0, 0]], dtype);
      expect([...rows[2], ...rows[3]].every((x) => x === 0)).to.equal(true);
      requireClose([product(rows[1], rows[1])], [1], digits[dtype], 'the second');
    }
  });

  it('do not depend on the lengths of the vectors', () => {
    const vectors = [
      [3e-9, 4e-9, 0],
      [0, 2e6, 0],
      [1, 1, 1],
    ];
    requireClose(rowsFrom(vectors, 'float64').flat(), [0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0, 1], 1e-12, 'rows');
  });
});

describe('the leading rows of a matrix', () => {
  const before = tensor(
    [
      [1, 0, 0],
      [0, 0.6, 0.8],
    ],
    { dtype: 'float64' },
  );

  it('are its eigenvectors where it is repeated, in any units', () => {
    for (const unit of [1, 1e-20, 1e20]) {
      const matrix = tensor(
        [
          [2 * unit, 0, 0],
          [0, 5 * unit, 0],
          [0, 0, 0.1 * unit],
        ],
        { dtype: 'float64' },
      );
      const trace = tensor(7.1 * unit, { dtype: 'float64' });
      let rows = before;
      for (let i = 0; i < 12; i++) rows = leadingRows(matrix, rows, trace);
      requireClose(numbersOf(rows), [1, 0, 0, 0, 1, 0], 1e-9, `unit ${unit}`);
    }
  });

  it('are those before where it is zero, and stay orthonormal where its rank is lower', () => {
    const none = leadingRows(
      tensor(
        [
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
        ],
        { dtype: 'float64' },
      ),
      before,
      tensor(0, { dtype: 'float64' }),
    );
    expect(numbersOf(none)).to.deep.equal(numbersOf(before));
    const one = tensor(
      [
        [0, 0, 0],
        [0, 4, 0],
        [0, 0, 0],
      ],
      { dtype: 'float64' },
    );
    requireClose(
      numbersOf(leadingRows(one, before, tensor(4, { dtype: 'float64' }))),
      [1, 0, 0, 0, 1, 0],
      1e-12,
      'rank 1',
    );
  });
});
