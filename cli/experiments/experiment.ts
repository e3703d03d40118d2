import type { FloatDType } from '../../lib/index.ts';
import type { Cell, Loss } from '../../nn/index.ts';
import { createLearner, type LearnerConfig, type Task } from '../../trainers/index.ts';
import type { Named, Setting } from '../../trainers/registry/index.ts';
import type { RunConfig } from './config.ts';

/** What a run takes from an experiment when nothing else is asked for. */
export interface Defaults {
  readonly cell?: { readonly name: string; readonly units: number };
  readonly estimator: Named;
  readonly optimizer: Named;
  readonly dtype: FloatDType;
  readonly steps: number;
}

/** One option of a task, which is also a key of its configuration. */
interface TaskOption {
  readonly name: string;
  readonly kind: 'count' | 'words';
  readonly description: string;
  /** What it is if left out, where that is a number. */
  readonly value?: number;
}

/** A built-in experiment. */
export interface Experiment {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly TaskOption[];
  /** Where the defaults are from. */
  readonly origin: string;
  /** The settings but those of the task, as far as they depend on the estimator. */
  defaults(estimator: string): Defaults;
  /** Makes the task and its network. @throws DataError, UsageError or ConfigurationError for input that cannot be used. */
  prepare(request: TaskRequest): Prepared;
}

export interface TaskRequest {
  readonly task: Readonly<Record<string, Setting>>;
  /** The seed of the task. */
  readonly seed: number;
  readonly cell: RunConfig['cell'];
  readonly dtype: FloatDType;
}

/** What the options of a task are if they are left out, as far as these are numbers. */
export function valuesOf(options: readonly TaskOption[]): Readonly<Record<string, number>> {
  return Object.fromEntries(options.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

/** A known loss that a figure may be compared with. */
export interface Level {
  readonly label: string;
  readonly value: number;
}

/** A model that needs no training and predicts the same symbols: the bits that it takes for each. */
export interface Yardstick {
  readonly label: string;
  observe(symbol: number): number;
}

/** A task that is ready to run. */
export interface Prepared {
  /** Its complete settings. */
  readonly task: Readonly<Record<string, Setting>>;
  /** `bits` where the loss is a code length (in nats, to be told in bits), `loss` where it is not. */
  readonly unit: 'bits' | 'loss';
  readonly levels: readonly Level[];
  /** The length of one pass, where there is an end. */
  readonly pass?: number;
  yardsticks(): readonly Yardstick[];
  /** A fresh learner at the beginning of the stream. */
  open(common: Common): Session;
}

export type Common = Pick<LearnerConfig<unknown, unknown, unknown, unknown>, 'estimator' | 'optimizer' | 'seed'>;

/** A learner on its stream. */
export interface Session {
  /** Learns from the next example; gives the loss, in nats, and the target. */
  next(): { readonly loss: number; readonly target: unknown };
  readonly gradient: unknown;
  save(): Uint8Array;
}

/** Puts a learner on a stream. */
export function open<P, S, X, Y>(
  model: Cell<P, S, X>,
  loss: Loss<Y>,
  task: Task<X, Y>,
  dtype: FloatDType,
  common: Common,
): Session {
  const learner = createLearner({ ...common, model, loss, dtype });
  const examples = task[Symbol.iterator]();
  return {
    next() {
      const { value } = examples.next() as IteratorYieldResult<{ input: X; target: Y }>;
      return { loss: learner.step(value.input, value.target).loss, target: value.target };
    },
    get gradient() {
      return learner.gradient;
    },
    save: () => learner.save(),
  };
}
