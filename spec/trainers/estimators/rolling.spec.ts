import { expect } from 'chai';
import { add, grad } from '../../../autodiff/index.ts';
import { ConfigurationError, seeded, type Tensor, type Tree, zipTrees } from '../../../lib/index.ts';
import { gru, rnn } from '../../../nn/index.ts';
import { createLearner, type Estimator, restoreLearner, sgd, tbptt } from '../../../trainers/index.ts';
import { estimates } from '../../../trainers/testing/agreement.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { type Fixture, jitter, zerosLike } from '../../../trainers/testing/unrolled.ts';
import { fixture, withReadout } from './sparse.ts';

/** The gradient of each loss through the last `window` steps, all at the parameters of its own time. */
function byReplay(run: Fixture, window: number, moves: readonly unknown[]): number[] {
  const { model, loss, examples } = run;
  let { parameters, state } = run;
  const states = [state];
  return examples.flatMap(({ target }, t) => {
    const begin = Math.max(0, t + 1 - window);
    const own = grad((theta: Tree): Tensor => {
      let before = states[begin];
      for (let k = begin; k < t; k++) before = model.step(theta, before, examples[k].input).state;
      return loss(model.step(theta, before, examples[t].input).output, target);
    })(parameters as Tree);
    state = model.step(parameters, state, examples[t].input).state;
    states.push(state);
    parameters = zipTrees(parameters as Tree, moves[t] as Tree, add, 'moves');
    return numbersOf(own);
  });
}

describe('a rolling window at the parameters of today', () => {
  const current = (window: number) => tbptt({ window, stride: 1, parameters: 'current' });

  it('is a replay of the window from the state that was carried into it', () => {
    for (const cell of [rnn({ inputs: 2, units: 3 }), gru({ inputs: 2, units: 2 })]) {
      const run = fixture(withReadout(cell), 2, 7);
      const noise = seeded(2);
      const moves = run.examples.map(() => jitter(zerosLike(run.parameters), noise, 0.2));
      for (const window of [1, 3]) {
        const { gradients } = estimates([run], current(window), seeded(1), { moves });
        requireClose(numbersOf(gradients), byReplay(run, window, moves), 1e-13, `window ${window}`);
      }
      const of = (estimator: Estimator, moving: boolean) =>
        numbersOf(estimates([run], estimator, seeded(1), moving ? { moves } : {}).gradients);
      // Parameters that stand still have one time alone.
      requireClose(of(current(3), false), of(tbptt({ window: 3, stride: 1 }), false), 1e-13, 'still');
      expect(() =>
        requireClose(of(current(3), true), of(tbptt({ window: 3, stride: 1 }), true), 1e-3, 'moving'),
      ).to.throw();
    }
  });

  it('learns, and resumes bit for bit within the first window and after it', () => {
    const { model, loss, parameters, state, examples } = fixture(
      withReadout(rnn({ inputs: 2, units: 3 })),
      2,
      8,
    );
    const config = {
      model,
      loss,
      parameters,
      state,
      estimator: current(3),
      optimizer: sgd({ rate: 0.1 }),
      dtype: 'float64' as const,
    };
    for (const cut of [0, 1, 2, 3, 5]) {
      const learner = createLearner(config);
      for (const { input, target } of examples.slice(0, cut)) learner.step(input, target);
      const restored = restoreLearner(config, learner.save());
      for (const { input, target } of examples.slice(cut))
        expect(restored.step(input, target).loss).to.equal(learner.step(input, target).loss);
      expect([...restored.save()]).to.deep.equal([...learner.save()]);
    }
  });

  it('says what it takes, and refuses another stride', () => {
    expect(current(4).cost({ state: 2, parameters: 10 }).time).to.equal(130);
    expect(current(4).settings).to.deep.equal({ window: 4, stride: 1, parameters: 'current' });
    expect(tbptt({ window: 4, stride: 1 }).settings).to.deep.equal({ window: 4, stride: 1 });
    expect(() => tbptt({ window: 4, parameters: 'current' })).to.throw(
      ConfigurationError,
      "tbptt: parameters: 'current' is for a window that rolls, so the stride must be 1, got 4",
    );
  });
});
