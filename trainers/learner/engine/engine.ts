import type { Noise, Tensor, TypedArray } from '../../../lib/index.ts';
import type { Losses, OutputsTo } from '../plan/outputs.ts';
import type { Point } from '../plan/point.ts';
import type { Memory } from '../window/memory.ts';
import type { Targets } from '../window/timeStep.ts';

/** Runs a learner, operation by operation or as a plan. */
export interface Engine {
  /** All mutable state, between steps. */
  save(): Memory;
  restore(memory: Memory): void;
  /**
   * Copies of the parameters and of the state.
   * @param into receives them, if it is a point of this learner.
   * @throws NonFiniteError if a number stopped being finite.
   */
  point(into?: Point): Point;
  /**
   * Continues at other parameters and another state, with the influence that it carries. The point must not
   * change during the next `pointsHeld` steps.
   */
  follow(point: Point): void;
  /**
   * Checks all numbers; a step does so now and then. May replay the last steps with more care, which changes
   * their gradient.
   * @throws NonFiniteError if a number stopped being finite.
   */
  verify(): void;
  /** Returns the same as `save` without the gradient, which a plan would have to recompute. */
  look(): Omit<Memory, 'gradient'>;
  /** The last gradient. */
  readonly gradient: unknown;
  /** The same, leaf by leaf; the next step overwrites it. */
  readonly gradientNumbers: readonly TypedArray[];
  /** Keeps the gradient for the next `within` steps, which spares a recomputation when it is read. */
  expectGradient(within: number): void;
  /** The memory of plans, in bytes. */
  readonly planBytes: number;
  /** Number of steps learnt from. */
  readonly total: number;
  /** The source that the estimator draws from. */
  readonly noise: Noise;
  /** A value from outside as `step` and `predict` take it, in a given list if there is one. */
  given(value: unknown, name: string, into?: unknown[]): unknown[];
  /**
   * @param inputs as `given` returns them, as the targets; not kept.
   * @param losses receives, at `at`, the mean of the systems' losses; 0 without targets.
   * @param outputs receives as its part `at`, where it is a list, the outputs of all systems.
   * @throws NonFiniteError if a number stops being finite, ConfigurationError if a list is too short. The
   * memory is then as before the call.
   */
  step(inputs: readonly unknown[], targets: Targets, losses: Losses, at: number, outputs: OutputsTo): void;
  /**
   * Returns the outputs for consecutive inputs, from the carried state on. The learner does not move.
   * @param sequence of what `given` returns for the inputs.
   */
  predict(sequence: readonly (readonly unknown[])[]): readonly (readonly Tensor[])[];
  /** Returns the kept outputs of the last step, one for each system or of all lanes together. */
  readonly outputs: () => readonly Tensor[];
}
