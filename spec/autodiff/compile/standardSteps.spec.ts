import { expect } from 'chai';
import { Execution } from '../../../autodiff/index.ts';
import { crossEntropy, gru, linear, lru, lstm, model, rnn } from '../../../nn/index.ts';
import {
  adam,
  createLearner,
  diagonal,
  type Estimator,
  rtrl,
  sgd,
  snap,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';

const cells = { rnn, gru, lstm, lru };
const estimators: Readonly<Record<string, () => Estimator>> = {
  uoro: () => uoro() as Estimator,
  rtrl: () => rtrl() as Estimator,
  'snap 1': () => snap({ n: 1 }) as Estimator,
  diagonal: () => diagonal() as Estimator,
  'tbptt 4': () => tbptt({ window: 4 }),
};
const optimizers = {
  sgd: () => sgd({ rate: 0.1 }),
  adam: () => adam({ rate: 0.01 }),
};

/**
 * Instructions that a peephole or a lowering puts in the place of several: each is the only trace of its
 * rule.
 */
const composed = [
  'matvec2',
  'matvect2',
  'outer',
  'rank1',
  'rank1two',
  'rank1norm',
  'rank1pair',
  'bilinear',
  'rowadd',
  'rowdot',
  'lines',
  'traces',
];
const fused = [...composed, 'tiles', 'loop', 'adam', 'axpbypcz', 'gemm'];

/** How many instructions the plan of one step has, and how many of those that do the work of several. */
function countsOf(cell: keyof typeof cells, estimator: string, optimizer: keyof typeof optimizers): string {
  const network = model({
    cell: cells[cell]({ inputs: 32, units: 20 }) as never,
    readout: linear({ outputs: 32 }),
  });
  const learner = createLearner({
    model: network as never,
    loss: crossEntropy as never,
    estimator: estimators[estimator](),
    optimizer: optimizers[optimizer](),
    dtype: 'float32',
    seed: 1,
  });
  const plan = planOfLast(() => {
    for (let t = 0; t < 8; t++) learner.step(((3 * t) % 32) as never, ((3 * t + 3) % 32) as never);
  });
  const names = plan.instructions.map(({ operation }) => operation);
  const count = (name: string) => names.filter((operation) => operation === name).length;
  const parts = fused.filter((name) => count(name) > 0).map((name) => `${name} ${count(name)}`);
  return [names.length, ...parts].join(', ');
}

/** The plan that ran last. */
function planOfLast(run: () => void): Execution['plan'] {
  const own = Execution.prototype.run;
  let last: Execution | undefined;
  Execution.prototype.run = function (this: Execution, stage?: number) {
    last = this;
    own.call(this, stage);
  };
  try {
    run();
  } finally {
    Execution.prototype.run = own;
  }
  if (last === undefined) throw new Error('no plan ran');
  return last.plan;
}

/**
 * A pattern that is no longer found, or a sum that is written out too early, shows here first. Fewer are
 * better: then change the number. (A diagonal matrix takes two where it is written out, and saves a `gemm`.)
 */
const expected: Readonly<Record<string, string>> = {
  'rnn uoro sgd': '60, matvec2 1, rank1 1, rank1pair 3, rowadd 1, axpbypcz 1',
  'rnn uoro adam': '103, matvec2 1, outer 1, rank1 1, rank1norm 3, rowadd 2, adam 2, axpbypcz 1',
  'rnn rtrl sgd': '48, rank1 2, rank1two 1, rowadd 2, axpbypcz 2, gemm 3',
  'rnn rtrl adam': '88, outer 1, rank1 2, rowadd 2, adam 2, axpbypcz 1, gemm 3',
  'rnn snap 1 sgd': '40, rank1 1, rowadd 3, traces 2, axpbypcz 2',
  'rnn snap 1 adam': '82, outer 1, rowadd 3, lines 4, adam 2, axpbypcz 1',
  'rnn diagonal sgd': '41, rank1 1, rowadd 3, traces 2, axpbypcz 2',
  'rnn diagonal adam': '83, outer 1, rowadd 3, lines 4, adam 2, axpbypcz 1',
  'rnn tbptt 4 sgd': '130, matvect2 2, rowadd 8, axpbypcz 6, gemm 2',
  'rnn tbptt 4 adam': '168, matvect2 2, rowadd 8, adam 2, axpbypcz 6, gemm 2',
  'gru uoro sgd': '134, matvec2 3, matvect2 1, rank1 1, rank1pair 9, rowadd 1, axpbypcz 4',
  'gru uoro adam': '223, matvec2 3, matvect2 1, outer 1, rank1 3, rank1norm 9, rowadd 4, adam 4, axpbypcz 4',
  'gru rtrl sgd': '119, rank1 4, rank1two 3, rowadd 4, lines 1, axpbypcz 7, gemm 10',
  'gru rtrl adam': '197, outer 1, rank1 6, rowadd 4, lines 1, adam 4, axpbypcz 4, gemm 10',
  'gru snap 1 sgd': '121, rank1 2, rank1two 1, rowadd 6, lines 1, traces 4, axpbypcz 8, gemm 4',
  'gru snap 1 adam': '203, outer 1, rank1 2, rowadd 6, lines 9, adam 4, axpbypcz 5, gemm 4',
  'gru diagonal sgd': '103, rank1 1, rowadd 7, traces 6, axpbypcz 8',
  'gru diagonal adam': '187, outer 1, rowadd 7, lines 12, adam 4, axpbypcz 5',
  'gru tbptt 4 sgd': '264, matvect2 2, rowadd 16, axpbypcz 19, gemm 4',
  'gru tbptt 4 adam': '338, matvect2 2, rowadd 16, adam 4, axpbypcz 19, gemm 4',
  'lstm uoro sgd': '166, matvec2 4, rank1 1, rank1pair 12, rowadd 1, axpbypcz 5',
  'lstm uoro adam': '278, matvec2 4, outer 1, rank1 4, rank1norm 12, rowadd 5, adam 5, axpbypcz 5',
  'lstm rtrl sgd': '207, rank1 5, rank1two 4, rowadd 5, loop 1, axpbypcz 9, gemm 12',
  'lstm rtrl adam': '304, outer 1, rank1 8, rowadd 5, loop 1, adam 5, axpbypcz 5, gemm 12',
  'lstm snap 1 sgd': '167, rank1 1, rowadd 12, traces 8, axpbypcz 17',
  'lstm snap 1 adam': '281, outer 1, rowadd 12, lines 22, adam 5, axpbypcz 16',
  'lstm diagonal sgd': '166, rank1 1, rowadd 13, traces 8, axpbypcz 18',
  'lstm diagonal adam': '283, outer 1, rowadd 13, lines 24, adam 5, axpbypcz 18',
  'lstm tbptt 4 sgd': '320, matvect2 2, rowadd 20, axpbypcz 24, gemm 5',
  'lstm tbptt 4 adam': '412, matvect2 2, rowadd 20, adam 5, axpbypcz 24, gemm 5',
  'lru uoro sgd': '160, rank1 3, rank1pair 5, rowadd 2, axpbypcz 5',
  'lru uoro adam': '219, outer 3, rank1norm 5, rowadd 4, adam 6, axpbypcz 5',
  'lru rtrl sgd': '156, rank1 3, rowadd 8, traces 2, axpbypcz 14',
  'lru rtrl adam': '212, outer 3, rowadd 8, lines 6, adam 6, axpbypcz 14',
  'lru snap 1 sgd': '152, rank1 3, rowadd 6, traces 2, axpbypcz 14',
  'lru snap 1 adam': '204, outer 3, rowadd 6, lines 4, adam 6, axpbypcz 14',
  'lru diagonal sgd': '153, rank1 3, rowadd 8, lines 6, axpbypcz 14',
  'lru diagonal adam': '203, outer 3, rowadd 8, lines 6, adam 6, axpbypcz 14',
  'lru tbptt 4 sgd': '296, matvect2 6, rowadd 16, axpbypcz 22, gemm 3',
  'lru tbptt 4 adam': '345, matvect2 6, rowadd 16, adam 6, axpbypcz 22, gemm 3',
};

describe('the instructions of a step', () => {
  for (const cell of Object.keys(cells) as (keyof typeof cells)[])
    for (const estimator of Object.keys(estimators))
      for (const optimizer of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
        const name = `${cell} ${estimator} ${optimizer}`;
        it(`of ${name} are as few as they were`, () => {
          const [[total, ...composed], [most, ...before]] = [
            countsOf(cell, estimator, optimizer),
            expected[name],
          ].map((text) => text.split(', '));
          expect(Number(total)).to.be.at.most(Number(most));
          expect(composed).to.deep.equal(before);
        });
      }
});
