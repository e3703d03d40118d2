import { expect } from 'chai';
import { compile, tanh } from '../../../autodiff/index.ts';
import { type FloatDType, zeros } from '../../../lib/index.ts';
import { crossEntropy, gru, linear, model } from '../../../nn/index.ts';
import { adam, artbp, createLearner, type Estimator, rtrl, uoro } from '../../../trainers/index.ts';

const page = 65536;

function learnerOf(estimator: Estimator, own: { dtype?: FloatDType; eager?: boolean; units?: number } = {}) {
  const { units = 24, ...rest } = own;
  return createLearner({
    model: model({ cell: gru({ inputs: 8, units }), readout: linear({ outputs: 8 }) }),
    loss: crossEntropy,
    estimator,
    optimizer: adam({ rate: 1e-3 }),
    seed: 3,
    ...rest,
  });
}

function bytesAfter(learner: ReturnType<typeof learnerOf>, steps: number): number {
  for (let t = 0; t < steps; t++) learner.step(t % 8, (3 * t) % 8);
  return learner.planBytes;
}

describe('the memory of plans', () => {
  it('is none before the first step, and of an eager learner', () => {
    expect(learnerOf(uoro() as Estimator).planBytes).to.equal(0);
    const eager = learnerOf(uoro() as Estimator, { eager: true });
    bytesAfter(eager, 2);
    eager.predict(1);
    expect(eager.planBytes).to.equal(0);
  });

  it('is in whole pages, holds what the learner carries, and grows with the dtype', () => {
    const units = 40;
    const learner = learnerOf(rtrl() as Estimator, { units });
    const { parameters } = learner.toJSON();
    const cell = parameters - (units * 8 + 8);
    const taken = bytesAfter(learner, 40);
    expect(taken % page).to.equal(0);
    // The influence: a column of the state for each parameter of the cell; θ, m and v besides.
    expect(taken).to.be.above(4 * (units * cell + 3 * parameters));
    expect(taken).to.be.below(3 * 4 * (units * cell + 3 * parameters) + 8 * page);
    const double = bytesAfter(learnerOf(rtrl() as Estimator, { units, dtype: 'float64' }), 40);
    expect(double - taken).to.be.above(4 * units * cell);
  });

  it('grows with each further plan, and not with steps', () => {
    const learner = learnerOf(uoro() as Estimator);
    const first = bytesAfter(learner, 5);
    expect(bytesAfter(learner, 200)).to.equal(first);
    learner.predict(1);
    const predicted = learner.planBytes;
    expect(predicted).to.be.above(first);
    learner.predict(2);
    expect(learner.planBytes).to.equal(predicted);
    // A learner whose gradient is read has a plan that writes it out.
    expect(learner.gradient).to.be.an('object');
    const read = learner.planBytes;
    expect(read).to.be.above(predicted);
    expect(bytesAfter(learner, 3)).to.equal(read);
  });

  it('counts plans once that windows of several lengths share', () => {
    const learner = learnerOf(artbp({ keep: 0.7 }) as Estimator);
    const first = bytesAfter(learner, 10);
    expect(first).to.be.above(0);
    expect(bytesAfter(learner, 100)).to.equal(first);
  });

  it('is that of all plans of a compiled function', () => {
    const f = compile(tanh);
    expect(f.planBytes).to.equal(0);
    f(zeros([3]));
    const one = f.planBytes;
    expect(one % page).to.equal(0);
    f(zeros([4]));
    expect([f.plans, f.planBytes]).to.deep.equal([2, 2 * one]);
    f(zeros([4]));
    expect(f.planBytes).to.equal(2 * one);
    const large = zeros([100_000]);
    f(large);
    expect(f.planBytes - 3 * one).to.be.within(2 * 8 * large.size - page, 2 * 8 * large.size + page);
  });
});
