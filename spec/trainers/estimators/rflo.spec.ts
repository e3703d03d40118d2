import { expect } from 'chai';
import { add, mul, tanh } from '../../../autodiff/index.ts';
import { ConfigurationError, type Noise, seeded, type Tensor, zeros } from '../../../lib/index.ts';
import { type Cell, gru, lstm, project, rnn } from '../../../nn/index.ts';
import { type Estimator, rflo, rtrl, tbptt } from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { lengthOf, numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';
import { jacobians } from './oneStep.ts';
import { fixture, type Vectors, withReadout } from './sparse.ts';

/** Leaky units: h' = (1 - α) h + α tanh(w·x + u·h). */
const leaky = (alpha: number): Cell<Vectors, Tensor, Tensor> => ({
  name: 'leaky',
  outputs: 4,
  init: (noise: Noise) => ({ w: noise.normal([2, 4]), u: noise.normal([4, 4]) }),
  start: () => zeros([4]),
  step({ w, u }, h, x) {
    const next = add(mul(h, 1 - alpha), mul(tanh(add(project(x, w), project(h, u))), alpha));
    return { state: next, output: next };
  },
});

/** G ← (1 - leak) G + I along a run, S rows of P numbers. */
function byDefinition(run: Fixture, leak: number): number[] {
  let state = run.state;
  let G: number[][] = [];
  for (const { input } of run.examples) {
    const { I } = jacobians(run, run.parameters, state, input);
    state = run.model.step(run.parameters, state, input).state;
    G = I.map((row, k) => row.map((entry, j) => entry + (1 - leak) * (G[k]?.[j] ?? 0)));
  }
  return G.flat();
}

describe('RFLO', () => {
  for (const [name, cell] of Object.entries({
    leaky: withReadout(leaky(0.2)),
    rnn: rnn({ inputs: 2, units: 3 }),
    lstm: lstm({ inputs: 2, units: 3 }),
    gru: gru({ inputs: 2, units: 3 }),
  }))
    it(`${name}: carries (1 - leak) G + I, eagerly and as a plan`, () => {
      const run = fixture(cell, 2, 6);
      for (const eager of [true, false]) {
        const { influence } = estimates([run], rflo({ leak: 0.2 }), seeded(1), { eager });
        requireClose(numbersOf(influence), byDefinition(run, 0.2), 1e-12, `eager: ${eager}`);
      }
    });

  it('is RTRL where units do not see each other, and the leak is theirs', () => {
    const run = fixture(leaky(0.3), 2, 6);
    const own = { ...run, parameters: { ...(run.parameters as Vectors), u: zeros([4, 4]) } } as Fixture;
    const [a, b] = [rflo({ leak: 0.3 }), rtrl()].map((estimator) =>
      numbersOf(estimates([own], estimator, seeded(1)).influence),
    );
    expect(lengthOf(a)).to.be.above(0.1);
    requireClose(a, b, 1e-12, 'influence');
  });

  it('with a leak of 1 keeps one step: the gradient through two', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 5);
    const of = (estimator: Estimator) => numbersOf(estimates([run], estimator, seeded(1)).gradients);
    requireClose(of(rflo({ leak: 1 }) as Estimator), of(tbptt({ window: 2, stride: 1 })), 1e-12, 'gradients');
  });

  it('costs no more than two forward steps, for a network in which a parameter feeds one unit', () => {
    const run = fixture(rnn({ inputs: 2, units: 4 }), 2, 1);
    const learner = learnerOf([run], rflo({ leak: 0.5 }), seeded(1));
    learner.step(run.examples[0].input, run.examples[0].target);
    const P = 4 * 4 + 2 * 4 + 4;
    expect(learner.rule?.structure).to.equal(
      'sparse: a parameter reaches at most 1 of 4 state elements, 1 pull a step',
    );
    expect(learner.rule?.cost).to.deep.equal({ time: 2 * P, memory: P });
  });

  it('refuses a leak that is none', () => {
    for (const leak of [0, 1.5, Number.NaN])
      expect(() => rflo({ leak })).to.throw(ConfigurationError, 'rflo: leak');
  });

  describeInfluence({ estimator: () => rflo({ leak: 0.4 }) });
});
