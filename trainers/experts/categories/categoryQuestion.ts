import type { Expert } from '../common/expert.ts';

/** All that is known of a column of categories when its next one is to be predicted. */
export interface CategoryQuestion {
  /** The latest known categories by index, newest first: two, or as many as there have been. */
  readonly latest: readonly number[];
  /** The other columns, the target's own latest value and the calendar, each within ±10. */
  readonly inputs: readonly number[];
}

/** Predicts the probability of each category; the answer is the index of the one that came. */
export type CategoryExpert<State = unknown> = Expert<CategoryQuestion, readonly number[], number, State>;
