import type { Noise, Parts, Tree } from '../../lib/index.ts';
import type { Cost } from './cost.ts';
import type { Moment } from './moment.ts';
import type { Transition } from './transition.ts';

/**
 * The influence on a state that does not depend on the parameters: at the start, and after a reset. A value of its own, and not zeros,
 * because a step need not have a finite derivative there: √h has none at 0, and ∞·0 is NaN.
 */
export const absent = 'absent';
export type Absent = typeof absent;

/**
 * How one model's influence G = ∂s/∂θ is represented, moved and used: pure functions of trees of tensors, so that a learner can trace
 * them into a plan, save what they carry, and undo a step.
 *
 * At the start and after a reset the influence is absent: nothing is pulled, and the first `advance` receives what `start` returns,
 * with a transition whose J is zero where it is not finite, so that I alone comes of it.
 */
export interface Rule<I = unknown> {
  /** What the representation makes use of, as a phrase. */
  readonly structure: string;
  /** What it takes for this model. */
  readonly cost: Cost;
  /** The influence of no steps: zeros, in the form in which G is carried. */
  start(noise: Noise): I;
  /** G ← J G + I. */
  advance(influence: I, transition: Transition, noise: Noise): I;
  /**
   * cᵀG, a tree like the parameters; a part left out is zero. An influence from a checkpoint is pulled once before it is used.
   * @throws DataError for one that was carried for another model.
   */
  pull(influence: I, cotangent: Tree): Parts;
  /** What `learner.influence` shows. */
  expand(influence: I): unknown;
  /**
   * The gradient, where it is not `own` of the moment plus `pull` of its `before`; a part left out is zero. Here an influence may be
   * absent.
   */
  gradient?(influence: I | Absent, moment: Moment): Parts;
}
