import { expect } from 'chai';
import { seeded } from '../../../lib/index.ts';
import { lstm, rnn } from '../../../nn/index.ts';
import { type Estimator, frozen, tbptt } from '../../../trainers/index.ts';
import { estimates, learnerOf } from '../../../trainers/testing/agreement.ts';
import { describeInfluence } from '../../../trainers/testing/influence.ts';
import { numbersOf, requireClose, requireLive } from '../../../trainers/testing/numbers.ts';
import { byBackpropagation } from '../../../trainers/testing/unrolled.ts';
import { fixture, withReadout } from './sparse.ts';

describe('the immediate term alone', () => {
  it('is the gradient of each loss with the state before the step held fixed', () => {
    const run = fixture(withReadout(lstm({ inputs: 2, units: 3 })), 2, 4);
    const learner = learnerOf([run], frozen(), seeded(1));
    for (const example of run.examples) {
      const one = { ...run, state: learner.state, examples: [example] };
      learner.step(example.input, example.target);
      const [expected] = byBackpropagation(one, [run.parameters]).gradients;
      requireLive(expected, 'the gradient of one step');
      requireClose(numbersOf(learner.gradient), expected, 1e-13, 'the gradient');
    }
  });

  it('is TBPTT with a window of one step', () => {
    const run = fixture(rnn({ inputs: 2, units: 3 }), 2, 5);
    const of = (estimator: Estimator) => numbersOf(estimates([run], estimator, seeded(1)).gradients);
    requireClose(of(frozen()), of(tbptt({ window: 1 })), 0, 'gradients');
  });

  it('carries nothing', () => {
    expect(frozen().cost({ state: 3, parameters: 10 })).to.deep.equal({ time: 30, memory: 0 });
    expect(frozen().bias).to.equal('approximate');
  });

  describeInfluence({ estimator: () => frozen() });
});
