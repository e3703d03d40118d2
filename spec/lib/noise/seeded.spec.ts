import { expect } from 'chai';
import fc from 'fast-check';
import {
  dataOf,
  type Noise,
  NoiseError,
  restoreNoise,
  type SavedNoise,
  ShapeError,
  seeded,
} from '../../../lib/index.ts';
import { philox } from '../../../lib/noise/philox.ts';
import { shapes } from '../tensors.ts';

const list = (x: Parameters<typeof dataOf>[0]) => [...dataOf(x)];

const calls: fc.Arbitrary<(noise: Noise) => unknown> = fc.oneof(
  shapes.map((shape) => (noise: Noise) => list(noise.signs(shape))),
  shapes.map((shape) => (noise: Noise) => list(noise.normal(shape))),
  shapes.map((shape) => (noise: Noise) => list(noise.uniform(shape))),
  fc.integer({ min: 1, max: 2 ** 53 - 1 }).map((below) => (noise: Noise) => noise.integer(below)),
  fc.constant((noise: Noise) => list(noise.split().signs([3]))),
);

describe('seeded', () => {
  it('has stable draws across versions', () => {
    const noise = seeded(20260101);
    expect(list(noise.signs([2, 5]))).to.deep.equal(GOLDEN.signs);
    expect(list(noise.uniform([3]))).to.deep.equal(GOLDEN.uniform);
    expect([6, 6, 1000, 2 ** 53 - 1].map((below) => noise.integer(below))).to.deep.equal(GOLDEN.integers);
    // Engines may round log, cos and sin differently in the last place.
    list(noise.normal([3])).forEach((draw, i) => {
      expect(draw).to.be.closeTo(GOLDEN.normal[i], 1e-14);
    });
    expect(noise.split().save()).to.deep.equal({ kind: 'seeded', words: GOLDEN.child });
    expect(noise.save()).to.deep.equal({ kind: 'seeded', words: GOLDEN.after });
  });

  it('is Philox at the address (seed, stream, step), one bit per sign, low bits first', () => {
    const seed = 2 ** 40 + 12345;
    const noise = seeded(seed);
    noise.signs([1]);
    const block = philox([1, 0, 0, 0], [12345, 2 ** 8]);
    const signs = Array.from({ length: 128 }, (_, i) =>
      (block[Math.floor(i / 32)] >>> (i % 32)) & 1 ? 1 : -1,
    );
    expect(list(noise.signs([128]))).to.deep.equal(signs);
  });

  it('resumes exactly after being saved and restored through JSON, splits included', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.array(calls, { maxLength: 6 }),
        fc.array(calls, { minLength: 1, maxLength: 6 }),
        (seed, before, after) => {
          const noise = seeded(seed);
          for (const call of before) call(noise);
          const saved: SavedNoise = JSON.parse(JSON.stringify(noise.save()));
          expect(saved).to.have.property('words').with.lengthOf(6);
          const again = restoreNoise(saved);
          for (const call of after) expect(call(again)).to.deep.equal(call(noise));
          expect(again.save()).to.deep.equal(noise.save());
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('carries the step over into its high word', () => {
    const words = [7, 0, 0xffffffff, 4, 0, 0] as const;
    const noise = restoreNoise({ kind: 'seeded', words });
    noise.signs([1]);
    expect(noise.save()).to.deep.equal({ kind: 'seeded', words: [7, 0, 0, 5, 0, 0] });
  });

  it('does not depend on the draws of its splits, nor they on its own', () => {
    const quiet = seeded(5);
    const busy = seeded(5);
    const child = quiet.split();
    const busyChild = busy.split();
    busyChild.normal([100]);
    expect(list(busy.signs([64]))).to.deep.equal(list(quiet.signs([64])));
    expect(list(busyChild.signs([64]))).not.to.deep.equal(list(child.signs([64])));
  });

  it('assigns every descendant its own address', () => {
    const addresses = new Set<string>();
    let families = [seeded(0), seeded(1), seeded(2 ** 32)];
    let count = families.length;
    for (const noise of families) addresses.add(address(noise));
    for (let generation = 0; generation < 4; generation++) {
      families = families.flatMap((noise) => Array.from({ length: 7 }, () => noise.split()));
      for (const noise of families) addresses.add(address(noise));
      count += families.length;
    }
    expect(count).to.equal(3 * (1 + 7 + 49 + 343 + 2401));
    expect(addresses.size).to.equal(count);
  });

  it('has uncorrelated draws for siblings, parents and neighbouring seeds', () => {
    const parent = seeded(11);
    const sources = [parent.split(), parent.split(), parent, seeded(12), seeded(11 + 2 ** 32)];
    const draws = sources.map((noise) => list(noise.signs([1 << 14])));
    for (let a = 0; a < draws.length; a++)
      for (let b = 0; b < a; b++) {
        const product = draws[a].reduce((sum, sign, i) => sum + sign * draws[b][i], 0);
        expect(Math.abs(product) / Math.sqrt(1 << 14), `${a} and ${b}`).to.be.lessThan(4);
      }
  });

  it('refuses invalid seeds, bounds and shapes', () => {
    for (const seed of [-1, 0.5, Number.NaN, Infinity, 2 ** 53])
      expect(() => seeded(seed)).to.throw(NoiseError, `seeded: ${seed} is not a seed`);
    expect(() => seeded('3' as unknown as number)).to.throw(NoiseError, 'seeded: "3" is not a seed');
    for (const below of [0, -1, 1.5, Number.NaN, 2 ** 53])
      expect(() => seeded(1).integer(below)).to.throw(NoiseError, `integer: ${below}`);
    expect(() => seeded(1).signs([-1])).to.throw(ShapeError, 'signs');
    expect(() => seeded(1).normal([0.5])).to.throw(ShapeError, 'normal');
    expect(() => seeded(1).uniform([Number.NaN])).to.throw(ShapeError, 'uniform');
  });
});

describe('seeded: distributions', () => {
  const n = 1 << 16;

  it('signs are balanced, at each place of a block and from one draw to the next', () => {
    const signs = seeded(3).signs([n / 128, 128]);
    const data = dataOf(signs);
    expect(data.every((sign) => sign === 1 || sign === -1)).to.equal(true);
    // Each is the sum of n/128 or n independent signs: standard normal after division by its root.
    const places = new Float64Array(128);
    let total = 0;
    let neighbours = 0;
    data.forEach((sign, i) => {
      places[i % 128] += sign / Math.sqrt(n / 128);
      total += sign / Math.sqrt(n);
      neighbours += (sign * data[(i + 1) % n]) / Math.sqrt(n);
    });
    expect(Math.abs(total)).to.be.lessThan(4);
    expect(Math.abs(neighbours)).to.be.lessThan(4);
    // Chi-square with 128 degrees of freedom: mean 128, standard deviation 16.
    const chiSquare = places.reduce((sum, z) => sum + z * z, 0);
    expect(chiSquare).to.be.within(128 - 4 * 16, 128 + 4 * 16);
  });

  it('uniforms fill [0, 1) evenly', () => {
    const data = dataOf(seeded(4).uniform([n]));
    const bins = new Float64Array(65);
    for (const u of data) bins[Math.floor(u * 64)]++;
    expect(bins[64]).to.equal(0);
    expect(Math.min(...data)).to.be.at.least(0);
    expect(chiSquareOf(bins.subarray(0, 64), n)).to.be.within(
      63 - 4 * Math.sqrt(126),
      63 + 4 * Math.sqrt(126),
    );
  });

  it('normals have the moments and the tails of the normal distribution', () => {
    const data = list(seeded(5).normal([n]));
    const moment = (power: number) => data.reduce((sum, z) => sum + z ** power, 0) / n;
    // Standard errors: the variances of z, z², z³, z⁴ are 1, 2, 15, 96.
    for (const [power, mean, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ])
      expect(Math.abs(moment(power) - mean) / Math.sqrt(variance / n), `moment ${power}`).to.be.lessThan(4);
    const within = (bound: number) => data.reduce((count, z) => count + (Math.abs(z) < bound ? 1 : 0), 0) / n;
    expect(within(1)).to.be.closeTo(0.682689, 0.008);
    expect(within(2)).to.be.closeTo(0.9545, 0.004);
    expect(within(3)).to.be.closeTo(0.9973, 0.001);
    // The two draws of a Box-Muller pair are independent.
    const pairs = data.reduce((sum, z, i) => sum + (i % 2 === 0 ? z * data[i + 1] : 0), 0);
    expect(Math.abs(pairs) / Math.sqrt(n / 2)).to.be.lessThan(4);
  });

  it('integers are unbiased, for small bounds and for bounds at which a quarter of the draws is rejected', () => {
    const noise = seeded(6);
    const small = new Float64Array(7);
    for (let i = 0; i < 7000; i++) small[noise.integer(7)]++;
    expect(chiSquareOf(small, 7000)).to.be.lessThan(6 + 4 * Math.sqrt(12));
    const below = 3 * 2 ** 51;
    const large = new Float64Array(8);
    for (let i = 0; i < 8000; i++) {
      const draw = noise.integer(below);
      expect(Number.isSafeInteger(draw) && draw >= 0 && draw < below).to.equal(true);
      large[Math.floor((draw / below) * 8)]++;
    }
    expect(chiSquareOf(large, 8000)).to.be.lessThan(7 + 4 * Math.sqrt(14));
    expect(noise.integer(1)).to.equal(0);
  });
});

function chiSquareOf(counts: Float64Array, n: number): number {
  const expected = n / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function address(noise: Noise): string {
  return JSON.stringify(noise.save());
}

const GOLDEN = {
  signs: [1, -1, 1, 1, -1, 1, 1, -1, 1, 1],
  uniform: [0.7691743061209075, 0.8273640622245001, 0.22402365857738582],
  integers: [5, 2, 628, 6395199617600601],
  normal: [1.3873303868730649, -1.1788141234341876, 0.42086050223792193],
  child: [2031520579, 3051413459, 0, 0, 2856909505, 257466637],
  after: [20260101, 0, 10, 0, 0, 0],
};
