import type { Plain } from './tables.ts';

/**
 * An online predictor as three pure functions. A question is all that is known when a prediction is made, an
 * answer is what came. The same expert serves in a session and alone:
 *
 *     let state = expert.init();
 *     for (const { question, answer } of stream) {
 *       const prediction = expert.predict(state, question);
 *       state = expert.update(state, question, answer);
 *     }
 */
export interface Expert<Question, Prediction, Answer, State> {
  /** Its name in tables, options and checkpoints. */
  readonly name: string;
  /** The state before any answer: plain data (numbers, texts, arrays, typed arrays and records of them). */
  init(): State;
  /** Changes nothing. */
  predict(state: State, question: Question): Prediction;
  /** The state after an answer. It may be the given state, updated in place. */
  update(state: State, question: Question, answer: Answer): State;
  /** A saved state of an earlier version, completed. */
  completed?(saved: Plain): Plain;
  /** @throws DataError unless answers can lead to this state; for states from checkpoints. */
  check?(state: State): void;
}
