import type { Noise, Parts, Tree } from '../../../lib/index.ts';
import type { Cost } from '../step/cost.ts';
import type { Moment } from '../step/moment.ts';
import type { Transition } from '../step/transition.ts';

/**
 * The influence on a state that does not depend on the parameters: at the start, and after a reset. It is a
 * separate value rather than zeros because the step need not have a finite derivative there: √h has none at
 * 0, and ∞·0 is NaN.
 */
export const absent = 'absent';
export type Absent = typeof absent;

/**
 * Represents, advances and uses the influence G = ∂s/∂θ of one model. Its functions are pure functions of
 * trees of tensors, so that a learner can trace them into a plan, save what they carry, and undo a step.
 *
 * At the start and after a reset the influence is absent: nothing is pulled, and the first `advance` receives
 * what `start` returns, with a transition whose J is zero where it is not finite, so the result is I.
 */
export interface Rule<I = unknown> {
  /** The structure that the representation exploits, as a phrase. */
  readonly structure: string;
  /**
   * The rule for checkpoints of earlier versions that carry the influence in another form. A rule that is made of
   * another makes its own of that one's.
   */
  readonly earlier?: Rule<I>;
  /** The cost for this model. */
  readonly cost: Cost;
  /** Returns the influence of no steps: zeros, in the form in which G is carried. */
  start(noise: Noise): I;
  /**
   * Returns J G + I.
   * @param moment that of the window, for a rule that learns from the losses too; left out if there are none.
   */
  advance(influence: I, transition: Transition, noise: Noise, moment?: Moment): I;
  /**
   * Returns what is kept of an influence at a reset, for a rule with parts that it has learnt; what was carried is
   * left out. Without it, the influence is absent. It must not depend on which parameters reach what: directly after
   * a checkpoint, a rule that was bound to a step in which everything reaches everything is asked.
   */
  restart?(influence: I): I;
  /**
   * Returns cᵀG, a tree like the parameters; a part left out is zero. An influence from a checkpoint is
   * pulled once before it is used.
   * @throws DataError for an influence that was carried for another model.
   */
  pull(influence: I, cotangent: Tree): Parts;
  /** Returns the value of `learner.influence`. */
  expand(influence: I): unknown;
  /**
   * Returns the gradient, if it is not `moment.own` plus the pull of `moment.before`; a part left out is
   * zero. The influence may be absent here.
   */
  gradient?(influence: I | Absent, moment: Moment): Parts;
}
