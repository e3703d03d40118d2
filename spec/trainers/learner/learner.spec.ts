import { expect } from 'chai';
import { IndexError, indices, readSafetensors, seeded, tensor, zeros } from '../../../lib/index.ts';
import { crossEntropy, linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import {
  adam,
  bptt,
  chain,
  clipByGlobalNorm,
  createLearner,
  type Estimator,
  rmsprop,
  rtrl,
  sgd,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { lengthOf, numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { cell, make, x, y } from '../gruLearner.ts';

const estimators: Readonly<Record<string, () => Estimator>> = {
  uoro: () => uoro(),
  'uoro of window 2': () => uoro({ window: 2 }),
  'uoro of rank 2': () => uoro({ rank: 2 }),
  rtrl: () => rtrl(),
  tbptt: () => tbptt({ window: 3 }),
  'tbptt of stride 1': () => tbptt({ window: 3, stride: 1 }),
  bptt: () => bptt({ length: 3 }),
};

for (const eager of [true, false])
  describe(`a learner, ${eager ? 'eager' : 'with a plan'}`, () => {
    for (const [name, estimator] of Object.entries(estimators)) {
      it(`${name}: predict returns the same as step, and does not move the learner`, () => {
        const learner = make({ estimator: estimator(), eager });
        const alone = make({ estimator: estimator(), eager });
        for (let t = 0; t < 7; t++) {
          const before = learner.save();
          const predicted = learner.predict(x);
          expect([...learner.save()]).to.deep.equal([...before]);
          requireClose(numbersOf(learner.step(x, y).output), numbersOf(predicted), 1e-14, `prediction ${t}`);
          alone.step(x, y);
        }
        requireClose(
          numbersOf(learner.parameters),
          numbersOf(alone.parameters),
          0,
          'the parameters with and without predictions',
        );
      });

      it(`${name}: predictMany returns the same as predict while observing, and does not move the learner`, () => {
        const learner = make({ estimator: estimator(), eager });
        for (let t = 0; t < 4; t++) learner.step(x, y);
        const before = learner.save();
        const inputs = [tensor([0.5, 1, -1]), 2, 1];
        const together = learner.predictMany(inputs);
        expect([...learner.save()]).to.deep.equal([...before]);
        expect(learner.predictMany([])).to.deep.equal([]);
        // Not the third: a sequence of bptt ends before it.
        for (const [i, input] of inputs.slice(0, 2).entries()) {
          requireClose(numbersOf(together[i]), numbersOf(learner.predict(input)), 1e-14, `output ${i}`);
          learner.observe(input);
        }
        expect(() => learner.predictMany([x, 3])).to.throw(IndexError);
      });

      it(`${name}: learns, and counts what it learns from`, () => {
        const learner = make({ estimator: estimator(), eager });
        const losses = Array.from({ length: 60 }, () => learner.step(x, y).loss);
        learner.observe(x);
        expect(learner.steps).to.equal(60);
        expect(losses[59]).to.be.below(losses[0] / 10);
        expect(lengthOf(numbersOf(learner.gradient))).to.be.greaterThan(0);
      });
    }

    it('observe advances the state and the influence, and learns nothing', () => {
      const learner = make({ eager });
      const parameters = numbersOf(learner.parameters);
      const expected = cell.step(learner.parameters, learner.state, x).state;
      learner.observe(x);
      requireClose(numbersOf(learner.state), numbersOf(expected), 1e-15, 'state');
      expect(numbersOf(learner.parameters)).to.deep.equal(parameters);
      expect(lengthOf(numbersOf(learner.influence))).to.be.greaterThan(0.01);
      expect([learner.steps, lengthOf(numbersOf(learner.gradient))]).to.deep.equal([0, 0]);
    });

    it('resetState goes back to the start state and forgets, and keeps the parameters and the moments', () => {
      const learner = make({ optimizer: adam({ rate: 0.01 }), state: tensor([0.3, -0.2]), eager });
      for (let t = 0; t < 3; t++) learner.step(x, y);
      const parameters = numbersOf(learner.parameters);
      const moments = () =>
        Object.entries(readSafetensors(learner.save()))
          .filter(([path]) => path.startsWith('moments'))
          .map(([, leaf]) => numbersOf(leaf));
      const before = moments();
      learner.resetState();
      expect(numbersOf(learner.state)).to.deep.equal([0.3, -0.2]);
      expect(lengthOf(numbersOf(learner.influence))).to.equal(0);
      expect(numbersOf(learner.parameters)).to.deep.equal(parameters);
      expect(moments()).to.deep.equal(before);
      expect(before.length).to.be.greaterThan(2);
      learner.step(x, y);
      expect(learner.steps).to.equal(4);
    });

    it('with lanes, has a first axis of lanes everywhere outside, and one pair for each lane', () => {
      const learner = make({ lanes: 3, eager });
      const inputs = seeded(1).normal([3, 3]);
      expect(learner.state.shape).to.deep.equal([3, 2]);
      expect(learner.predict(inputs).shape).to.deep.equal([3, 2]);
      const { loss, output } = learner.step(inputs, zeros([3, 2]));
      expect(output.shape).to.deep.equal([3, 2]);
      requireClose([loss], [numbersOf(output).reduce((sum, z) => sum + z * z, 0) / 6], 1e-14, 'loss');
      expect((learner.influence as unknown[]).length).to.equal(3);
      expect(learner.predict(indices([0, 2, 1])).shape).to.deep.equal([3, 2]);
      const rows = numbersOf(learner.state);
      expect(new Set(rows).size).to.equal(6);
      expect(
        (
          make({ lanes: 2, estimator: uoro({ lanes: 'joint' }), eager }).influence as {
            stateTangent: unknown[];
          }
        ).stateTangent.length,
      ).to.equal(2);
    });

    it('with lanes, takes one state for all of them or one for each', () => {
      expect(make({ lanes: 2, state: tensor([1, 2]), eager }).state.toArray()).to.deep.equal([
        [1, 2],
        [1, 2],
      ]);
      expect(
        make({
          lanes: 2,
          state: tensor([
            [1, 2],
            [3, 4],
          ]),
          eager,
        }).state.toArray(),
      ).to.deep.equal([
        [1, 2],
        [3, 4],
      ]);
    });

    it('with lanes, has for its gradient the mean of those of learners of one lane each', () => {
      const inputs = seeded(1).normal([2, 3]);
      const lanes = make({ lanes: 2, estimator: rtrl(), optimizer: sgd({ rate: 0 }), eager });
      const single = [0, 1].map(() => make({ estimator: rtrl(), optimizer: sgd({ rate: 0 }), eager }));
      for (let t = 0; t < 3; t++) {
        lanes.step(
          inputs,
          tensor([
            [1, 0],
            [0, 1],
          ]),
        );
        single.forEach((learner, lane) => {
          learner.step(tensor((inputs.toArray() as number[][])[lane]), tensor([1 - lane, lane]));
        });
      }
      const [a, b] = single.map((learner) => numbersOf(learner.gradient));
      requireClose(
        numbersOf(lanes.gradient),
        a.map((value, i) => (value + b[i]) / 2),
        1e-14,
        'gradient',
      );
    });

    it('converts what comes in to its dtype, float32 unless told otherwise', () => {
      const learner = createLearner({
        model: cell,
        loss: meanSquare,
        estimator: rtrl(),
        optimizer: adam({ rate: 0.01 }),
        eager,
      });
      const { output } = learner.step(x, y);
      const given = {
        parameters: learner.parameters,
        state: learner.state,
        gradient: learner.gradient,
        influence: learner.influence,
        output,
      };
      for (const [name, leaf] of Object.entries(readSafetensors(learner.save())))
        expect(leaf.dtype, name).not.to.equal('float64');
      expect(output.dtype).to.equal('float32');
      expect(numbersOf(given.parameters).length).to.be.greaterThan(0);
      expect(make({ eager }).step(tensor([1, 2, 3], { dtype: 'float32' }), y).output.dtype).to.equal(
        'float64',
      );
    });

    it('takes class indices as inputs and targets', () => {
      const learner = createLearner({
        model: model({ cell: rnn({ inputs: 4, units: 3 }), readout: linear({ outputs: 4 }) }),
        loss: crossEntropy,
        estimator: uoro(),
        optimizer: sgd({ rate: 0.1 }),
        eager,
      });
      const losses = [0, 1, 2, 3].map((k) => learner.step(k, (k + 1) % 4).loss);
      for (const loss of losses) expect(loss).to.be.within(0.3, 3);
    });

    it('clipped, it survives a gradient that would throw it far away', () => {
      const learner = make({ optimizer: chain(clipByGlobalNorm(1), rmsprop({ rate: 0.01 })), eager });
      for (let t = 0; t < 20; t++) learner.step(x, t === 5 ? tensor([1e8, -1e8]) : y);
      expect(Number.isFinite(lengthOf(numbersOf(learner.parameters)))).to.equal(true);
    });
  });

describe('createLearner', () => {
  it('draws the same from the same seed, float for float, and other numbers from another', () => {
    const parameters = (seed: number) => numbersOf(make({ seed }).parameters);
    expect(parameters(3)).to.deep.equal(parameters(3));
    expect(parameters(3)).not.to.deep.equal(parameters(4));
    expect(parameters(1)).to.deep.equal(numbersOf(make().parameters));
  });

  it('starts from given parameters and states, which stay as they are', () => {
    const parameters = cell.init(seeded(9));
    const [before, state] = [numbersOf(parameters), tensor([0.1, 0.2])];
    const learner = make({ parameters, state });
    expect(numbersOf(learner.parameters)).to.deep.equal(before);
    for (let t = 0; t < 3; t++) learner.step(x, y);
    expect([numbersOf(parameters), state.toArray()]).to.deep.equal([before, [0.1, 0.2]]);
    expect(numbersOf(learner.parameters)).not.to.deep.equal(before);
  });
});
