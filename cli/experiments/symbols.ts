import { UsageError } from '../../lib/index.ts';
import { crossEntropy } from '../../nn/index.ts';
import type { SymbolTask } from '../../trainers/index.ts';
import { makeNetwork, type Named } from '../../trainers/registry/index.ts';
import { type Defaults, type Level, open, type Prepared, type TaskRequest, type Yardstick } from './experiment.ts';

/**
 * The settings of Tallec and Ollivier's experiments on symbols, except α and the window of truncated
 * backpropagation.
 */
export function symbolDefaults(estimator: string, given: { alpha: number; window: number; steps: number }): Defaults {
  const windows: Readonly<Record<string, Named>> = {
    tbptt: { name: 'tbptt', window: given.window },
    bptt: { name: 'bptt', length: 128 },
    snap: { name: 'snap', n: 1 },
  };
  return {
    cell: { name: 'gru', units: 64 },
    estimator: windows[estimator] ?? { name: estimator },
    optimizer: { name: 'adam', rate: 1e-3, alpha: given.alpha },
    dtype: 'float32',
    steps: given.steps,
  };
}

/** A task of predicting symbols, and its network. */
export function symbolTask(
  task: SymbolTask,
  { cell, dtype }: TaskRequest,
  rest: { task: Prepared['task']; levels?: readonly Level[]; pass?: number; yardsticks?: () => readonly Yardstick[] },
): Prepared {
  if (cell === undefined) throw new UsageError(`the experiment ${task.name} needs a cell`);
  const network = makeNetwork(cell.name, task.symbols, cell.units);
  return {
    unit: 'bits',
    levels: [],
    yardsticks: () => [],
    ...rest,
    open: (common) => open(network, crossEntropy, task, dtype, common),
  };
}
