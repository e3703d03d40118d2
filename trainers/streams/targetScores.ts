import type { SavedCounts } from '../evaluation/counts.ts';
import type { Mark } from '../evaluation/evaluation.ts';
import type { SavedLinearModel } from '../evaluation/linearModel.ts';
import type { Unit } from '../evaluation/scores.ts';
import type { Pairs, Trail } from '../evaluation/trail.ts';
import type { SavedScale } from './normalizer.ts';
import type { Row } from './rows.ts';

/** What could be said of a target before it came, by simple means, and the scale it was said on. */
export interface Standing {
  readonly mean: number;
  readonly deviation: number;
  /** By the models of numbers, in the order of their names; none as long as there is no value. */
  readonly predictions: readonly number[];
  /** The latest values of the target on that scale. */
  readonly lags: readonly number[];
  /** Where changes are predicted: their size so far. */
  readonly size?: number;
}

/** What is said of a target. */
export interface Told {
  /** A number in the unit of the column, or a category; null for all categories that have no index of their own. */
  readonly prediction: number | string | null;
  /** Of the category. */
  readonly probability?: number;
}

/** How predictions of a target are judged. */
export interface TargetScores {
  readonly unit: Unit;
  readonly names: readonly string[];
  /**
   * What the network shall learn from a row whose target has come, after what could be said of it: a class, or [the normalised number or
   * change]; undefined where the target is missing. A change counts towards the size of changes, so it is to be called once for each.
   */
  goalOf(row: Row, standing: Standing): number | readonly [number] | undefined;
  /** The latest number that is known, with this row or without one; undefined as long as there is none. Of the same row, none is known. */
  latest(row?: Row): number | undefined;
  /** What an output says, if that is the latest number. */
  told(output: Float64Array, latest: number | undefined): Told;
  standing(): Standing;
  /** @throws DataError for one, out of a checkpoint, that `standing` cannot have given. */
  requireOwn(standing: Standing): void;
  /** How the network's output and the simple models did; undefined where there is nothing to compare. */
  score(standing: Standing, output: ArrayLike<number>, row: Row): Mark | undefined;
  /** What came, and what had been said of it: a number and its prediction, or a category and its probability. */
  pairOf(mark: Mark, standing: Standing, output: ArrayLike<number>, row: Row): readonly [came: number, said: number];
  trail(pairs: Pairs): Trail;
  /** Notes the target of a row, once it has been scored. */
  note(row: Row): void;
  /** What comes next does not follow on what came before. */
  forget(): void;
  save(): SavedTargetModels;
}

export interface SavedNumberModels {
  /** The latest values of the target, the newest first. */
  readonly lags: readonly number[];
  /** The running mean, in which every value counts as it is. */
  readonly average: { readonly count: number; readonly mean: number };
  readonly linear: SavedLinearModel;
  /** Of the target since the latest value that was known, where changes are predicted. */
  readonly changes?: SavedScale;
}

export type SavedTargetModels = SavedNumberModels | readonly SavedCounts[];
