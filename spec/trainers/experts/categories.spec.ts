import { expect } from 'chai';
import { categoryCounts, categoryMixer } from '../../../trainers/experts/index.ts';
import { draws } from '../../support/draws.ts';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('trainers/experts: counts of categories', () => {
  it('are what came in the context, and three more of what the shorter context says', () => {
    const expert = categoryCounts(2, 1);
    let state = expert.init();
    const past: number[] = [];
    for (const category of [0, 1, 0, 0]) {
      state = expert.update(state, { latest: past.slice(0, 2), inputs: [] }, category);
      past.unshift(category);
    }
    // Order 0: 3 of 4, with 3 halves of the uniform one. After 0: once 1 and once 0.
    const zero = (3 + 1.5) / 7;
    const p = expert.predict(state, { latest: [0, 0], inputs: [] });
    expect(p[0]).to.be.closeTo((1 + 3 * zero) / 5, 1e-12);
    expect(p[1]).to.be.closeTo((1 + 3 * (1 - zero)) / 5, 1e-12);
    expect(() => expert.check?.(state)).not.to.throw();
  });

  it('sum to 1, tell contexts of different lengths apart, and know their own states', () => {
    const next = draws(3);
    for (const order of [0, 1, 2]) {
      const expert = categoryCounts(5, order);
      let state = expert.init();
      let latest: readonly number[] = [];
      for (let i = 0; i < 400; i++) {
        const category = i % 3 === 0 ? Math.floor(5 * next()) : (latest[0] ?? 0);
        const p = expert.predict(state, { latest, inputs: [] });
        expect(sum(p)).to.be.closeTo(1, 1e-12);
        state = expert.update(state, { latest, inputs: [] }, category);
        latest = [category, ...latest].slice(0, 2);
      }
      expect(sum(Object.values(state.totals))).to.equal(400 * (order + 1));
      expect(() => expert.check?.(state)).not.to.throw();
    }
  });
});

describe('trainers/experts: the combination of categories', () => {
  type Distribution = readonly number[];

  /** The bits of the combination, and of each expert, on a stream that may look at the combination. */
  function play(
    count: number,
    rounds: number,
    say: (round: number) => readonly Distribution[],
    answerOf: (round: number, combined: Distribution) => number,
  ) {
    const mixer = categoryMixer(count);
    let state = mixer.init();
    let own = 0;
    const each = new Array<number>(count).fill(0);
    for (let round = 0; round < rounds; round++) {
      const said = say(round);
      const combined = mixer.combine(state, said);
      expect(sum(combined)).to.be.closeTo(1, 1e-9);
      const answer = answerOf(round, combined);
      own -= Math.log(combined[answer]);
      for (const [i, p] of said.entries()) each[i] -= Math.log(p[answer]);
      state = mixer.update(state, said, combined, answer);
      expect(() => mixer.check?.(state)).not.to.throw();
    }
    return { own, each, weights: mixer.weights(state) };
  }

  it('stays within its bound of the best expert, also on a stream that always brings the least probable', () => {
    const next = draws(8);
    const random = () => {
      const weights = [next() + 0.01, next() + 0.01, next() + 0.01];
      return weights.map((weight) => weight / sum(weights));
    };
    const rounds = 600;
    for (const count of [2, 4]) {
      const { own, each } = play(
        count,
        rounds,
        () => Array.from({ length: count }, random),
        (_, combined) => combined.indexOf(Math.min(...combined)),
      );
      const allowed = Math.log(count + 1) - rounds * Math.log(1 - 0.002);
      expect(own).to.be.at.most(Math.min(...each) + allowed + 1e-9);
    }
  });

  it('is better than each expert where they know different things', () => {
    const next = draws(5);
    // Of four categories, one expert knows the first bit and the other one the second.
    const certain = (bit: number, place: number) =>
      [0, 1, 2, 3].map((c) => (((c >> place) & 1) === bit ? 0.45 : 0.05));
    let bits = [0, 0];
    const { own, each } = play(
      2,
      500,
      () => {
        bits = [Math.round(next()), Math.round(next())];
        return [certain(bits[0], 0), certain(bits[1], 1)];
      },
      () => (next() < 0.1 ? Math.floor(4 * next()) : bits[0] + 2 * bits[1]),
    );
    expect(own / Math.min(...each)).to.be.below(0.75);
  });

  it('of one expert is what it says', () => {
    const { own, each, weights } = play(
      1,
      5,
      () => [[0.25, 0.75]],
      () => 1,
    );
    expect([own, weights]).to.deep.equal([each[0], [1]]);
  });
});
