import type { EvaluationReport } from '../../evaluation/evaluation.ts';
import type { Trail } from '../../evaluation/trail.ts';
import type { Tables } from '../../experts/common/tables.ts';
import type { IntervalReport } from '../targets/target.ts';

/** A learner on its stream: predicts each record, scores the prediction, and only then learns from it. */
export interface Session<R> {
  /**
   * Returns the score of the prediction whose target came with this record; undefined if there was none.
   * @throws NonFiniteError if a step fails; the session is then unusable.
   */
  advance(record: R): number | undefined;
  report(): Report;
  /** Further figures for viewers. Costs more than a report, and changes nothing. */
  glimpse(): Glimpse;
  /** Everything that `advance` changes: the learner, and the rest as JSON data. */
  save(): SavedSession;
  /** The columns without any value so far, if records have columns. */
  unseen?(): readonly string[];
  /** The time of the latest record in seconds, if records have times. */
  readonly time?: number | undefined;
}

export interface SavedSession {
  readonly learner: Uint8Array;
  readonly rest: unknown;
  /** Large arrays that `rest` refers to by name. */
  readonly tables?: Tables;
}

/** The quality of the predictions so far. */
export interface Report extends EvaluationReport {
  /** The Euclidean norm of the latest estimate of the gradient; 0 without a network. */
  readonly gradientNorm: number;
  /** The weight of each expert in the combination, and of categories that of their log-linear mixture. */
  readonly weights?: Readonly<Record<string, number>>;
  /** How the intervals around predicted numbers have fared. */
  readonly interval?: IntervalReport;
}

interface Glimpse {
  readonly trail: Trail;
  /** The norms of the estimator's influence, by name. */
  readonly influence: Readonly<Record<string, number>>;
}
