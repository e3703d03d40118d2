import { type FloatDType, type Tensor, UsageError } from '../../lib/index.ts';
import type { Cell } from '../../nn/index.ts';
import type { Task } from '../../trainers/index.ts';
import {
  estimatorTable,
  type Named,
  type Options,
  type Settings,
  settable,
  usualOf,
} from '../../trainers/registry/index.ts';
import { type Experiment, open } from './experiment.ts';

/** A task that is a system of its own, with its model and its loss. */
interface SystemTask<P, S, X, Y> extends Task<X, Y> {
  readonly settings: Readonly<Record<string, number | string>>;
  readonly model: Cell<P, S, X>;
  loss(output: Tensor, target: Y): Tensor;
}

interface System<P, S, X, Y> {
  readonly name: string;
  readonly summary: string;
  readonly origin: string;
  /** The task by its settings, its seed and its dtype. */
  readonly make: (options: Settings & { readonly dtype?: FloatDType }) => SystemTask<P, S, X, Y>;
  readonly options: Options;
  readonly steps: number;
  readonly optimizer: Named;
  /** Settings of an estimator that differ from the usual ones, by its name. */
  readonly estimators?: Readonly<Record<string, Settings>>;
  readonly optimizers?: Readonly<Record<string, Named>>;
}

/** An experiment with a system of its own, in float64. */
export function system<P, S, X, Y>({ make, steps, optimizer, ...own }: System<P, S, X, Y>): Experiment {
  const { name, summary, origin, options, estimators = {}, optimizers = {} } = own;
  return {
    name,
    summary,
    origin,
    options: settable(options),
    usual: make({}).settings,
    defaults: (estimator) => ({
      estimator: { ...usualOf(estimatorTable, estimator), ...estimators[estimator] },
      optimizer: optimizers[estimator] ?? optimizer,
      dtype: 'float64',
      steps,
    }),
    prepare({ task: settings, seed, cell, dtype }) {
      if (cell !== undefined)
        throw new UsageError(`the experiment ${name} is a system of its own: it takes no cell`);
      const task = make({ ...settings, seed, dtype });
      return {
        task: { ...task.settings, seed },
        unit: 'loss',
        levels: [],
        yardsticks: () => [],
        open: (common, saved) =>
          open(task.model, (output, target) => task.loss(output, target), task, dtype, common, saved),
      };
    },
  };
}
