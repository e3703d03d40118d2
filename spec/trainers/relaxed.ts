// Run as a process of its own: prints the losses of a learner with strict and with relaxed kernels, or why it
// cannot.
import { createLearner } from '../../trainers/index.ts';
import { configOf } from './planned.ts';

try {
  const config = configOf({
    estimator: 'uoro',
    optimizer: 'adam',
    kind: 'gru',
    units: 4,
    lanes: 1,
    dtype: 'float32',
    seed: 4,
  });
  const stream = Int32Array.from({ length: 100 }, (_, t) => (7 * t + ((t * t) >> 2)) % 5);
  const losses = [false, true].map((relaxedSimd) => [
    ...createLearner({ ...config, relaxedSimd }).stepMany(stream, stream),
  ]);
  console.log(JSON.stringify(losses));
} catch (error) {
  console.log(String(error));
}
