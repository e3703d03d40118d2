import type { SavedCounts } from '../evaluation/counts.ts';
import type { Mark } from '../evaluation/evaluation.ts';
import type { SavedLinearModel } from '../evaluation/linearModel.ts';
import type { Unit } from '../evaluation/scores.ts';
import type { Pairs, Trail } from '../evaluation/trail.ts';
import type { SavedScale } from './normalizer.ts';
import type { Row } from './rows.ts';

/** The simple predictions of a target before it came, and their scale. */
export interface Standing {
  readonly mean: number;
  readonly deviation: number;
  /** The predictions of the number models, in the order of their names; empty before the first value. */
  readonly predictions: readonly number[];
  /** The latest values of the target on that scale. */
  readonly lags: readonly number[];
  /** The size of changes so far, if changes are predicted. */
  readonly size?: number;
}

/** The prediction of a target. */
export interface Told {
  /** A number in the unit of the column, or a category; null for all without their own index. */
  readonly prediction: number | string | null;
  /** The probability of the category. */
  readonly probability?: number;
}

/** Scores the predictions of a target. */
export interface TargetScores {
  readonly unit: Unit;
  readonly names: readonly string[];
  /**
   * The training target of a row whose target has come, given its simple predictions: a class, or [the
   * normalised number or change]; undefined if missing. A change counts towards the size of changes, so call
   * this once per change.
   */
  goalOf(row: Row, standing: Standing): number | readonly [number] | undefined;
  /**
   * The latest known number, with this row or without one; undefined if there is none. For a horizon of 0,
   * none is known.
   */
  latest(row?: Row): number | undefined;
  /** The meaning of an output, given the latest number. */
  told(output: Float64Array, latest: number | undefined): Told;
  standing(): Standing;
  /** @throws DataError for a value from a checkpoint that `standing` cannot have returned. */
  requireOwn(standing: Standing): void;
  /**
   * The scores of the network's output and of the simple models; undefined if there is nothing to compare.
   */
  score(standing: Standing, output: ArrayLike<number>, row: Row): Mark | undefined;
  /** The target and its prediction: two numbers, or a category and its probability. */
  pairOf(
    mark: Mark,
    standing: Standing,
    output: ArrayLike<number>,
    row: Row,
  ): readonly [came: number, said: number];
  trail(pairs: Pairs): Trail;
  /** Notes the target of a row, after scoring. */
  note(row: Row): void;
  /** The next row does not continue the earlier ones. */
  forget(): void;
  save(): SavedTargetModels;
}

export interface SavedNumberModels {
  /** The latest values of the target, newest first. */
  readonly lags: readonly number[];
  /** The running mean, without limiting any value. */
  readonly average: { readonly count: number; readonly mean: number };
  readonly linear: SavedLinearModel;
  /** The changes of the target since the latest known value, if changes are predicted. */
  readonly changes?: SavedScale;
}

export type SavedTargetModels = SavedNumberModels | readonly SavedCounts[];
