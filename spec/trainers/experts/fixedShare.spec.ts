import { expect } from 'chai';
import fc from 'fast-check';
import { withWeights } from '../../../trainers/experts/common/fixedShare.ts';
import { fixedShare } from '../../../trainers/experts/index.ts';

const share = 0.01;

interface Played {
  readonly losses: readonly (readonly number[])[];
  /** The losses of the mixture. */
  readonly own: readonly number[];
}

/** Plays the rounds. @param lossOf the losses of a round, which may depend on the weights before it. */
function play(
  count: number,
  rounds: number,
  lossOf: (round: number, weights: readonly number[]) => readonly number[],
): Played {
  const mixer = fixedShare(share);
  let weights = mixer.init(count);
  const losses: (readonly number[])[] = [];
  const own: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const given = lossOf(round, weights);
    losses.push(given);
    own.push(-Math.log(sum(weights.map((weight, i) => weight * Math.exp(-given[i])))));
    weights = mixer.update(weights, given);
    mixer.check(weights);
  }
  return { losses, own };
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

function requireBound({ losses, own }: Played): void {
  const [count, rounds] = [losses[0].length, losses.length];
  for (const changes of [0, 1, 3]) {
    const cost = Math.log(count) + changes * Math.log(count / share) + rounds * Math.log(1 / (1 - share));
    expect(sum(own), `${changes} changes`).to.be.at.most(bestWith(changes, losses) + cost + 1e-9);
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
    requireBound(
      play(4, 3000, (_, weights) => {
        const top = weights.indexOf(Math.max(...weights));
        return weights.map((_, i) => (i === top ? 20 : 0));
      }),
    );
  });

  it('goes over to another expert within some rounds', () => {
    const mixer = fixedShare(share);
    let weights = mixer.init(3);
    for (let round = 0; round < 500; round++) weights = mixer.update(weights, [0, 1, 1]);
    expect(weights[0]).to.be.above(0.97);
    for (let round = 0; round < 12; round++) weights = mixer.update(weights, [1, 0, 1]);
    expect(weights[1]).to.be.above(0.9);
  });

  it('leaves a single expert all the weight, and takes losses of any size', () => {
    const mixer = fixedShare(share);
    expect(mixer.update(mixer.init(1), [7])).to.deep.equal([1]);
    expect(mixer.update(mixer.init(2), [0, 1e300]).every(Number.isFinite)).to.equal(true);
  });

  it('reads the weights of earlier versions, which kept a rate beside them', () => {
    const earlier = { share: { weights: [0.75, 0.25], rate: 1, gap: 0, worst: 0 }, exponents: [] };
    expect(withWeights(earlier)).to.deep.equal({ weights: [0.75, 0.25], exponents: [] });
    for (const other of [null, 3, { weights: [1] }, { share: 2 }]) expect(withWeights(other)).to.equal(other);
  });
});
