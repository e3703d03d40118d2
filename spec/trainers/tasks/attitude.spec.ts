import { expect } from 'chai';
import { quat } from 'gl-matrix';
import { seeded } from '../../../lib/index.ts';
import { adam, createLearner, rtrl, tbptt } from '../../../trainers/index.ts';
import { attitude } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

const numbers = (tensor: { toArray(): unknown }) => tensor.toArray() as number[];

describe('attitude', () => {
  it('has a fix once in a period, and zeros otherwise', () => {
    const task = attitude({ period: 5, turns: 0.25 });
    for (const [t, { input, target }] of take(task, 20).entries()) {
      expect(numbers(input).slice(3)).to.deep.equal(numbers(target));
      expect(numbers(target)[0]).to.equal((t + 1) % 5 === 0 ? 1 : 0);
      const turned = quat.setAxisAngle(new Float64Array(4), [0, 0, 1], (Math.PI / 2) * ((t + 1) / 5));
      const length = Math.hypot(...numbers(target).slice(1));
      expect(length).to.be.closeTo((t + 1) % 5 === 0 ? 1 : 0, 1e-12);
      // q and -q are the same attitude.
      if (length > 0)
        expect(Math.abs(quat.dot(turned, numbers(target).slice(1) as unknown as quat))).to.be.closeTo(
          1,
          1e-12,
        );
    }
  });

  it('has fixes up to an eighth of a period early or late', () => {
    const steps = take(attitude({ period: 40 }), 4000).flatMap(({ target }, t) =>
      numbers(target)[0] === 1 ? [t] : [],
    );
    const waits = steps.slice(1).map((t, i) => t - steps[i]);
    expect([Math.min(...waits), Math.max(...waits)]).to.deep.equal([35, 45]);
  });

  it('reads its spin and its hidden bias, and noise', () => {
    const quiet = attitude({ period: 10, turns: 1, bias: 0.01, noise: 0 });
    const bias = numbers(quiet.bias);
    expect(Math.hypot(...bias)).to.be.closeTo(0.01, 1e-15);
    for (const { input } of take(quiet, 3))
      for (const [i, reading] of numbers(input).slice(0, 3).entries())
        expect(reading).to.be.closeTo(bias[i] + (i === 2 ? Math.PI / 5 : 0), 1e-15);
    const readings = take(attitude({ noise: 0.01 }), 2000).map(({ input }) => numbers(input)[0]);
    const mean = readings.reduce((sum, each) => sum + each / readings.length, 0);
    const variance = readings.reduce((sum, each) => sum + (each - mean) ** 2 / readings.length, 0);
    expect(Math.sqrt(variance)).to.be.closeTo(0.01, 5e-4);
  });

  it('integrates as gl-matrix does, to second order in the angle of a step', () => {
    const task = attitude({ period: 100, bias: 0, noise: 0, turns: 0.5 });
    let state = task.model.start();
    for (const { input, target } of take(task, 120)) {
      const { state: next, output } = task.model.step(task.model.init(seeded(1)), state, input);
      if (numbers(target)[0] === 1) {
        expect(task.loss(output, target).item()).to.be.lessThan(1e-6);
        expect(numbers(next)).to.deep.equal(numbers(target).slice(1));
      } else expect(task.loss(output, target).item()).to.equal(0);
      state = next;
    }
  });

  it('has a gradient through a quarter of a period that opposes the whole one across the axis', () => {
    const gradients = [rtrl(), tbptt({ window: 10, stride: 1 }), tbptt({ window: 1 })].map((estimator) => {
      const task = attitude({ period: 40, noise: 0 });
      const learner = createLearner({
        model: task.model,
        loss: task.loss,
        estimator,
        optimizer: adam({ rate: 0 }),
        dtype: 'float64',
        seed: 1,
      });
      for (const { input, target } of task) {
        learner.step(input, target);
        if (numbers(target)[0] === 1) break;
      }
      return numbers(learner.gradient.bias);
    });
    const [whole, ...truncated] = gradients;
    for (const [x, y] of truncated) expect(x * whole[0] + y * whole[1]).to.be.lessThan(0);
    // Along the axis, the effect of the bias does not turn.
    for (const [, , z] of truncated) expect(z * whole[2]).to.be.greaterThan(0);
  });

  it('is learnt by RTRL', () => {
    const task = attitude({ period: 40, noise: 0, bias: 0.01 });
    const learner = createLearner({
      model: task.model,
      loss: task.loss,
      estimator: rtrl(),
      optimizer: adam({ rate: 1e-5 }),
      dtype: 'float64',
      seed: 1,
    });
    for (const { input, target } of take(task, 20_000)) learner.step(input, target);
    for (const [i, found] of numbers(learner.parameters.bias).entries())
      expect(found).to.be.closeTo(numbers(task.bias)[i], 5e-4);
  });
});
