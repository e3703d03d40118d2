import { DataError, type FloatDType } from '../../lib/index.ts';
import type { Cell, CellEntry, Loss } from '../../nn/index.ts';
import {
  createLearner,
  type Learner,
  type LearnerConfig,
  restoreLearner,
  type Task,
} from '../../trainers/index.ts';
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
  /** Whether no model can do better on the same symbols. */
  readonly isFloor?: boolean;
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
  /** The printed form of each symbol, if targets are symbols. */
  readonly alphabet?: readonly string[];
  yardsticks(): readonly Yardstick[];
  /**
   * A learner, fresh or as it was saved, at the start of the stream. @throws DataError for a learner of another
   * configuration.
   */
  open(common: Common, saved?: Uint8Array): Session;
}

export type Common = Pick<
  LearnerConfig<unknown, unknown, unknown, unknown>,
  'estimator' | 'optimizer' | 'seed'
>;

/** A learner on its stream. */
export interface Session {
  readonly learner: AnyLearner;
  /**
   * Learns from the next example. Returns the loss in nats, and the target; undefined at the end of the task.
   * @param by steps the learner in its place.
   */
  next(by?: Pick<AnyLearner, 'step'>): { readonly loss: number; readonly target: unknown } | undefined;
  /**
   * Passes over an example that a restored learner has learnt from. Returns its target. @throws DataError if the
   * task ends there.
   */
  pass(): unknown;
}

export type AnyLearner = Learner<unknown, unknown, unknown, unknown>;

/** Starts a learner on a stream, or puts a saved one at its start. */
export function open<P, S, X, Y>(
  model: Cell<P, S, X>,
  loss: Loss<Y>,
  task: Task<X, Y>,
  dtype: FloatDType,
  common: Common,
  saved?: Uint8Array,
): Session {
  const config = { ...common, model, loss, dtype };
  const learner = saved === undefined ? createLearner(config) : restoreLearner(config, saved);
  const examples = task[Symbol.iterator]();
  return {
    learner: learner as AnyLearner,
    next(by = learner) {
      const { value, done } = examples.next();
      if (done === true) return undefined;
      return { loss: by.step(value.input, value.target).loss, target: value.target };
    },
    pass() {
      const { value, done } = examples.next();
      if (done !== true) return value.target;
      throw new DataError(`the task ${task.name} ends before the step of the checkpoint`);
    },
  };
}
