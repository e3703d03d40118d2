import { expect } from 'chai';
import { readSafetensors, seeded } from '../../../lib/index.ts';
import { crossEntropy, linear, lstm, model } from '../../../nn/index.ts';
import {
  adam,
  createLearner,
  momentum,
  restoreLearner,
  rmsprop,
  sgd,
  sqrtDecay,
  tbptt,
} from '../../../trainers/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

const rate = sqrtDecay(0.1, 0.05, 0.02);
const rates = { 'cell.forget.u': 0.05, readout: 0.02, 'readout.b': 0.3 };
const optimizers = {
  sgd: sgd({ rate, rates }),
  momentum: momentum({ rate, rates }),
  adam: adam({ rate, rates }),
  rmsprop: rmsprop({ rate, rates, span: 8 }),
};

describe('optimisers with rates by path, in plans', () => {
  const noise = seeded(4);
  const symbols = Array.from({ length: 61 }, () => noise.integer(5));
  for (const [name, optimizer] of Object.entries(optimizers))
    it(`${name}: a plan matches the learner without one, and a checkpoint resumes bit for bit`, () => {
      const cell = lstm({ inputs: 5, units: 4, coupled: true, norm: 'rms' });
      const config = {
        model: model({ cell, readout: linear({ outputs: 5 }) }),
        loss: crossEntropy,
        estimator: tbptt({ window: 3 }),
        optimizer,
        seed: 2,
      };
      const [planned, eager] = [createLearner(config), createLearner({ ...config, eager: true })];
      for (let t = 0; t < 40; t++)
        for (const learner of [planned, eager]) learner.step(symbols[t], symbols[t + 1]);
      requireClose(numbersOf(planned.parameters), numbersOf(eager.parameters), 1e-4, 'parameters');
      const resumed = restoreLearner(config, planned.save());
      for (let t = 40; t < 60; t++)
        for (const learner of [planned, resumed]) learner.step(symbols[t], symbols[t + 1]);
      expect(resumed.save()).to.deep.equal(planned.save());
    });

  for (const [name, optimizer] of Object.entries(optimizers))
    it(`${name}: rows of symbols that never came stay as they were, and zero in gradient and moments`, () => {
      const cell = lstm({ inputs: 5, units: 4, coupled: true, norm: 'rms' });
      const learner = createLearner({
        model: model({ cell, readout: linear({ outputs: 5 }) }),
        loss: crossEntropy,
        estimator: tbptt({ window: 3 }),
        optimizer,
        seed: 2,
      });
      const rowsOf = (parameters: typeof learner.parameters, row: number) =>
        Object.values(parameters.cell).map(({ w }) => numbersOf(w).slice(4 * row, 4 * row + 4));
      const before = learner.parameters;
      for (let t = 0; t < 60; t++) learner.step(symbols[t] % 3, symbols[t + 1] % 3);
      for (const row of [3, 4]) {
        expect(rowsOf(learner.parameters, row)).to.deep.equal(rowsOf(before, row));
        expect(new Set(rowsOf(learner.gradient, row).flat())).to.deep.equal(new Set([0]));
      }
      expect(rowsOf(learner.parameters, 1)).not.to.deep.equal(rowsOf(before, 1));
      const stored = Object.entries(readSafetensors(learner.save()));
      const moments = stored.filter(
        ([key]) => key.startsWith('moments') && key.endsWith('.w') && key.includes('cell'),
      );
      expect(moments.length).to.equal({ sgd: 0, momentum: 3, adam: 6, rmsprop: 3 }[name]);
      for (const [key, moment] of moments)
        expect(
          numbersOf(moment)
            .slice(12)
            .every((value) => value === 0),
          key,
        ).to.equal(true);
    });
});
