import { expect } from 'chai';
import { DataError } from '../../../lib/index.ts';
import { createAdwin } from '../../../trainers/evaluation/adwin.ts';
import { draws } from '../../support/draws.ts';

/** A copy through JSON, as in a checkpoint. */
function reread<T>(saved: T): T {
  return JSON.parse(JSON.stringify(saved));
}

describe('trainers/evaluation: the search for drift', () => {
  /**
   * By how much the mean of the last 32 of 64 numbers that scatter by ±`within` has to be larger to be taken
   * for a change.
   */
  function leastRise(within: number): number {
    const d = Math.log((2 * Math.log(64)) / 0.002);
    const isEnough = (rise: number) =>
      rise > Math.sqrt((2 * (within ** 2 + rise ** 2 / 4) * d) / 16) + (2 * d) / (3 * 16);
    let [low, high] = [0, 2];
    while (high - low > 1e-9) {
      const middle = (low + high) / 2;
      [low, high] = isEnough(middle) ? [low, middle] : [middle, high];
    }
    return high;
  }

  it('finds exactly the changes that are larger than the bound', () => {
    for (const within of [0, 0.02, 0.05]) {
      const least = leastRise(within);
      const values = (rise: number) =>
        Array.from({ length: 64 }, (_, i) => 0.1 + (i % 2 === 0 ? within : -within) + (i < 32 ? 0 : rise));
      expect(changes(values(least * 0.999))).to.deep.include({ risen: [], fallen: [] });
      expect(changes(values(least * 1.001))).to.deep.include({ risen: [64], fallen: [] });
      // The part before the change was dropped.
      const adwin = createAdwin();
      for (const value of values(least * 1.001)) adwin.add(value);
      expect(adwin.save().buckets.reduce((sum, [count]) => sum + count, 0)).to.equal(32);
      expect(changes(values(least * 1.001).reverse())).to.deep.include({ risen: [], fallen: [64] });
    }
  });

  it('has five buckets of a size at most, the oldest ones joined first', () => {
    const adwin = createAdwin();
    const sizes: number[][] = [];
    for (let i = 0; i < 20; i++) {
      adwin.add(0.5);
      sizes.push(adwin.save().buckets.map(([count]) => count));
    }
    expect([sizes[4], sizes[5], sizes[6], sizes[7]]).to.deep.equal([
      [1, 1, 1, 1, 1],
      [2, 1, 1, 1, 1],
      [2, 1, 1, 1, 1, 1],
      [2, 2, 1, 1, 1, 1],
    ]);
    expect(sizes[15]).to.deep.equal([4, 2, 2, 2, 2, 1, 1, 1, 1]);
  });

  it('resumes from its saved state, and refuses an invalid one', () => {
    const values = [...coins(3, [200, 0.2], [300, 0.8])];
    const straight = createAdwin();
    let resumed = createAdwin();
    const found = values.map((value, i) => {
      if (i % 50 === 9) resumed = createAdwin(reread(resumed.save()));
      const change = straight.add(value);
      expect(resumed.add(value)).to.equal(change);
      return change;
    });
    expect(found.filter((change) => change !== undefined)).to.deep.equal(['risen']);
    expect(resumed.save()).to.deep.equal(straight.save());
    expect(straight.save().added).to.equal(500);
    expect(() => createAdwin({ added: -1, buckets: [] })).to.throw(
      DataError,
      /a number of errors -1 is not a whole number/,
    );
    expect(() => createAdwin({ added: 1, buckets: [[1, 'x' as never, 0]] })).to.throw(
      DataError,
      /a sum of errors "x" is not a number$/,
    );
  });

  /** After which of the numbers the mean was found to have risen and fallen. */
  function changes(values: Iterable<number>): { risen: number[]; fallen: number[]; buckets: number } {
    const adwin = createAdwin();
    const found = { risen: [] as number[], fallen: [] as number[] };
    let at = 0;
    for (const value of values) {
      at++;
      const change = adwin.add(value);
      if (change !== undefined) found[change].push(at);
    }
    return { ...found, buckets: adwin.save().buckets.length };
  }

  function* coins(
    seed: number,
    ...parts: readonly (readonly [length: number, probability: number])[]
  ): Generator<number> {
    const next = draws(seed);
    for (const [length, probability] of parts)
      for (let i = 0; i < length; i++) yield next() < probability ? 1 : 0;
  }

  it('finds a rise and a fall soon after they come, once, and says which it was', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { risen, fallen } = changes(coins(seed, [3000, 0.2], [3000, 0.5], [3000, 0.1]));
      expect(risen).to.have.length(1);
      expect(risen[0]).to.be.within(3001, 3200);
      expect(fallen).to.have.length(1);
      expect(fallen[0]).to.be.within(6001, 6200);
    }
  });

  it('finds nothing where nothing changes, in a memory of log n', () => {
    for (const seed of [11, 12, 13, 14])
      for (const probability of [0.02, 0.3, 0.7]) {
        const { risen, fallen, buckets } = changes(coins(seed, [30_000, probability]));
        expect([risen, fallen]).to.deep.equal([[], []]);
        expect(buckets).to.be.below(5 * Math.log2(30_000));
      }
    // Nor in numbers between 0 and 1, nor in constants.
    const next = draws(19);
    expect(changes(Array.from({ length: 30_000 }, () => next() ** 2)).risen).to.deep.equal([]);
    expect(changes(new Array(5000).fill(0.25)).risen).to.deep.equal([]);
  });

  it('keeps the count, the mean and the squares of what is in its window', () => {
    const values = [...coins(7, [500, 0.4])];
    const adwin = createAdwin();
    for (const value of values) adwin.add(value);
    const { buckets } = adwin.save();
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(buckets.reduce((sum, [count]) => sum + count, 0)).to.equal(values.length);
    expect(buckets.reduce((sum, [count, own]) => sum + count * own, 0) / values.length).to.be.closeTo(
      mean,
      1e-12,
    );
    const squares = buckets.reduce(
      (sum, [count, own, within]) => sum + within + count * (own - mean) ** 2,
      0,
    );
    expect(squares).to.be.closeTo(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
      1e-9,
    );
  });
});
