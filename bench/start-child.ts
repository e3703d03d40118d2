// Times a program up to its first fast step.
import { performance } from 'node:perf_hooks';

/** Milliseconds. */
export interface StartReport {
  /** From the start of the process to this line. */
  readonly node: number;
  readonly load: number;
  readonly create: number;
  readonly first: number;
  readonly second: number;
}

const node = performance.now();
const { createLearner } = await import('../trainers/index.ts');
const { configOf } = await import('./problem.ts');
const loaded = performance.now();
const learner = createLearner(configOf(JSON.parse(process.argv[2])));
const created = performance.now();
const window = Number(process.argv[3]);
for (let t = 0; t < window; t++) learner.step(1, 2);
const first = performance.now();
for (let t = 0; t < window; t++) learner.step(1, 2);
const second = performance.now();
const report: StartReport = {
  node,
  load: loaded - node,
  create: created - loaded,
  first: first - created,
  second: second - first,
};
process.stdout.write(JSON.stringify(report));
