import type { EvaluationReport } from '../evaluation/evaluation.ts';
import type { Trail } from '../evaluation/trail.ts';

/** A learner on its stream: it predicts each record, is scored, and only then learns from it. */
export interface Session<R> {
  /**
   * Gives the score of the prediction whose target came with this record; undefined where there was none.
   * @throws NonFiniteError when a step cannot be taken; the session cannot be used any more then.
   */
  advance(record: R): number | undefined;
  report(): Report;
  /** What only somebody who looks on asks for. It costs more than a report, and changes nothing. */
  glimpse(): Glimpse;
  /** Everything that `advance` changes: the learner, and the rest as data for JSON. */
  save(): SavedSession;
  /** The columns that have had no value in any record so far, where records have columns. */
  unseen?(): readonly string[];
  /** Of the latest record, in seconds, where records have times. */
  readonly time?: number | undefined;
}

export interface SavedSession {
  readonly learner: Uint8Array;
  readonly rest: unknown;
}

/** How good the predictions have been so far. */
export interface Report extends EvaluationReport {
  /** The Euclidean norm of the latest estimate of the gradient. */
  readonly gradientNorm: number;
}

interface Glimpse {
  readonly trail: Trail;
  /** The norms of what the estimator carries, by their names. */
  readonly influence: Readonly<Record<string, number>>;
}
