import type { Dependencies } from '../../autodiff/index.ts';
import { guard, type Noise, type PartialTree, type Tree } from '../../lib/index.ts';

/** What is an estimator, for callers without types. */
export const anEstimator: guard.Check = guard.having(
  'an estimator, such as uoro()',
  ['cost', 'start', 'advance', 'pull'],
  ['settings'],
);

/** Time steps that are held together: a plan is traced over all of them. */
export const steps: guard.NumberCheck = guard.whole(1, 2 ** 16);

/** What is promised of the mean of the gradient: exact, cut off in time, or neither. */
export type Bias = 'none' | 'truncated' | 'approximate';

/** S, the numbers of the state, and P, the numbers of the parameters. */
export interface Sizes {
  readonly state: number;
  readonly parameters: number;
}

/** Orders of magnitude for a dense cell, whose forward step takes P multiply-adds. */
export interface Cost {
  /** Multiply-adds per time step. */
  readonly time: number;
  /** Numbers carried from step to step, besides the parameters and the state. */
  readonly memory: number;
}

/** One or more steps of time, linearised in the parameters and in the state they begin with. */
export interface Transition<P, S> {
  /** Where it was linearised: the parameters, and the state it begins with. */
  readonly parameters: P;
  readonly state: S;
  /** The tangent of the last state: J ṡ + I θ̇. A part left out is zero. */
  push(parameters: PartialTree<P>, state: PartialTree<S>): S;
  /** cᵀI and cᵀJ for a cotangent c of the last state. */
  pull(state: PartialTree<S>): { parameters: P; state: S };
}

/**
 * A way to estimate gradients while time goes on: a representation of the influence G = ∂s/∂θ, a tree of tensors, and how it moves.
 *
 * The learner collects `window` steps, pulls the losses of the last `stride` of them back through the window to (δθ, δs), uses
 * δθ + δsᵀG as the gradient, and advances G over the window. Estimators that carry no influence have only the window.
 */
export interface Estimator<I = unknown> {
  readonly name: string;
  readonly bias: Bias;
  /** The options in effect, for configurations and checkpoints. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** How many steps of time are held and differentiated together. */
  readonly window: number;
  /** How many steps of time there are between updates. */
  readonly stride: number;
  /** Whether every window is a sequence of its own, which begins in the start state. */
  readonly restarts: boolean;
  /** Whether several lanes are one system with one influence, rather than one influence each. */
  readonly joint: boolean;
  cost(sizes: Sizes): Cost;
  /**
   * Zeros, in the form in which this estimator carries G. At the start and after a reset, until a window is complete, the influence is
   * absent: `learner.influence` shows these, nothing is pulled, and `advance` is given these, with a transition whose J is zero where it
   * is not finite, so that I alone comes of it.
   */
  start<P, S>(parameters: P, state: S): I;
  /** G ← J G + I. */
  advance<P, S>(influence: I, transition: Transition<P, S>, noise: Noise): I;
  /** cᵀG, a tree like the parameters; undefined when it is zero. */
  pull<P, S>(influence: I, cotangent: S): P | undefined;
  /** For one that was specialised: what its representation makes use of, as a phrase. */
  readonly structure?: string;
  /**
   * The same estimator for one model: it may choose how to represent G by what the parameters and the state, in this order, can
   * influence in one step; undefined when the step cannot be traced. A learner asks before the first step, and again, the estimator
   * that it got, for each further type of input, when the answer must keep the representation.
   * @throws ConfigurationError when the representation does not hold for the new type of input.
   */
  specialise?(dependencies: Dependencies | undefined, parameters: Tree): Estimator<I>;
  /** An influence that was carried before: checked after a checkpoint. @throws DataError when it is of another representation. */
  requireOwn?(influence: I): void;
  /** What `learner.influence` shows, where that is not what is carried. */
  show?(influence: I, parameters: Tree, state: Tree): unknown;
}
