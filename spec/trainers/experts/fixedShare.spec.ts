import { expect } from 'chai';
import fc from 'fast-check';
import { fixedShare } from '../../../trainers/experts/index.ts';
import { draws } from '../../support/draws.ts';

const settings = { rate: 1, share: 0.01 };

interface Played {
  readonly losses: readonly (readonly number[])[];
  /** The losses of what was served, by the rule that the weights were used with. */
  readonly own: readonly number[];
  readonly gap: number;
  readonly rate: number;
}

/** Plays the rounds. @param lossOf the losses of a round, which may depend on the weights before it. */
function play(
  count: number,
  rounds: number,
  lossOf: (round: number, weights: readonly number[]) => readonly number[],
  ownOf = (weights: readonly number[], losses: readonly number[]) =>
    weights.reduce((sum, weight, i) => sum + weight * losses[i], 0),
): Played {
  const mixer = fixedShare(settings);
  let share = mixer.init(count);
  const losses: (readonly number[])[] = [];
  const own: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = [...share.weights];
    const given = lossOf(round, before);
    losses.push(given);
    own.push(ownOf(before, given));
    share = mixer.update(share, given, own[round]);
    expect(share.weights.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
    for (const weight of share.weights) expect(weight).to.be.at.least((settings.share / count) * (1 - 1e-9));
  }
  return { losses, own, gap: share.gap, rate: share.rate };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** The least loss of a sequence of experts that changes at most `changes` times. */
function bestWith(changes: number, losses: readonly (readonly number[])[]): number {
  const count = losses[0].length;
  let best = Array.from({ length: changes + 1 }, () => new Array<number>(count).fill(0));
  for (const round of losses)
    best = best.map((own, k) =>
      own.map((loss, i) => Math.min(loss, ...(k > 0 ? best[k - 1] : [])) + round[i]),
    );
  return Math.min(...best[changes]);
}

function requireBound({ losses, own, gap, rate }: Played): void {
  const [count, rounds] = [losses[0].length, losses.length];
  const { share } = settings;
  for (const changes of [0, 1, 3]) {
    const cost =
      (Math.log(count) + changes * Math.log(count / share) + rounds * Math.log(1 / (1 - share))) / rate;
    expect(sum(own), `${changes} changes`).to.be.at.most(bestWith(changes, losses) + gap + cost + 1e-9);
  }
}

describe('trainers/experts: fixed share', () => {
  it('loses no more than the best sequence of experts and its bound, whatever the losses', () => {
    const loss = fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(0, 1, 20));
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 6 })
          .chain((count) =>
            fc.array(fc.array(loss, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 60 }),
          ),
        (losses) => requireBound(play(losses[0].length, losses.length, (round) => losses[round])),
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it('loses no more against an adversary that always hits what has the most weight', () => {
    const most = 20;
    const played = play(4, 3000, (_, weights) => {
      const top = weights.indexOf(Math.max(...weights));
      return weights.map((_, i) => (i === top ? most : 0));
    });
    requireBound(played);
    // The rate has fallen, so that the gap has grown with the root of the rounds and not with the rounds.
    expect(played.rate).to.be.below(0.05);
    expect(played.gap).to.be.below(2 * most * Math.sqrt(played.own.length * Math.log(4)));
  });

  it('has no gap for log losses at rate 1: the mixture pays its bound and no more', () => {
    const next = draws(3);
    const played = play(
      3,
      400,
      () => Array.from({ length: 3 }, () => -Math.log(0.02 + 0.9 * next())),
      (weights, losses) =>
        -Math.log(weights.reduce((sum, weight, i) => sum + weight * Math.exp(-losses[i]), 0)),
    );
    requireBound(played);
    expect(played.gap).to.be.closeTo(0, 1e-9);
    expect(played.rate).to.equal(1);
  });

  it('goes over to another expert within some rounds', () => {
    const mixer = fixedShare(settings);
    let share = mixer.init(3);
    for (let round = 0; round < 500; round++) share = mixer.update(share, [0, 1, 1], 0);
    expect(share.weights[0]).to.be.above(0.97);
    for (let round = 0; round < 12; round++) share = mixer.update(share, [1, 0, 1], 0);
    expect(share.weights[1]).to.be.above(0.9);
  });

  it('leaves a single expert all the weight, and takes losses of any size', () => {
    const mixer = fixedShare(settings);
    expect(mixer.update(mixer.init(1), [7], 7).weights).to.deep.equal([1]);
    const share = mixer.update(mixer.init(2), [0, 1e300], 1);
    expect(share.weights.every(Number.isFinite)).to.equal(true);
  });
});
