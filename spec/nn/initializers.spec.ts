import { expect } from 'chai';
import fc from 'fast-check';
import { ShapeError, seeded } from '../../lib/index.ts';
import { fanIn, filled, glorot, type Initializer, normal, orthogonal, uniform } from '../../nn/index.ts';
import { numbersOf, requireClose } from '../../trainers/testing/numbers.ts';

/** Mean, variance, minimum and maximum of the 40,000 elements of a 100 by 400 matrix. */
function statistics(init: Initializer): { mean: number; variance: number; least: number; most: number } {
  const values = numbersOf(init(seeded(1), [100, 400]));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variance, least: Math.min(...values), most: Math.max(...values) };
}

describe('initialisers', () => {
  const bounds = {
    uniform: [uniform(0.3), 0.3],
    fanIn: [fanIn(16), 0.25],
    glorot: [glorot(), Math.sqrt(6 / 500)],
  } as const;
  for (const [name, [init, bound]] of Object.entries(bounds))
    it(`${name}: uniform within its bound`, () => {
      const { mean, variance, least, most } = statistics(init);
      // A standard error of the mean is bound/√3/200; both statistics are allowed about five.
      expect(Math.abs(mean)).to.be.at.most(0.015 * bound);
      expect(variance / (bound ** 2 / 3)).to.be.within(0.97, 1.03);
      expect(least).to.be.within(-bound, -0.99 * bound);
      expect(most).to.be.within(0.99 * bound, bound);
    });

  it('normal: has the given deviation', () => {
    const { mean, variance, most } = statistics(normal(2));
    expect(Math.abs(mean)).to.be.at.most(0.05);
    expect(variance / 4).to.be.within(0.96, 1.04);
    expect(most).to.be.within(6, 12);
  });

  it('filled: one value, and no draw', () => {
    const noise = seeded(1);
    const before = JSON.stringify(noise.save());
    expect(filled(1.5)(noise, [2, 3]).toArray()).to.deep.equal([
      [1.5, 1.5, 1.5],
      [1.5, 1.5, 1.5],
    ]);
    expect(JSON.stringify(noise.save())).to.equal(before);
  });

  it('orthogonal: rows or columns are orthonormal to rounding, times the gain', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1, 0.5, 3),
        fc.nat(1e6),
        (rows, columns, gain, seed) => {
          const matrix = orthogonal(gain)(seeded(seed), [rows, columns]).toArray() as number[][];
          const vectors = rows <= columns ? matrix : matrix[0].map((_, j) => matrix.map((row) => row[j]));
          const products = vectors.flatMap((a) =>
            vectors.map((b) => a.reduce((sum, x, i) => sum + x * b[i], 0)),
          );
          requireClose(
            products,
            vectors.flatMap((_, i) => vectors.map((_, j) => (i === j ? gain ** 2 : 0))),
            1e-13,
            'inner products',
          );
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('orthogonal: has either orientation with equal chance', () => {
    const first = Array.from({ length: 400 }, (_, i) => numbersOf(orthogonal()(seeded(i), [3, 3]))[0]);
    expect(Math.abs(first.filter((x) => x > 0).length - 200)).to.be.at.most(50);
  });

  for (const [name, init] of Object.entries({ orthogonal: orthogonal(), glorot: glorot() }))
    it(`${name}: accepts only matrices`, () => {
      for (const shape of [[3], [], [2, 3, 4]])
        expect(() => init(seeded(1), shape)).to.throw(ShapeError, `${name}: initialises matrices`);
    });

  it('equal noise draws equal numbers, other noise others', () => {
    for (const init of [uniform(1), normal(1), glorot(), orthogonal()]) {
      expect(numbersOf(init(seeded(5), [3, 4]))).to.deep.equal(numbersOf(init(seeded(5), [3, 4])));
      expect(numbersOf(init(seeded(5), [3, 4]))).not.to.deep.equal(numbersOf(init(seeded(6), [3, 4])));
    }
  });
});
