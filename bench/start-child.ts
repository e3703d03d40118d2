// Times a program up to its first fast step.
import { performance } from 'node:perf_hooks';
import type { Tensor, Tree } from '../lib/index.ts';
import type { Cell } from '../nn/index.ts';
import type { Case } from './problem.ts';

/** As in the other groups. */
const symbols = 32;

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
// As a program of one's own does: the bundle for Node.
const norewind = await import('norewind');
const loaded = performance.now();
const { cell, units, estimator, optimizer } = JSON.parse(process.argv[2]) as Case;
const estimators = {
  uoro: () => norewind.uoro(),
  'tbptt-1': () => norewind.tbptt({ window: 1 }),
  'tbptt-16': () => norewind.tbptt({ window: 16 }),
  rtrl: () => norewind.rtrl(),
};
const optimiser = norewind[optimizer]({ rate: 1e-3 });
const readout = norewind.linear({ outputs: symbols });
const started = <W extends Tree, S extends Tree>(own: Cell<W, S, number | Tensor>) =>
  norewind.createLearner({
    model: norewind.model({ cell: own, readout }),
    loss: norewind.crossEntropy,
    estimator: estimators[estimator](),
    optimizer: optimiser,
  });
const size = { inputs: symbols, units };
const learner = {
  rnn: () => started(norewind.rnn(size)),
  gru: () => started(norewind.gru(size)),
  lstm: () => started(norewind.lstm(size)),
}[cell]();
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
