import { cast, dataOf, type FloatDType, leavesOf, mapTree, seeded, type Tree } from '../lib/index.ts';
import { crossEntropy, gru, linear, lstm, model, rnn } from '../nn/index.ts';
import {
  adam,
  type Estimator,
  type LearnerConfig,
  type Optimizer,
  rtrl,
  sgd,
  tbptt,
  uoro,
} from '../trainers/index.ts';

export type CellName = 'rnn' | 'gru' | 'lstm';
export type EstimatorName = 'uoro' | 'tbptt-1' | 'tbptt-16' | 'rtrl';
export type OptimizerName = 'sgd' | 'adam';

/** A case of the tables: cell, estimator, optimiser and size. */
export interface Case {
  readonly cell: CellName;
  readonly estimator: EstimatorName;
  readonly optimizer: OptimizerName;
  readonly units: number;
  readonly dtype: FloatDType;
}

/** A case, and all that two implementations must share to compute the same numbers. */
export interface Problem extends Case {
  readonly symbols: number;
  readonly rate: number;
  readonly seed: number;
  /**
   * Initial parameters, leaf after leaf: each gate's w [symbols, units], u [units, units], b; the readout's w
   * [symbols, units], b.
   */
  readonly leaves: readonly (readonly number[])[];
  /** The symbols of the stream; step t reads entry t and predicts entry t + 1, both modulo `period`. */
  readonly stream: Int32Array;
  /**
   * The estimator's draws, entry t modulo `period`. The first `period` equal those of a learner with this
   * seed.
   */
  readonly signs: readonly Float32Array[];
  readonly period: number;
}

export const symbols = 32;
const period = 256;
const seed = 7;

const cells = { rnn, gru, lstm } as const;
const estimators: Readonly<Record<EstimatorName, () => Estimator>> = {
  uoro: () => uoro() as Estimator,
  'tbptt-1': () => tbptt({ window: 1 }),
  'tbptt-16': () => tbptt({ window: 16 }),
  rtrl: () => rtrl() as Estimator,
};

/** Small enough that thousands of steps on noise stay stable in every case. */
const rates: Readonly<Record<OptimizerName, number>> = { sgd: 1e-3, adam: 1e-4 };

export function nameOf({ cell, estimator, optimizer, units, dtype }: Case): string {
  return `${cell} ${units} ${estimator} ${optimizer}${dtype === 'float32' ? '' : ` ${dtype}`}`;
}

/** The `createLearner` configuration of a case. */
export function configOf(own: Case): LearnerConfig<Tree, Tree, number, number> {
  const { cell, estimator, optimizer, units, dtype } = own;
  const rate = rates[optimizer];
  const network = model({
    cell: cells[cell]({ inputs: symbols, units }) as never,
    readout: linear({ outputs: symbols }),
  });
  return {
    model: network as never,
    loss: crossEntropy,
    estimator: estimators[estimator](),
    optimizer: (optimizer === 'sgd' ? sgd({ rate }) : adam({ rate })) as Optimizer,
    dtype,
    noise: seeded(seed),
    parameters: initial(network.init as never, dtype),
  };
}

export function problemOf(own: Case): Problem {
  const { parameters } = configOf(own);
  const noise = seeded(11);
  const size = own.cell === 'lstm' ? [[own.units], [own.units]] : [[own.units]];
  const draws = seeded(seed);
  return {
    ...own,
    symbols,
    rate: rates[own.optimizer],
    seed,
    leaves: leavesOf(parameters as Tree).map((leaf) => [...dataOf(leaf)]),
    stream: Int32Array.from({ length: period }, () => noise.integer(symbols)),
    signs: Array.from({ length: period }, () =>
      Float32Array.from(size.flatMap((shape) => [...dataOf(draws.signs(shape))])),
    ),
    period,
  };
}

/** The same numbers in both dtypes, so that the comparison is of the arithmetic. */
function initial(init: (noise: ReturnType<typeof seeded>) => Tree, dtype: FloatDType): Tree {
  return mapTree(init(seeded(3)), (leaf) => cast(cast(leaf, 'float32'), dtype));
}
