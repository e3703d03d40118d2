import { expect } from 'chai';
import fc from 'fast-check';
import { createConformal } from '../../../trainers/evaluation/conformal.ts';

const gamma = 0.02;

/** The share of outcomes within their interval. */
function coverageOf(
  target: number,
  distances: Iterable<number | ((radius: number | null) => number)>,
): number {
  const interval = createConformal(target, gamma);
  for (const distance of distances) {
    const radius = interval.radius();
    interval.add(typeof distance === 'number' ? distance : distance(radius), radius);
  }
  return interval.coverage;
}

const boundOf = (target: number, count: number) => (Math.max(target, 1 - target) + gamma) / (gamma * count);

describe('adaptive conformal intervals', () => {
  it('cover as stated on any stream, within the bound of Gibbs and Candès', () => {
    const distance = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.array(distance, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        (all, target) => {
          expect(Math.abs(coverageOf(target, all) - target)).to.be.at.most(
            boundOf(target, all.length) + 1e-9,
          );
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('cover as stated against an opponent who sees the interval', () => {
    const count = 3000;
    for (const target of [0.5, 0.9, 0.99]) {
      const outside = (radius: number | null) => (radius === null ? 0 : 2 * Math.abs(radius) + 1);
      const share = coverageOf(
        target,
        Array.from({ length: count }, () => outside),
      );
      expect(Math.abs(share - target)).to.be.at.most(boundOf(target, count));
    }
  });

  it('cover as stated while the errors grow, shrink and jump', () => {
    const count = 4000;
    const sizes: Record<string, (t: number) => number> = {
      growing: (t) => Math.exp(t / 500),
      shrinking: (t) => Math.exp(-t / 500),
      jumping: (t) => (t % 1000 < 500 ? 1 : 100),
    };
    for (const [name, size] of Object.entries(sizes)) {
      // A sequence that is equidistributed: no chance in the test.
      const distances = Array.from({ length: count }, (_, t) => size(t) * ((t * 0.6180339887) % 1));
      expect(coverageOf(0.9, distances), name).to.be.within(0.88, 0.92);
    }
  });

  it('are the quantile of the latest distances, and everything while these are too few', () => {
    const interval = createConformal(0.9, 0);
    for (let i = 1; i <= 8; i++) {
      expect(interval.radius()).to.equal(null);
      interval.add(i, interval.radius());
    }
    interval.add(9, interval.radius());
    // The ninth of ten equal parts of the line, of which nine outcomes are the borders.
    expect(interval.radius()).to.equal(9);
    for (let i = 0; i < 500; i++) interval.add(1, interval.radius());
    expect(interval.radius()).to.equal(1);
  });

  it('resume bit for bit', () => {
    const distances = Array.from({ length: 600 }, (_, t) => Math.abs(Math.sin(t * t)));
    const one = createConformal(0.8);
    let other = createConformal(0.8);
    for (const [t, distance] of distances.entries()) {
      if (t % 97 === 0) other = createConformal(0.8, undefined, JSON.parse(JSON.stringify(other.save())));
      expect(other.radius()).to.equal(one.radius());
      for (const each of [one, other]) each.add(distance, each.radius());
    }
    expect(other.save()).to.deep.equal(one.save());
  });

  it('refuse what no outcomes lead to', () => {
    const interval = createConformal(0.9);
    for (let i = 0; i < 20; i++) interval.add(i, interval.radius());
    const saved = interval.save();
    for (const [broken, says] of [
      [{ ...saved, covered: 21 }, /outcomes within the interval 21/],
      [{ ...saved, latest: saved.latest.slice(1) }, /list of distances has 19 entries/],
      [{ ...saved, latest: saved.latest.map((d) => -d - 1) }, /a distance -1/],
      [{ ...saved, level: 0.5 }, /the level is not that of its outcomes/],
      [{ ...saved, level: Number.NaN }, /a level NaN|a level null/],
    ] as const)
      expect(() => createConformal(0.9, undefined, broken)).to.throw(says);
  });
});
