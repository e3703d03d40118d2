import type { Noise, Tensor } from '../../lib/index.ts';
import type { Targets } from './learn.ts';
import type { Memory } from './memory.ts';

/** Where losses go: a number that is returned is an object, and this is every step. */
export type Losses = Float32Array | Float64Array;

/** Where outputs go: nowhere, to be kept for whoever asks later, or into a list, one step's after the other's. */
export type OutputsTo = 'nowhere' | 'kept' | Float32Array | Float64Array;

/** Runs a learner: with the kernels one by one, or as a plan. */
export interface Engine {
  /** Everything that changes, between steps. */
  save(): Memory;
  restore(memory: Memory): void;
  /** What `save` returns without the gradient, which a plan has to recompute. */
  look(): Omit<Memory, 'gradient'>;
  /** The last gradient. */
  readonly gradient: unknown;
  /** The number of steps learnt from. */
  readonly total: number;
  /** The source that the estimator draws from. */
  readonly noise: Noise;
  /**
   * @param inputs one for each system, as the targets; not kept.
   * @param losses receives, at `at`, the mean of the systems' losses; 0 without targets.
   * @param outputs receives as its part `at`, where it is a list, the outputs of all systems.
   * @throws NonFiniteError when a number stops being finite, ConfigurationError where a list has too little room; the memory is as
   * before the call then.
   */
  step(inputs: readonly unknown[], targets: Targets, losses: Losses, at: number, outputs: OutputsTo): void;
  /**
   * The outputs for inputs that follow each other, from the carried state on. Nothing moves.
   * @param sequence of lists of inputs, one for each system.
   */
  predict(sequence: readonly (readonly unknown[])[]): readonly (readonly Tensor[])[];
  /** Makes the outputs of the last step that kept them, one for each system, now or later. */
  readonly outputs: () => readonly Tensor[];
}
