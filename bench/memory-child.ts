// Run with --expose-gc and a young generation too large to fill: heap growth is then the allocated memory.
import { createLearner } from '../trainers/index.ts';
import { type Case, configOf } from './problem.ts';

/** The memory that a learner allocates and keeps. */
export interface MemoryReport {
  /** Bytes of the JavaScript heap per step, most of which live until the next collection of young objects. */
  readonly allocated: number;
  /** Bytes of array buffers outside the heap per step. */
  readonly external: number;
  /** Bytes of the heap per step that survive a collection. */
  readonly kept: number;
  /** Growth of resident memory over the loop, in MiB. */
  readonly resident: number;
  readonly steps: number;
}

const [own, count, how] = [JSON.parse(process.argv[2]) as Case, Number(process.argv[3]), process.argv[4]];
const learner = createLearner(configOf(own));
const collect = (globalThis as unknown as { gc: () => void }).gc;
const [inputs, targets] = [0, 7].map((phase) =>
  Int32Array.from({ length: 32 }, (_, t) => (t * 7 + phase) % 32),
);
const losses = new Float64Array(32);
let at = 0;
const run = (steps: number) => {
  if (how === 'steps')
    for (const end = at + steps; at < end; at++) learner.step(inputs[at % 32], targets[at % 32]);
  else for (let done = 0; done < steps; done += 32) learner.stepMany(inputs, targets, losses);
};

run(20_000);
const few = 6400;
const samples = Array.from({ length: 9 }, () => {
  collect();
  const before = process.memoryUsage();
  run(few);
  const after = process.memoryUsage();
  return {
    heap: (after.heapUsed - before.heapUsed) / few,
    external: (after.arrayBuffers - before.arrayBuffers) / few,
  };
});
const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
collect();
const [heap, rss] = [process.memoryUsage().heapUsed, process.memoryUsage.rss()];
run(count);
collect();
const report: MemoryReport = {
  allocated: middle(samples.map((sample) => sample.heap)),
  external: middle(samples.map((sample) => sample.external)),
  kept: (process.memoryUsage().heapUsed - heap) / count,
  resident: (process.memoryUsage.rss() - rss) / 2 ** 20,
  steps: count,
};
process.stdout.write(JSON.stringify(report));
