import { expect } from 'chai';
import { createRace, sharesOf } from '../../docs/playground/balance/race.ts';
import { rightFrom } from '../../docs/playground/balance/setting.ts';
import {
  createLearner,
  influenceBalancing,
  sgd,
  type Tensor,
  tbptt,
  tensor,
} from '../../trainers/norewind.ts';

describe('playground: influence balancing', () => {
  it('has the right sign from 41 steps on at every step, and from 110 on in blocks', () => {
    const shares = sharesOf({ units: 23, positive: 10 });
    expect(rightFrom(shares.window)).to.equal(41);
    expect(rightFrom(shares.blocks)).to.equal(110);
    expect(rightFrom([1, 2])).to.equal(1);
    expect(rightFrom([1, -2])).to.equal(undefined);
  });

  it('truncates at every step as a learner with a stride of 1 does', () => {
    const rate = 1e-5;
    const race = createRace({ units: 23, positive: 10, window: 12, rate });
    const task = influenceBalancing();
    const learner = createLearner({
      model: task.model,
      loss: (output: Tensor, target: Tensor) => task.loss(output, target),
      estimator: tbptt({ window: 12, stride: 1 }),
      optimizer: sgd({ rate }),
      dtype: 'float64',
    });
    for (let t = 0; t < 60; t++) {
      race.advance(1);
      const { loss } = learner.step({}, tensor(1));
      expect(race.loss('window'), `step ${t}`).to.be.closeTo(loss, 1e-12 * loss);
    }
  });

  it('converges with RTRL and UORO where truncation goes away', () => {
    const race = createRace({ units: 23, positive: 10, window: 40, rate: 1e-5 });
    for (let i = 0; i < 250; i++) race.advance(100);
    for (const name of ['rtrl', 'uoro'] as const) expect(race.loss(name), name).to.be.below(1e-5);
    for (const name of ['blocks', 'window'] as const) expect(race.loss(name), name).to.be.above(8);
  });
});
