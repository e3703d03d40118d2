import type { SavedConformal } from '../../evaluation/conformal.ts';
import {
  requireEntries,
  requireLength,
  requireNumbers,
  requireSame,
  requireWhole,
} from '../../evaluation/saved.ts';
import { lagCount, type NumberQuestion, seasonCount } from '../../experts/index.ts';
import type { SavedHistory } from './history.ts';
import { clip, type SavedScale } from './normalizer.ts';
import type { SavedPanel } from './panel.ts';

/** The saved state of the experts of a number. */
export interface SavedNumberTarget {
  readonly history: SavedHistory;
  readonly panel: SavedPanel;
  /**
   * The mean of all values, none of them limited, and how many are 0: left out once one was below, and in runs of
   * earlier versions.
   */
  readonly average: { readonly count: number; readonly mean: number; readonly zeros?: number | undefined };
  /** The changes of the target from the latest value to the answer. */
  readonly changes: SavedScale;
  /** Residuals of the linear expert, and the latest one. */
  readonly residuals: SavedScale;
  readonly residual: number;
  readonly interval: SavedConformal;
}

/** @throws DataError unless it has the structure of a question. */
export function requireQuestion(
  question: NumberQuestion,
  inputs: number,
  ahead: number,
  isSameRow: boolean,
): void {
  requireEntries('a question', question, [
    'lags',
    'seasons',
    'mean',
    'deviation',
    'size',
    'ahead',
    'isSameRow',
    'inputs',
  ]);
  requireLength('the list of latest values', question.lags, 0, lagCount);
  if (question.lags.length > 0) requireLength('the list of latest values', question.lags, lagCount);
  requireNumbers('a latest value', [...question.lags, question.mean], 1e100);
  requireNumbers('a deviation', [question.deviation], 1e120, Number.MIN_VALUE);
  requireNumbers('a size of changes', [question.size], 1e120, 0);
  requireSame('the distance of an answer', question.ahead, ahead);
  requireSame('whether it is of the same row', question.isSameRow, isSameRow);
  requireLength('the list of inputs', question.inputs, inputs);
  requireNumbers('an input', question.inputs, clip);
  requireLength('the list of seasons', question.seasons, seasonCount);
  for (const season of question.seasons) {
    if (season === null) continue;
    requireEntries('a season', season, ['value', 'change']);
    requireNumbers('a value of a season ago', [season.value, season.change], 2e100);
  }
}

/** @throws DataError unless the running mean is one. */
export function requireNumberTarget(saved: SavedNumberTarget): void {
  requireEntries('the running mean', saved.average, ['count', 'mean'], ['zeros']);
  const { count, mean, zeros = 0 } = saved.average;
  requireWhole('a number of values', [count]);
  requireWhole('a number of zeros', [zeros], count + 1);
  requireNumbers('a running mean', [mean]);
}
