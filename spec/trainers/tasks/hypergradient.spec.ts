import { expect } from 'chai';
import { adam, createLearner, type Estimator, rtrl, tbptt } from '../../../trainers/index.ts';
import { hypergradient } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

/** The rate and the loss after each of the steps, descended by hand. */
function descended(
  rate: (i: number) => number,
  steps: number,
  options: Parameters<typeof hypergradient>[0] = {},
) {
  const task = hypergradient(options);
  const h = task.curvatures.toArray() as number[];
  const w = h.map(() => 10);
  const losses: number[] = [];
  for (const { input } of take(task, steps)) {
    const x = input.toArray() as number[];
    for (let i = 0; i < w.length; i++) w[i] -= rate(i) * h[i] * (w[i] - x[i]);
    losses.push(w.reduce((sum, each, i) => sum + 0.5 * h[i] * each * each, 0));
  }
  return losses;
}

describe('hypergradient', () => {
  it('has curvatures from 1 down to 1/condition, equally spaced in their logarithms', () => {
    const h = hypergradient({ coordinates: 4, condition: 1000 }).curvatures.toArray() as number[];
    for (const [i, expected] of [1, 0.1, 0.01, 0.001].entries()) expect(h[i]).to.be.closeTo(expected, 1e-15);
    expect(hypergradient({ coordinates: 1 }).curvatures.toArray()).to.deep.equal([1]);
  });

  it('descends with the rate 1/10 from 10 in each coordinate', () => {
    const task = hypergradient({ coordinates: 5, rateFor: 'each' });
    const learner = createLearner({
      model: task.model,
      loss: task.loss,
      estimator: rtrl(),
      optimizer: adam({ rate: 0 }),
      dtype: 'float64',
      seed: 1,
    });
    const expected = descended(() => 0.1, 30, { coordinates: 5 });
    for (const [t, { input, target }] of take(task, 30).entries())
      expect(learner.step(input, target).loss).to.be.closeTo(expected[t], 1e-10 * expected[t]);
  });

  it('has the derivative of its next loss with respect to the rate that differences have', () => {
    for (const rateFor of ['all', 'each'] as const) {
      const task = hypergradient({ coordinates: 3, condition: 10, rateFor });
      const learner = createLearner({
        model: task.model,
        loss: task.loss,
        estimator: rtrl(),
        optimizer: adam({ rate: 0 }),
        dtype: 'float64',
        seed: 1,
      });
      for (const { input, target } of take(task, 12)) learner.step(input, target);
      const slope = (i: number | undefined) => {
        const at = (change: number) =>
          descended((j) => 0.1 * Math.exp(i === undefined || i === j ? change : 0), 12, {
            coordinates: 3,
            condition: 10,
          })[11];
        return (at(1e-5) - at(-1e-5)) / 2e-5;
      };
      const gradient = [learner.gradient.logRate.toArray()].flat() as number[];
      expect(gradient.length).to.equal(rateFor === 'all' ? 1 : 3);
      for (const [i, own] of gradient.entries())
        expect(own).to.be.closeTo(slope(rateFor === 'all' ? undefined : i), 1e-6);
    }
  });

  it('looks worse through one step than it is: short-horizon bias', () => {
    const rateBy = (estimator: Estimator) => {
      const task = hypergradient();
      const learner = createLearner({
        model: task.model,
        loss: task.loss,
        estimator,
        optimizer: adam({ rate: 0.01 }),
        dtype: 'float64',
        seed: 1,
      });
      for (const { input, target } of take(task, 1500)) learner.step(input, target);
      return Math.exp(learner.parameters.logRate.item());
    };
    // The flat directions are far from done at this point, and only a larger rate gets them there.
    expect(rateBy(rtrl())).to.be.greaterThan(0.3);
    expect(rateBy(tbptt({ window: 1 }))).to.be.lessThan(0.15);
  });
});
