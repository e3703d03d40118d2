import { expect } from 'chai';
import { add, gather, mul, slice, sum, tanh } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  expectation,
  indices,
  type Noise,
  replay,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../../lib/index.ts';
import { type Cell, gru, indrnn, lru, lstm, rnn } from '../../../nn/index.ts';
import { type Estimator, noBackTrack, type RankOne, uoro } from '../../../trainers/index.ts';
import { learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { lengthOf, numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { lawFixtures } from '../lawFixtures.ts';
import { jacobians } from './oneStep.ts';
import { elementwise, fixture, sparse, type Vectors } from './sparse.ts';

/** v and w after a run. */
function pairAfter(run: Fixture, estimator: Estimator, noise: Noise): { v: number[]; w: number[] } {
  const learner = learnerOf([run], estimator, noise);
  for (const { input, target } of run.examples) learner.step(input, target);
  const { stateTangent, parameterTangent } = learner.influence as RankOne;
  return { v: numbersOf(stateTangent), w: numbersOf(parameterTangent) };
}

/** The same by the formulas, from whole Jacobians. */
function byFormula(run: Fixture, signs: readonly number[], epsilon: number): { v: number[]; w: number[] } {
  let { state } = run;
  let v = numbersOf(state).map(() => 0);
  let w = numbersOf(run.parameters).map(() => 0);
  run.examples.forEach(({ input }, t) => {
    const { I, J } = jacobians(run, run.parameters, state, input);
    state = run.model.step(run.parameters, state, input).state;
    const pushed = J.map((row) => row.reduce((sum, entry, i) => sum + entry * v[i], 0));
    const rho0 = Math.sqrt((lengthOf(w) + epsilon) / (lengthOf(pushed) + epsilon));
    const rho = I.map((row) => Math.sqrt((lengthOf(row) + epsilon) / (1 + epsilon)));
    const nu = signs.slice(t * v.length, (t + 1) * v.length);
    v = pushed.map((value, i) => rho0 * value + nu[i] * rho[i]);
    w = w.map((value, j) => value / rho0 + I.reduce((sum, row, i) => sum + (nu[i] / rho[i]) * row[j], 0));
  });
  return { v, w };
}

describe('NoBackTrack', () => {
  describeInfluence({ estimator: () => noBackTrack(), ...lawFixtures });

  for (const [name, [cell, inputs]] of Object.entries({
    rnn: [rnn({ inputs: 2, units: 4 }), 2],
    gru: [gru({ inputs: 2, units: 3 }), 2],
    lstm: [lstm({ inputs: 2, units: 2 }), 2],
    ...Object.fromEntries(Object.entries(sparse).map(([key, [own, width]]) => [key, [own, width] as const])),
  } as Readonly<Record<string, readonly [unknown, number]>>))
    it(`${name}: scales each sign by the norm of its row of I, and the rest by ρ0`, () => {
      const run = fixture(cell, inputs, 3);
      const signs = numbersOf(seeded(5).signs([3 * numbersOf(run.state).length]));
      const expected = byFormula(run, signs, 1e-5);
      const own = pairAfter(run, noBackTrack(), replay(signs));
      requireClose(own.v, expected.v, 1e-12, 'v');
      requireClose(own.w, expected.w, 1e-12, 'w');
    });

  it('has in one step the variance (Σ‖I_i‖)² - ‖I‖², where UORO has (S - 1) ‖I‖²', () => {
    const run = fixture(rnn({ inputs: 2, units: 4 }), 2, 1);
    // A unit that is nearly saturated, so that the rows are unlike.
    const own = {
      ...run,
      parameters: { ...(run.parameters as object), b: tensor([0.1, 3, -0.2, 1.5]) },
    } as Fixture;
    const { I } = jacobians(own, own.parameters, own.state, own.examples[0].input);
    const norms = I.map(lengthOf);
    const variance = (estimator: () => Estimator) =>
      expectation((noise) => {
        const { v, w } = pairAfter(own, estimator(), noise);
        return tensor(
          I.reduce(
            (sum, row, i) => sum + row.reduce((total, entry, j) => total + (v[i] * w[j] - entry) ** 2, 0),
            0,
          ),
        );
      }).mean.item();
    const whole = norms.reduce((sum, norm) => sum + norm ** 2, 0);
    const sum = norms.reduce((total, norm) => total + norm, 0);
    // ε is in the way.
    expect(variance(() => noBackTrack({ epsilon: 1e-12 })) / (sum ** 2 - whole)).to.be.closeTo(1, 1e-9);
    expect(variance(() => uoro({ epsilon: 1e-12 })) / (3 * whole)).to.be.closeTo(1, 1e-9);
    expect((sum ** 2 - whole) / (3 * whole)).to.be.below(0.9);
  });

  it('says how many pulls the norms take', () => {
    const said = [rnn, gru, lstm, indrnn, lru].map((make) => {
      const run = fixture(make({ inputs: 2, units: 3 }), 2, 1);
      const learner = learnerOf([run], noBackTrack(), seeded(1));
      learner.step(run.examples[0].input, run.examples[0].target);
      const P = numbersOf(run.parameters).length;
      return ((learner.rule?.cost.time ?? 0) / P - 7) / 2;
    });
    expect(said).to.deep.equal([1, 3, 2, 1, 2]);
  });

  it('does the same where a step reads values, with a pull for each state element', () => {
    const cell: Cell<Vectors, Tensor, Tensor> = {
      ...elementwise,
      step: (params, c, x) => elementwise.step(params, numbersOf(x)[0] > 0 ? c : mul(c, 0.5), x),
    };
    const run = fixture(cell, 3, 2);
    const signs = numbersOf(seeded(5).signs([2 * 5]));
    const learner = learnerOf([run], noBackTrack(), replay(signs), { eager: true });
    for (const { input, target } of run.examples) learner.step(input, target);
    expect(learner.rule?.cost.time).to.equal((7 + 2 * 5) * numbersOf(run.parameters).length);
    const { v, w } = byFormula(run, signs, 1e-5);
    const { stateTangent, parameterTangent } = learner.influence as RankOne;
    requireClose(numbersOf(stateTangent), v, 1e-12, 'v');
    requireClose(numbersOf(parameterTangent), w, 1e-12, 'w');
  });

  for (const [name, lengths] of Object.entries({
    'first fewer': [4, 1, 4],
    'first more': [1, 4, 1],
    apart: [2, 1, 2, 4],
  }))
    for (const eager of [true, false])
      it(`has the norms for inputs of several types, with which parameters reach unlike elements: ${name}; eager: ${eager}`, () => {
        const cell: Cell<{ u: Tensor }, Tensor, Tensor> = {
          name: 'several ways',
          init: (noise) => ({ u: noise.normal([4]) }),
          start: () => zeros([4]),
          step({ u }, h, x) {
            // A parameter reaches its own unit; with one number the next one too, with two that after the
            // next.
            const far =
              x.size === 4 ? undefined : gather(u, indices(x.size === 1 ? [1, 2, 3, 0] : [2, 3, 0, 1]));
            const own = far === undefined ? mul(u, h) : mul(add(u, far), h);
            const next = tanh(add(own, sum(x)));
            return { state: next, output: next };
          },
        };
        const run = fixture(cell, 4, lengths.length);
        const examples = run.examples.map(({ input, target }, t) => ({
          input: slice(input as Tensor, [0], [lengths[t]]),
          target,
        }));
        const own = { ...run, examples };
        const noise = seeded(5);
        const signs = lengths.flatMap(() => numbersOf(noise.signs([4])));
        const expected = byFormula(own, signs, 1e-5);
        const learner = learnerOf([own], noBackTrack(), seeded(5), { eager });
        for (const { input, target } of examples) learner.step(input, target);
        const { stateTangent, parameterTangent } = learner.influence as RankOne;
        requireClose(numbersOf(stateTangent), expected.v, 1e-12, 'v');
        requireClose(numbersOf(parameterTangent), expected.w, 1e-12, 'w');
      });

  it('keeps a rule that a wrapper puts in place of its own', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 3);
    const still: Estimator<RankOne> = {
      ...noBackTrack(),
      bind: (step) => ({ ...noBackTrack().bind(step), advance: (pair) => pair }),
    };
    const { v, w } = pairAfter(run, still, seeded(1));
    expect([...v, ...w].every((value) => value === 0)).to.equal(true);
  });

  it('refuses an ε that is not above zero', () => {
    expect(() => noBackTrack({ epsilon: 0 })).to.throw(ConfigurationError, 'noBackTrack: epsilon');
  });
});
