import { UsageError } from '../../lib/index.ts';
import { influenceBalancing as system } from '../../trainers/index.ts';
import type { Named } from '../../trainers/registry/index.ts';
import { type Experiment, open, valuesOf } from './experiment.ts';

const estimators: Readonly<Record<string, Named>> = {
  tbptt: { name: 'tbptt', window: 200 },
  bptt: { name: 'bptt', length: 200 },
  snap: { name: 'snap', n: 1 },
};

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
  options: [
    { name: 'units', kind: 'count', description: 'units of the linear system', value: 23 },
    { name: 'positive', kind: 'count', description: 'units on which the parameter acts with +1', value: 10 },
  ],
  origin: "the paper's system; the rates are norewind's own",
  defaults: (estimator) => ({
    estimator: estimators[estimator] ?? { name: estimator },
    optimizer: rates[estimator] ?? { name: 'sgd', rate: 1e-3, alpha: 1 },
    dtype: 'float64',
    steps: 100_000,
  }),
  prepare({ task, seed, cell, dtype }) {
    if (cell !== undefined) throw new UsageError('the experiment influence-balancing is a system of its own: it takes no cell');
    // Nothing in it is random, but every task has a seed.
    const settings = { ...valuesOf(influenceBalancing.options), ...task, seed };
    const balancing = system({ ...settings, dtype });
    return {
      task: settings,
      unit: 'loss',
      levels: [],
      yardsticks: () => [],
      open: (common) => open(balancing.model, (output, target) => balancing.loss(output, target), balancing, dtype, common),
    };
  },
};
