import { expect } from 'chai';
import fc from 'fast-check';
import {
  ConfigurationError,
  dataOf,
  expectation,
  fromData,
  type Noise,
  NoiseError,
  ShapeError,
  seeded,
  sizeOf,
  type Tensor,
  TreeError,
  tensor,
} from '../../../lib/index.ts';

const list = (x: Tensor) => [...dataOf(x)];
const small = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 })
  .filter((shape) => sizeOf(shape) <= 6);
const weights = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 6 });

/** A random program: it draws a flip and, depending on it, more, at most `left` deep. */
function wander(noise: Noise, left: number, seed: number): number {
  if (left === 0) return 0;
  const sign = noise.signs([1]).item();
  const next = sign > 0 ? (seed * 7 + 3) % 11 : (seed * 5 + 1) % 11;
  return sign * next + (next < 3 ? 0 : wander(noise, left - 1, next));
}

/**
 * The mean and the number of outcomes of `wander`, by recursion over its branches instead of repeated runs.
 */
function wanderMean(left: number, seed: number): { mean: number; runs: number } {
  if (left === 0) return { mean: 0, runs: 1 };
  const branches = [1, -1].map((sign) => {
    const next = sign > 0 ? (seed * 7 + 3) % 11 : (seed * 5 + 1) % 11;
    const rest = next < 3 ? { mean: 0, runs: 1 } : wanderMean(left - 1, next);
    return { mean: sign * next + rest.mean, runs: rest.runs };
  });
  return { mean: (branches[0].mean + branches[1].mean) / 2, runs: branches[0].runs + branches[1].runs };
}

describe('expectation', () => {
  it('has E[a·ν] = 0, E[(a·ν)²] = |a|² and E[νᵢνⱼ] = δᵢⱼ exactly', () => {
    fc.assert(
      fc.property(small, weights, (shape, a) => {
        const size = sizeOf(shape);
        const { mean, runs } = expectation((noise) => {
          const signs = list(noise.signs(shape));
          const dot = signs.reduce((sum, sign, i) => sum + a[i] * sign, 0);
          const outer = signs.flatMap((left) => signs.map((right) => left * right));
          return {
            first: tensor(dot),
            second: [tensor(dot * dot)],
            outer: fromData(Float64Array.from(outer), [size, size]),
          };
        });
        expect(runs).to.equal(2 ** size);
        expect(mean.first.item()).to.equal(0);
        expect(mean.second[0].item()).to.equal(a.slice(0, size).reduce((sum, x) => sum + x * x, 0));
        const identity = Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
        expect(list(mean.outer)).to.deep.equal(identity);
        expect(mean.outer.shape).to.deep.equal([size, size]);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('runs every sequence once', () => {
    const seen = new Set<string>();
    const { runs } = expectation((noise) => {
      seen.add([...list(noise.signs([2])), ...list(noise.split().signs([3]))].join());
      return 0;
    });
    expect([runs, seen.size]).to.deep.equal([32, 32]);
  });

  it('weighs branches with different numbers of flips', () => {
    // Flip until the first +1, four times at most: the expected number of flips is 1 + 1/2 + 1/4 + 1/8.
    const { mean, runs } = expectation((noise) => {
      let flips = 1;
      while (noise.signs([]).item() < 0 && flips < 4) flips++;
      return flips;
    });
    expect([mean.item(), runs]).to.deep.equal([1.875, 5]);
  });

  it('agrees with a recursion over the branches of random programs', () => {
    const depths = new Set<number>();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.nat(10), (left, seed) => {
        const { mean, runs } = expectation((noise) => wander(noise, left, seed));
        const known = wanderMean(left, seed);
        expect(mean.item()).to.equal(known.mean);
        expect(runs).to.equal(known.runs);
        depths.add(runs);
      }),
      { seed: 2, numRuns: 100 },
    );
    expect(depths.size).to.be.greaterThan(8);
  });

  it('needs one run if nothing is flipped', () => {
    const { mean, runs } = expectation(() => ({ x: tensor([1, 2], { dtype: 'int32' }) }));
    expect([runs, mean.x.dtype, mean.x.toArray()]).to.deep.equal([1, 'float64', [1, 2]]);
    expect(expectation((noise) => noise.signs([0])).runs).to.equal(1);
  });

  it('keeps no reference to what a run returns', () => {
    const shared = new Float64Array(1);
    const { mean } = expectation((noise) => {
      shared[0] = noise.signs([]).item() + 3;
      return fromData(shared, [1]);
    });
    expect(mean.toArray()).to.deep.equal([3]);
  });

  it('stops at the limit, or earlier if one path is already too long', () => {
    const flips = (count: number) => (noise: Noise) => noise.signs([count]).item() * 0;
    const one = (count: number) => (noise: Noise) => list(noise.signs([count])).length;
    expect(expectation(one(4), { limit: 16 }).runs).to.equal(16);
    expect(() => expectation(one(4), { limit: 15 })).to.throw(
      NoiseError,
      'more than 15 runs, with 4 coin flips on one path',
    );
    // At the eighth run, all flips but the first have come up both ways.
    expect(() => expectation(one(4), { limit: 8 })).to.throw(NoiseError, 'with 4 coin flips on one path');
    expect(expectation(() => 1, { limit: 1 }).runs).to.equal(1);
    let called = 0;
    const eager = (noise: Noise) => {
      called++;
      return flips(2 ** 40)(noise);
    };
    expect(() => expectation(eager)).to.throw(NoiseError, 'raise { limit }');
    expect(called).to.equal(1);
    for (const limit of [0, -1, Number.NaN])
      expect(() => expectation(() => 1, { limit })).to.throw(ConfigurationError, `got ${limit}`);
  });

  it('detects a computation that does not start from scratch', () => {
    const state = { flips: 3 };
    const run = (noise: Noise) => list(noise.signs([state.flips--])).length;
    expect(() => expectation(run)).to.throw(NoiseError, 'must start from scratch');
  });

  it('detects noise that is used after its run', () => {
    let stale: Noise = seeded(0);
    expectation((noise) => {
      stale = noise;
      return 0;
    });
    expect(() => stale.signs([1])).to.throw(NoiseError, 'after that run');
  });

  it('draws only coin flips', () => {
    for (const [use, message] of [
      [(noise: Noise) => noise.normal([1]).item(), 'normal draws'],
      [(noise: Noise) => noise.uniform([1]).item(), 'uniform draws'],
      [(noise: Noise) => noise.integer(2), 'integers'],
      [(noise: Noise) => Object.keys(noise.save()).length, 'cannot be saved'],
    ] as const)
      expect(() => expectation(use)).to.throw(NoiseError, message);
  });

  it('requires one structure and one shape', () => {
    const heads = (noise: Noise) => noise.signs([]).item() > 0;
    expect(() => expectation((noise) => ({ h: heads(noise) ? tensor([1]) : tensor([1, 2]) }))).to.throw(
      ShapeError,
      'h has the shape [1] in one run and [2]',
    );
    expect(() => expectation((noise) => (heads(noise) ? [tensor(1)] : [tensor(1), tensor(2)]))).to.throw(
      TreeError,
      'expectation',
    );
    expect(() => expectation(() => 'x' as unknown as number)).to.throw(TreeError, 'not a tree');
  });
});

describe('expectation over weighted coins', () => {
  it('weighs both branches by their probabilities, beside signs, and on paths of different lengths', () => {
    const { mean, runs } = expectation((noise) => {
      if (!noise.coin(0.3)) return 10;
      const sign = noise.signs([]).item();
      return noise.coin(0.25) ? 100 * sign + 4 : sign;
    });
    expect(mean.item()).to.be.closeTo(0.7 * 10 + 0.3 * 0.25 * 4, 1e-14);
    expect(runs).to.equal(5);
  });

  it('has no branch for what is certain', () => {
    const { mean, runs } = expectation((noise) => Number(noise.coin(1)) + 2 * Number(noise.coin(0)));
    expect([mean.item(), runs]).to.deep.equal([1, 1]);
  });

  it('has as many heads from a seed as the probability says, and refuses what is none', () => {
    const noise = seeded(3);
    const heads = Array.from({ length: 4000 }, () => noise.coin(0.2)).filter(Boolean).length;
    expect(heads).to.be.within(700, 900);
    for (const probability of [-0.1, 1.5, Number.NaN, '1' as never]) {
      expect(() => noise.coin(probability)).to.throw(NoiseError, 'coin: ');
      expect(() => expectation((own) => Number(own.coin(probability)))).to.throw(NoiseError, 'coin: ');
    }
  });
});
