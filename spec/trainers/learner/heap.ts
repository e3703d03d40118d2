// Run as `node --expose-gc --import ./.ci/typescript.mjs heap.ts uoro|rtrl plan|eager STEPS`: prints how many bytes the heap
// has grown by, in its second half.
import { crossEntropy, linear, model, rnn } from '../../../nn/index.ts';
import { adam, createLearner, rtrl, uoro } from '../../../trainers/index.ts';

const [, , estimator, how, count] = process.argv;
const steps = Number(count);
const learner = createLearner({
  model: model({ cell: rnn({ inputs: 2, units: 2 }), readout: linear({ outputs: 2 }) }),
  loss: crossEntropy,
  estimator: estimator === 'rtrl' ? rtrl() : uoro(),
  optimizer: adam({ rate: 1e-3 }),
  eager: how === 'eager',
});

function used(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

let before = 0;
for (let t = 0; t < steps; t++) {
  if (t === steps / 2) before = used();
  learner.step(t % 2, (t >> 1) % 2);
  if (t % 1000 === 999) learner.save();
}
process.stdout.write(JSON.stringify({ grown: used() - before, steps: learner.steps }));
