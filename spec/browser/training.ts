import {
  adam,
  anbn,
  createLearner,
  crossEntropy,
  gru,
  linear,
  model,
  rtrl,
  uoro,
} from '../../trainers/norewind.ts';

/** The losses of some hundred steps, which must agree between Node and a browser on the same machine. */
export function lossesOf(estimator: 'uoro' | 'rtrl', steps: number): number[] {
  const task = anbn({ max: 4 });
  const learner = createLearner({
    model: model({
      cell: gru({ inputs: task.symbols, units: 16 }),
      readout: linear({ outputs: task.symbols }),
    }),
    loss: crossEntropy,
    estimator: estimator === 'uoro' ? uoro() : rtrl(),
    optimizer: adam({ rate: 0.01 }),
    seed: 1,
  });
  const losses: number[] = [];
  for (const { input, target } of task) {
    losses.push(learner.step(input, target).loss);
    if (losses.length === steps) break;
  }
  return losses;
}
