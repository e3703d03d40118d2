import type { FloatDType, Noise, wasm } from '../../../lib/index.ts';
import type { Cell, Loss } from '../../../nn/index.ts';
import type { Estimator } from '../../estimators/index.ts';
import type { Optimizer } from '../../optimizers/index.ts';

/** The parts and options of a learner. */
export interface LearnerConfig<P, S, X, Y> {
  readonly model: Cell<P, S, X>;
  readonly loss: Loss<Y>;
  readonly estimator: Estimator;
  readonly optimizer: Optimizer;
  /** `float32` by default; everything that enters is converted to it. */
  readonly dtype?: FloatDType;
  /** The seed of the initial parameters and of the estimator's draws; 1 by default. */
  readonly seed?: number;
  /**
   * A source of noise in place of a seed, for this learner alone: pass `noise.split()` of a source that
   * others draw from too. It is split once for the initial parameters, unless they are given.
   */
  readonly noise?: Noise;
  /** Runs every operation when it is called, without a plan: slower, and easy to follow with a debugger. */
  readonly eager?: boolean;
  /**
   * Lets plans round a sum of products once instead of twice, as this option of `compile` does: faster, and
   * not the same digits on every machine. `'auto'` does so for float32 where the platform can; the learner's
   * `config` and checkpoints then have what was chosen, and resuming needs the same. False by default.
   */
  readonly relaxedSimd?: wasm.RelaxedSimd;
  /**
   * Number of parallel streams. With more than one, inputs, targets, outputs and states have a first axis of
   * lanes.
   */
  readonly lanes?: number;
  /** Initial parameters in place of `model.init`. */
  readonly parameters?: P;
  /**
   * The initial state in place of `model.start`; with several lanes, a first axis of lanes or one state for
   * all.
   */
  readonly state?: S;
}
