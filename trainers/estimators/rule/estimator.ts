import { guard, type Noise } from '../../../lib/index.ts';
import type { Cost, Sizes } from '../step/cost.ts';
import type { StepStructure } from '../step/step-structure.ts';
import type { Rule } from './rule.ts';

/** The check of an estimator, for callers without types. @internal */
export const anEstimator: guard.Check = guard.having(
  'an estimator, such as uoro()',
  ['cost', 'bind'],
  ['settings'],
);

/** A number of time steps that are held together. A plan is traced over all of them, hence the limit. */
export const steps: guard.NumberCheck = guard.whole(1, 2 ** 16);

/** The promise about the mean of the gradient: exact, truncated in time, or neither. */
export type Bias = 'none' | 'truncated' | 'approximate';

/**
 * Describes a method of estimating gradients online: the length of its window and, bound to a model, a rule
 * for the influence G = ∂s/∂θ, the dependence of the state on the parameters through the whole past.
 *
 * A learner collects `window` time steps and pulls the losses of the last `stride` of them back through the
 * window to (δθ, δs). It uses δθ + δsᵀG as the gradient, and advances G over the steps that leave the window.
 */
export interface Estimator<I = unknown> {
  readonly name: string;
  readonly bias: Bias;
  /** The options that it can be made with, by name: what each must be, and what it is for. None if left out. */
  readonly options?: Readonly<Record<string, guard.Check>>;
  /** The options in effect, for configurations and checkpoints. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** Number of time steps that are held and differentiated together. */
  readonly window: number;
  /** Number of time steps between updates. */
  readonly stride: number;
  /**
   * The length of the window and of the stride after this number of updates, if they grow during a run, up to
   * `window`.
   */
  readonly windowAt?: (updates: number) => number;
  /**
   * Draws the length of the next window, and of its stride, up to `window`, if it is random. The learner draws it when
   * it is made and after each window.
   */
  readonly drawLength?: (noise: Noise) => number;
  /** The factor that a cotangent of the state takes with it from each step of a window to the one before; 1 if left out. */
  readonly crossing?: number;
  /** Whether every window is a separate sequence that begins in the start state. */
  readonly restarts: boolean;
  /** Whether several lanes are one system with one influence, rather than one influence each. */
  readonly joint: boolean;
  /**
   * Whether a plan takes the lanes one by one, where that is faster: the Jacobian of gates is known to be diagonal. False if
   * left out: they are one batch, in arrays [lanes, ...].
   */
  readonly lanesApart?: boolean;
  /** Whether its rule learns from the loss of each step, by `advance`'s moment. False if left out. */
  readonly learns?: boolean;
  /** The cost for a dense cell of these sizes. `Rule.cost` is the cost for one model. */
  cost(sizes: Sizes): Cost;
  /**
   * Returns the rule for one model. A learner calls it when the first input has shown the step. For each
   * further type of input it calls it again, with a structure that covers all types so far; the new rule must
   * carry the influence in the same form.
   * @throws ConfigurationError if the method does not fit the model: which parameter, why, and what to use
   * instead.
   */
  bind(step: StepStructure): Rule<I>;
}

/** The lengths of a method that takes one time step at a time, and each lane by itself. */
export const stepwise = { window: 1, stride: 1, restarts: false, joint: false } as const;

/** The lengths of the window and of the stride after this number of updates; `length` is the one that was drawn. */
export function lengthsAt(
  { window, stride, windowAt }: Pick<Estimator, 'window' | 'stride' | 'windowAt'>,
  {
    updates,
    length = windowAt?.(updates),
  }: { readonly updates: number; readonly length?: number | undefined },
): { readonly window: number; readonly stride: number } {
  return length === undefined ? { window, stride } : { window: length, stride: length };
}
