import { ConfigurationError, guard, UsageError } from '../../lib/index.ts';
import {
  cellTable,
  completeEstimator,
  estimatorTable,
  hasRate,
  isFileName,
  makeEstimator,
  makeOptimizer,
  type Named,
  optimizerTable,
} from '../../trainers/registry/index.ts';
import type { OwnTables } from '../own/index.ts';
import { conditionOf, textOf } from './condition.ts';
import { mergeWishes, type RunConfig, type Wish } from './config.ts';
import type { Experiment, Prepared, Session } from './experiment.ts';
import { findExperiment } from './registry.ts';

/** A run ready to start: its complete configuration and its task. */
export interface Plan {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  /** @throws DataError for a saved learner of another configuration. */
  open(saved?: Uint8Array): Session;
}

const mostSteps = 1e12;

/**
 * Fills in the defaults, and checks all that can be checked before the first step.
 * @param own what files of the user's provide.
 * @throws UsageError, ConfigurationError or DataError.
 */
export function resolveWish(wish: Wish, own: OwnTables = {}): Plan {
  const experiment = own.experiment ?? findExperiment(wish.experiment);
  const estimators = { ...estimatorTable, ...own.estimators };
  const optimizers = { ...optimizerTable, ...own.optimizers };
  const base = experiment.defaults(String(wish.estimator?.name ?? 'uoro'));
  const { seed = 1, dtype = base.dtype } = wish;
  requireWhole('seed', seed, 0, 2 ** 32 - 1);
  if (dtype !== 'float32' && dtype !== 'float64')
    throw new UsageError(`dtype must be float32 or float64, got ${JSON.stringify(dtype)}`);
  const merged = mergeWishes(
    { experiment: experiment.name, estimator: base.estimator, optimizer: base.optimizer },
    wish,
  );
  const estimator = makeEstimator(merged.estimator as Named, estimators);
  // A new kind of optimiser keeps the schedule.
  const { rate, alpha } = base.optimizer;
  const named = merged.optimizer as Named;
  const { optimizer, complete } = makeOptimizer(
    { ...(hasRate(named.name, optimizers) && { rate, alpha }), ...named },
    optimizers,
  );
  const isSystem = base.cell === undefined && merged.cell === undefined;
  const cell = isSystem ? undefined : ({ ...base.cell, ...merged.cell } as RunConfig['cell']);
  const prepared = experiment.prepare({
    task: knownOptions(experiment, wish),
    seed: seedOf(wish, seed),
    cell,
    cells: { ...cellTable, ...own.cells },
    dtype,
  });
  const steps = requireWhole(
    'steps',
    wish.steps ?? Math.min(base.steps, prepared.pass ?? base.steps),
    1,
    mostSteps,
  );
  const lastWindow = requireWhole(
    'lastWindow',
    wish.lastWindow ?? Math.min(1e5, Math.ceil(steps / 10)),
    1,
    1e7,
  );
  const config: RunConfig = {
    experiment: experiment.name,
    task: prepared.task,
    ...(cell === undefined ? {} : { cell }),
    estimator: completeEstimator(merged.estimator as Named, estimator, estimators),
    optimizer: complete,
    dtype,
    seed,
    steps,
    lastWindow: Math.min(lastWindow, steps),
    ...(wish.stopWhen === undefined ? {} : { stopWhen: textOf(conditionOf(wish.stopWhen)) }),
  };
  return { config, prepared, open: (saved) => prepared.open({ estimator, optimizer, seed }, saved) };
}

/** The data have their own seed, so that the estimator's draws do not depend on them. */
function seedOf(wish: Wish, seed: number): number {
  return Number(wish.task?.seed ?? seed + 2 ** 32);
}

function knownOptions(experiment: Experiment, { task = {} }: Wish): NonNullable<Wish['task']> {
  const { seed: _, ...given } = task;
  const names = [...Object.keys(experiment.options), ...(hasHash(experiment.name) ? ['sha256'] : [])];
  for (const key of Object.keys(given))
    if (!names.includes(key))
      throw new UsageError(
        `the experiment ${experiment.name} has no option ${key}${guard.didYouMean(key, names) || `; it has ${names.join(', ')}`}`,
      );
  return given;
}

/** Whether the configuration of the task has the hash of a file. */
function hasHash(name: string): boolean {
  return name === 'text' || isFileName(name);
}

function requireWhole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new ConfigurationError(
    `${name} must be a whole number from ${least} to ${most}, got ${String(value)}`,
  );
}
