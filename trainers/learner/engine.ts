import type { Noise, Tensor } from '../../lib/index.ts';
import type { Estimator } from '../estimators/index.ts';
import type { Targets } from './learn.ts';
import type { Memory } from './memory.ts';

/** What a step gives, one entry for each system; no losses when it was only observed. */
export interface Outcome {
  readonly losses: readonly number[];
  /** Made into tensors when somebody asks: most loops look at the loss only. */
  outputs(): readonly Tensor[];
}

/** Runs a learner: with the kernels one by one, or as a plan. */
export interface Engine {
  /** Everything that changes, between steps. */
  memory: Memory;
  /** The same without the gradient, which a plan has to work out. */
  readonly glance: Omit<Memory, 'gradient'>;
  /** The last gradient. */
  readonly gradient: unknown;
  /** The number of steps learnt from. */
  readonly steps: number;
  /** The estimator, specialised to the model once there was a step. */
  readonly estimator: Estimator;
  /** The source that the estimator draws from. */
  readonly noise: Noise;
  /** @throws NonFiniteError when a number stops being finite; the memory is as before the call then. */
  step(inputs: readonly unknown[], targets: Targets): Outcome;
}
