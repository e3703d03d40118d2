import type { FloatDType } from '../../lib/index.ts';
import type { Cell, CellEntry, Loss } from '../../nn/index.ts';
import { createLearner, type LearnerConfig, type Task } from '../../trainers/index.ts';
import type { CellConfig, Named, Options, Setting, Settings } from '../../trainers/registry/index.ts';
import type { RunConfig } from './config.ts';

/** The settings of a run if no others are asked for. */
export interface Defaults {
  readonly cell?: CellConfig;
  readonly estimator: Named;
  readonly optimizer: Named;
  readonly dtype: FloatDType;
  readonly steps: number;
}

/** A task with the settings that it is usually run with. */
export interface Experiment {
  readonly name: string;
  readonly summary: string;
  /** The options of its task, which are also keys of its configuration. */
  readonly options: Options;
  /** The defaults that are known beforehand. */
  readonly usual: Settings;
  /** Where the defaults come from. */
  readonly origin: string;
  /** The settings besides those of the task, which may depend on the estimator. */
  defaults(estimator: string): Defaults;
  /**
   * Makes the task and its network. @throws DataError, UsageError or ConfigurationError for unusable input.
   */
  prepare(request: TaskRequest): Prepared;
}

export interface TaskRequest {
  readonly task: Readonly<Record<string, Setting>>;
  /** The seed of the task. */
  readonly seed: number;
  readonly cell: RunConfig['cell'];
  /** The cells by name. */
  readonly cells: Readonly<Record<string, CellEntry>>;
  readonly dtype: FloatDType;
}

/** A known loss for comparison. */
export interface Level {
  readonly label: string;
  readonly value: number;
}

/** A model without training that predicts the same symbols, and its bits for each. */
export interface Yardstick {
  readonly label: string;
  observe(symbol: number): number;
}

/** A task that is ready to run. */
export interface Prepared {
  /** The complete settings of the task. */
  readonly task: Readonly<Record<string, Setting>>;
  /** `bits` if the loss is a code length (in nats, reported in bits), else `loss`. */
  readonly unit: 'bits' | 'loss';
  readonly levels: readonly Level[];
  /** The length of one pass, if it ends. */
  readonly pass?: number;
  yardsticks(): readonly Yardstick[];
  /** A fresh learner at the start of the stream. */
  open(common: Common): Session;
}

export type Common = Pick<
  LearnerConfig<unknown, unknown, unknown, unknown>,
  'estimator' | 'optimizer' | 'seed'
>;

/** A learner on its stream. */
export interface Session {
  /** Learns from the next example. Returns the loss in nats, and the target; undefined at the end of the task. */
  next(): { readonly loss: number; readonly target: unknown } | undefined;
  readonly gradient: unknown;
  save(): Uint8Array;
}

/** Starts a learner on a stream. */
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
      const { value, done } = examples.next();
      if (done === true) return undefined;
      return { loss: learner.step(value.input, value.target).loss, target: value.target };
    },
    get gradient() {
      return learner.gradient;
    },
    save: () => learner.save(),
  };
}
