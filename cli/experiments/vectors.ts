import { type Tensor, UsageError } from '../../lib/index.ts';
import { linear, meanSquare, model } from '../../nn/index.ts';
import type { Task } from '../../trainers/index.ts';
import { makeCell } from '../../trainers/registry/index.ts';
import { type Level, open, type Prepared, type TaskRequest } from './experiment.ts';

/** A task of answering vectors with vectors, and its network. */
export function vectorTask(
  task: Task<Tensor, Tensor>,
  { cell, cells, dtype }: TaskRequest,
  sizes: { readonly inputs: number; readonly outputs: number },
  rest: { readonly task: Prepared['task']; levels(): readonly Level[] },
): Prepared {
  if (cell === undefined) throw new UsageError(`the experiment ${task.name} needs a cell`);
  const network = model({
    cell: makeCell(cell, sizes.inputs, 'vectors', cells),
    readout: linear({ outputs: sizes.outputs }),
  });
  return {
    task: rest.task,
    unit: 'loss',
    // Some are worked out from the stream, which a run that shows none need not do.
    get levels() {
      return rest.levels();
    },
    yardsticks: () => [],
    open: (common, saved) => open(network, meanSquare, task, dtype, common, saved),
  };
}
