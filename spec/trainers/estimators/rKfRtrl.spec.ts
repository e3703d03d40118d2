import { expect } from 'chai';
import { matmul, mul, tanh } from '../../../autodiff/index.ts';
import { ConfigurationError, type Noise, replay, seeded, type Tensor, zeros } from '../../../lib/index.ts';
import { type Cell, gru, rnn } from '../../../nn/index.ts';
import { type RKfRtrlInfluence, rKfRtrl } from '../../../trainers/index.ts';
import { checkUnbiased, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { lengthOf, numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { jacobians } from './oneStep.ts';
import { fixture, type Vectors, withReadout } from './sparse.ts';

/**
 * The estimated ∂s/∂u, u[m, j] the weight from unit m to unit j, of a tanh network of 2 units after a run, by
 * the formulas.
 */
function byFormula(run: Fixture, signs: readonly number[], epsilon: number) {
  let h = numbersOf(run.state);
  let { state } = run;
  let A = [0, 0];
  let B = h.map(() => [0, 0, 0, 0]);
  run.examples.forEach(({ input }, t) => {
    const { J } = jacobians(run, run.parameters, state, input);
    const z = [1, ...h, ...numbersOf(input)];
    const nu = signs.slice(2 * t, 2 * t + 2);
    state = run.model.step(run.parameters, state, input).state;
    h = numbersOf(state);
    const carried = J.map((row) => z.map((_, m) => row.reduce((sum, entry, k) => sum + entry * B[k][m], 0)));
    const own = h.map((value, k) => z.map((x) => (1 - value * value) * nu[k] * x));
    const p = Math.sqrt((lengthOf(carried.flat()) + epsilon) / (lengthOf(A) + epsilon));
    const q = Math.sqrt((lengthOf(own.flat()) + epsilon) / (lengthOf(nu) + epsilon));
    A = A.map((value, j) => p * value + q * nu[j]);
    B = carried.map((row, k) => row.map((value, m) => value / p + own[k][m] / q));
  });
  return { A, B };
}

describe('reverse KF-RTRL', () => {
  describeInfluence({
    estimator: () => rKfRtrl(),
    fixtures: { rnn: (steps) => fixture(withReadout(rnn({ inputs: 2, units: 1 })), 2, steps) },
  });

  it('has the mean ∂s/∂θ where D is dense: a GRU', () => {
    checkUnbiased([fixture(gru({ inputs: 1, units: 2 }), 1, 1)], () => rKfRtrl());
  });

  it('has the mean ∂s/∂θ on units that see each other', () => {
    checkUnbiased([fixture(rnn({ inputs: 1, units: 2 }), 1, 3)], () => rKfRtrl());
  });

  it('scales both terms by the norms of their factors', () => {
    const run = fixture(rnn({ inputs: 1, units: 2 }), 1, 3);
    const signs = [1, -1, -1, -1, 1, 1];
    const learner = learnerOf([run], rKfRtrl(), replay(signs));
    for (const { input, target } of run.examples) learner.step(input, target);
    const [own] = (learner.influence as RKfRtrlInfluence).groups;
    const { A, B } = byFormula(run, signs, 1e-5);
    requireClose(numbersOf(own.A), A, 1e-12, 'A');
    const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
    // The order of the sites is the traced step's own.
    requireClose(sorted(numbersOf(own.B)), sorted(B.flat()), 1e-12, 'B');
  });

  it('refuses a matrix without sites', () => {
    const squared: Cell<Vectors, Tensor, Tensor> = {
      name: 'squared',
      outputs: 3,
      init: (noise: Noise) => ({ u: noise.normal([3, 3]) }),
      start: () => zeros([3]),
      step({ u }, h) {
        const next = tanh(matmul(h, mul(u, u)));
        return { state: next, output: next };
      },
    };
    const run = fixture(squared, 2, 1);
    const learner = learnerOf([run], rKfRtrl(), seeded(1));
    expect(() => learner.step(run.examples[0].input, run.examples[0].target)).to.throw(
      ConfigurationError,
      'rKfRtrl: params.u is not a factor of a product with a vector',
    );
  });
});
