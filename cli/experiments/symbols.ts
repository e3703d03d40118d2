import { UsageError } from '../../lib/index.ts';
import { crossEntropy, linear, model } from '../../nn/index.ts';
import type { Surprisal, SymbolTask } from '../../trainers/index.ts';
import { estimatorTable, makeCell, usualOf } from '../../trainers/registry/index.ts';
import {
  type Defaults,
  type Level,
  open,
  type Prepared,
  type TaskRequest,
  type Yardstick,
} from './experiment.ts';

/**
 * The settings of Tallec and Ollivier's experiments on symbols, except α and the window of truncated
 * backpropagation.
 */
export function symbolDefaults(
  estimator: string,
  given: { alpha: number; window: number; steps: number },
): Defaults {
  return {
    cell: { name: 'gru', units: 64 },
    estimator: {
      ...usualOf(estimatorTable, estimator),
      ...(estimator === 'tbptt' && { window: given.window }),
    },
    optimizer: { name: 'adam', rate: 1e-3, alpha: given.alpha },
    dtype: 'float32',
    steps: given.steps,
  };
}

/** The key, in a line of metrics, of the lowest loss that a model can have on the symbols of this run. */
export const sampleEntropyName = 'entropy of the sample';

export function sampleEntropy(observe: Surprisal): Yardstick {
  return { label: sampleEntropyName, isFloor: true, observe };
}

/** A task of predicting symbols, and its network. */
export function symbolTask(
  task: SymbolTask,
  { cell, cells, dtype }: TaskRequest,
  rest: {
    task: Prepared['task'];
    levels?: readonly Level[];
    pass?: number;
    yardsticks?: () => readonly Yardstick[];
  },
): Prepared {
  if (cell === undefined) throw new UsageError(`the experiment ${task.name} needs a cell`);
  const network = model({
    cell: makeCell(cell, task.symbols, 'symbols', cells),
    readout: linear({ outputs: task.symbols }),
  });
  return {
    unit: 'bits',
    levels: [],
    alphabet: task.alphabet,
    yardsticks: () => [],
    ...rest,
    open: (common, saved) => open(network, crossEntropy, task, dtype, common, saved),
  };
}
