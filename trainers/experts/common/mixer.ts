import type { Plain } from './tables.ts';

/** The way in which the predictions of several experts become one, as pure functions like an expert's. */
export interface Mixer<Prediction, Answer, State> {
  /** The state before any answer: plain data, as of an expert. */
  init(): State;
  /** The combination. Changes nothing. */
  combine(state: State, predictions: readonly Prediction[]): Prediction;
  /** The state after an answer. It may be the given state, updated in place. */
  update(state: State, predictions: readonly Prediction[], combined: Prediction, answer: Answer): State;
  /** The weight of each expert, with sum 1. */
  weights(state: State): readonly number[];
  /** A saved state of an earlier version, completed. */
  completed?(saved: Plain): Plain;
  /** @throws DataError unless answers can lead to this state; for states from outside. */
  check(state: State): void;
}
