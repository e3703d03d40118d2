import { guard } from '../../lib/index.ts';
import type { Cost, Sizes } from './cost.ts';
import type { Rule } from './rule.ts';
import type { StepStructure } from './step-structure.ts';

/** What is an estimator, for callers without types. */
export const anEstimator: guard.Check = guard.having('an estimator, such as uoro()', ['cost', 'bind'], ['settings']);

/** Time steps that are held together: a plan is traced over all of them. */
export const steps: guard.NumberCheck = guard.whole(1, 2 ** 16);

/** What is promised of the mean of the gradient: exact, cut off in time, or neither. */
export type Bias = 'none' | 'truncated' | 'approximate';

/**
 * The description of a way to estimate gradients while time passes: how long its window is, and, bound to a model, a rule for the
 * influence G = ∂s/∂θ, how the state depends on the parameters through the whole past.
 *
 * A learner collects `window` steps, pulls the losses of the last `stride` of them back through the window to (δθ, δs), uses δθ + δsᵀG
 * as the gradient, and advances G over the steps that leave the window.
 */
export interface Estimator<I = unknown> {
  readonly name: string;
  readonly bias: Bias;
  /** The options in effect, for configurations and checkpoints. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** How many time steps are held and differentiated together. */
  readonly window: number;
  /** How many time steps there are between updates. */
  readonly stride: number;
  /** Whether every window is a sequence of its own, which begins in the start state. */
  readonly restarts: boolean;
  /** Whether several lanes are one system with one influence, rather than one influence each. */
  readonly joint: boolean;
  /** What it takes for a dense cell of these sizes; the cost of a rule is that for its model. */
  cost(sizes: Sizes): Cost;
  /**
   * The rule for one model. A learner calls it when the first input has shown the step, and again for each further type of input, with
   * a structure that covers all types so far; the rule must then carry the influence in the same form.
   * @throws ConfigurationError when it does not apply to this model: which parameter, why, and what to use instead.
   */
  bind(step: StepStructure): Rule<I>;
}
