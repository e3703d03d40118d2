import type { Expert } from '../common/expert.ts';

/** All that is known of a column of numbers when its value `ahead` rows later is to be predicted. */
export interface NumberQuestion {
  /**
   * The latest known values, newest first, `lagCount` of them, or none before the first. A missing value
   * counts as the one before it, and the first value also stands for those before it.
   */
  readonly lags: readonly number[];
  /** The target a whole season before, for each of `seasonCount` seasons; null where it is not known. */
  readonly seasons: readonly (SeasonAgo | null)[];
  /** The mean of all values so far, and their standard deviation (1 while they are equal). */
  readonly mean: number;
  readonly deviation: number;
  /** The root mean square of the changes over `ahead` rows so far; 0 if nothing has changed. */
  readonly size: number;
  /** The rows from the latest known value to the answer: 1 for the next value. */
  readonly ahead: number;
  /** Whether the inputs are of the row whose value is to be predicted. */
  readonly isSameRow: boolean;
  /** The rest of the row: other columns and the calendar, each of a variance of about 1 and within ±10. */
  readonly inputs: readonly number[];
}

/** One season before the answer. */
export interface SeasonAgo {
  /** The value a whole number of seasons before the answer: the latest known one. */
  readonly value: number;
  /** How much it differed from the value as many seasons before the latest known one. */
  readonly change: number;
}

/** The latest values in a question, and the seasons. */
export const lagCount = 8;
export const seasonCount = 3;

/** Predicts a number. */
export type NumberExpert<State = unknown> = Expert<NumberQuestion, number, number, State>;

/** The value that is predicted where nothing is said against it. */
export function latestOf({ lags, mean }: NumberQuestion): number {
  return lags.length === 0 ? mean : lags[0];
}

/** A number within ±`most`. */
export function within(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
