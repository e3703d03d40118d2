import { adam, anbn, createLearner, crossEntropy, kfRtrl, linear, model, rtrl, tbptt, uoro } from 'norewind';
import { mine } from './cell.ts';

const estimators = { uoro: uoro(), kfRtrl: kfRtrl(), rtrl: rtrl(), 'tbptt of 4 steps': tbptt({ window: 4 }) };
const steps = 20_000;

for (const [name, estimator] of Object.entries(estimators)) {
  const task = anbn({ max: 4 });
  const learner = createLearner({
    model: model({ cell: mine(task.symbols, 16), readout: linear({ outputs: task.symbols }) }),
    loss: crossEntropy,
    estimator,
    optimizer: adam({ rate: 3e-3 }),
    seed: 1,
  });
  let bits = 0;
  for (const { input, target } of task) {
    const { loss } = learner.step(input, target);
    if (learner.steps > steps / 2) bits += loss / Math.LN2 / (steps / 2);
    if (learner.steps === steps) break;
  }
  console.log(`${bits.toFixed(3)} bits a symbol by ${name}; at best ${task.entropyRate.toFixed(3)}`);
}
