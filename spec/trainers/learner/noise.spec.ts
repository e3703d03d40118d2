import { expect } from 'chai';
import { neg } from '../../../autodiff/index.ts';
import { dataOf, IndexError, leavesOf, seeded, type Tree } from '../../../lib/index.ts';
import { crossEntropy, linear, model, rnn } from '../../../nn/index.ts';
import { createLearner, sgd, uoro } from '../../../trainers/index.ts';

describe('a source of noise made from a seeded one', () => {
  const learnerWith = (noise: ReturnType<typeof seeded>) =>
    createLearner({
      model: model({ cell: rnn({ inputs: 3, units: 4 }), readout: linear({ outputs: 3 }) }),
      loss: crossEntropy,
      estimator: uoro(),
      optimizer: sgd({ rate: 0.1 }),
      dtype: 'float64',
      noise,
    });

  it('draws what it says, not what the one it was made from would', () => {
    const own = seeded(7);
    let calls = 0;
    const flipped = learnerWith({
      ...own,
      signs(shape) {
        calls++;
        return neg(own.signs(shape));
      },
    });
    const plain = learnerWith(seeded(7));
    for (const learner of [flipped, plain]) for (let t = 0; t < 5; t++) learner.step(t % 3, (t + 1) % 3);
    expect(calls).to.equal(5);
    const [a, b] = [flipped, plain].map(({ influence }) =>
      leavesOf((influence as { stateTangent: Tree }).stateTangent),
    );
    // Flipping every sign flips s̃ and θ̃ both.
    dataOf(a[0]).forEach((value, i) => {
      expect(value).to.be.closeTo(-dataOf(b[0])[i], 1e-9);
    });
  });

  it('may be split from one that others draw from: what is drawn again is what was drawn', () => {
    const run = (isRead: boolean) => {
      const shared = seeded(7);
      const learner = learnerWith(shared.split());
      for (let t = 0; t < 5; t++) {
        learner.step(t % 3, (t + 1) % 3);
        shared.signs([3]);
        if (isRead)
          expect(dataOf(leavesOf(learner.gradient as Tree)[0]).every(Number.isFinite)).to.equal(true);
        if (isRead) expect(() => learner.step(t % 3, 3)).to.throw(IndexError);
      }
      return [...learner.save()];
    };
    expect(run(true)).to.deep.equal(run(false));
  });
});
