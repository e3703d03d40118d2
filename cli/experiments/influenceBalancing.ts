import { UsageError } from '../../lib/index.ts';
import { influenceBalancing as system, tasks } from '../../trainers/index.ts';
import {
  estimatorTable,
  type Named,
  type Settings,
  settable,
  usualOf,
} from '../../trainers/registry/index.ts';
import { type Experiment, open } from './experiment.ts';

/** The window of truncated estimators: the system has a far effect of the opposite sign. */
const horizons: Readonly<Record<string, Settings>> = { tbptt: { window: 200 }, bptt: { length: 200 } };

/**
 * At its constant rate UORO converged for each of 20 seeds in an independent simulation; at three times the
 * rate it diverges. Truncated backpropagation over 200 steps reaches 1e-15 in 1e5 steps at this rate, and
 * 3e-8 at half of it.
 */
const rates: Readonly<Record<string, Named>> = {
  uoro: { name: 'sgd', rate: 1e-5, alpha: 0 },
  tbptt: { name: 'sgd', rate: 2e-3, alpha: 1 },
};

export const influenceBalancing: Experiment = {
  name: 'influence-balancing',
  summary: 'one parameter whose near and far effects have opposite signs',
  options: settable(tasks.influenceBalancing.options),
  usual: system().settings,
  origin: "the paper's system; the rates are norewind's own",
  defaults: (estimator) => ({
    estimator: { ...usualOf(estimatorTable, estimator), ...horizons[estimator] },
    optimizer: rates[estimator] ?? { name: 'sgd', rate: 1e-3, alpha: 1 },
    dtype: 'float64',
    steps: 100_000,
  }),
  prepare({ task, seed, cell, dtype }) {
    if (cell !== undefined)
      throw new UsageError('the experiment influence-balancing is a system of its own: it takes no cell');
    // Nothing in it is random, but every task has a seed.
    const balancing = system({ ...task, seed, dtype });
    return {
      task: { ...balancing.settings, seed },
      unit: 'loss',
      levels: [],
      yardsticks: () => [],
      open: (common) =>
        open(balancing.model, (output, target) => balancing.loss(output, target), balancing, dtype, common),
    };
  },
};
