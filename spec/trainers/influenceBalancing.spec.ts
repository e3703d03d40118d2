import { expect } from 'chai';
import { NonFiniteError, tensor } from '../../lib/index.ts';
import {
  createLearner,
  type Estimator,
  influenceBalancing,
  inverseSqrt,
  rtrl,
  type Schedule,
  sgd,
  tbptt,
  uoro,
} from '../../trainers/index.ts';
import { size } from '../support/size.ts';

const target = tensor(1);

/**
 * Influence balancing with 23 units of which 10 are positive, θ from 0.5, by plain gradient descent: the end
 * of it.
 */
function descend(
  estimator: Estimator,
  rate: number | Schedule,
  steps: number,
  seed = 1,
): { loss: number; theta: number; steps: number } {
  const task = influenceBalancing();
  const learner = createLearner({
    model: task.model,
    loss: task.loss,
    estimator,
    optimizer: sgd({ rate }),
    dtype: 'float64',
    seed,
  });
  let loss = Number.NaN;
  try {
    for (let t = 0; t < steps; t++) ({ loss } = learner.step({}, target));
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    return { loss: Number.POSITIVE_INFINITY, theta: Number.NaN, steps: learner.steps };
  }
  return { loss, theta: learner.parameters.theta.item(), steps };
}

describe('influence balancing (Tallec & Ollivier 2017, section 5.1)', () => {
  it('has its optimum at θ* = -1/6, where the loss of the state at rest is zero', () => {
    const { optimum, model, loss } = influenceBalancing();
    expect(optimum.theta).to.equal(-1 / 6);
    let [state, last] = [model.start(), Number.NaN];
    for (let t = 0; t < 300; t++) {
      const step = model.step({ theta: tensor(-1 / 6) }, state, {});
      [state, last] = [step.state, loss(step.output, target).item()];
    }
    expect(last).to.be.below(1e-25);
  });

  for (const [name, rate] of [
    ['the constant rate 1e-5', 1e-5],
    ['5e-4/(1+√t)', inverseSqrt(5e-4)],
  ] as const)
    it(`UORO converges to a loss below 1e-10 in 1e5 steps at ${name}`, () => {
      for (const seed of size([1], [1, 2])) {
        const { loss, theta } = descend(uoro(), rate, 1e5, seed);
        expect(loss).to.be.below(1e-10);
        expect(theta).to.be.closeTo(-1 / 6, 1e-5);
      }
    });

  it('RTRL converges to a loss below 1e-10 in 1e5 steps at 1e-3/(1+√t)', () => {
    const { loss, theta } = descend(rtrl(), inverseSqrt(1e-3), 1e5);
    expect(loss).to.be.below(1e-10);
    expect(theta).to.be.closeTo(-1 / 6, 1e-6);
  });

  for (const window of size([10], [1, 10, 100]))
    it(`TBPTT with T = ${window} does not converge, at that rate and at smaller ones: θ moves away from θ*`, () => {
      for (const gamma of size([1e-3], [1e-3, 1e-4])) {
        const { loss, theta, steps } = descend(tbptt({ window }), inverseSqrt(gamma), 1e5);
        expect(loss).to.be.greaterThan(10);
        expect(steps < 1e5 || theta > 0.5).to.equal(true);
      }
    });

  it('TBPTT with T = 200 does, in 1e5 steps: slowly at that rate, and to a loss below 1e-10 at twice of it', () => {
    const { loss, theta } = descend(tbptt({ window: 200 }), inverseSqrt(1e-3), 1e5);
    expect(loss).to.be.below(1e-6);
    expect(theta).to.be.closeTo(-1 / 6, 1e-3);
    for (const gamma of size([], [2e-3]))
      expect(descend(tbptt({ window: 200 }), inverseSqrt(gamma), 1e5).loss).to.be.below(1e-10);
  });
});
