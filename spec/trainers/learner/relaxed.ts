// Run as a process of its own, with and without relaxed SIMD: prints what learners do with each choice of
// kernels. The argument is a checkpoint in base64 to resume; otherwise it makes one.
import { createLearner, restoreLearner } from '../../../trainers/index.ts';
import { configOf } from './planned.ts';

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
const [first, rest] = [stream.subarray(0, 40), stream.subarray(40)];

type Choice = { readonly relaxedSimd?: boolean | 'auto' };

function told(f: () => unknown): unknown {
  try {
    return f();
  } catch (error) {
    return String(error);
  }
}

const learnt = (choice: Choice) => {
  const learner = createLearner({ ...config, ...choice });
  const losses = [...learner.stepMany(first, first)];
  const saved = Buffer.from(learner.save()).toString('base64');
  return { used: learner.config.relaxedSimd, losses, saved, after: [...learner.stepMany(rest, rest)] };
};
const resumed = (choice: Choice, saved: string) => {
  const learner = restoreLearner({ ...config, ...choice }, Buffer.from(saved, 'base64'));
  return { used: learner.config.relaxedSimd, after: [...learner.stepMany(rest, rest)] };
};

const choices: Readonly<Record<string, Choice>> = {
  omitted: {},
  strict: { relaxedSimd: false },
  relaxed: { relaxedSimd: true },
  auto: { relaxedSimd: 'auto' },
};
const saved = process.argv[2];
const results = Object.entries(choices).map(([name, choice]) => [
  name,
  told(() => (saved === undefined ? learnt(choice) : resumed(choice, saved))),
]);
console.log(JSON.stringify(Object.fromEntries(results)));
