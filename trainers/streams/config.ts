import type { FloatDType } from '../../lib/index.ts';
import type { CellConfig } from '../registry/cells.ts';
import type { Named } from '../registry/entry.ts';

/** A text of which the next symbol is predicted. */
export interface SymbolData {
  readonly kind: 'text';
  readonly unit: 'byte' | 'character' | 'word';
  /** How many symbols there are. Of characters and words, the last one stands for all that came too late to get one of their own. */
  readonly symbols: number;
  /** The only characters that may occur, where they are given. */
  readonly alphabet?: string;
}

/** Rows of which one column is predicted. */
export interface RowData {
  readonly kind: 'csv' | 'ndjson';
  /** Between the fields of a CSV file. */
  readonly delimiter: string;
  /** The character that begins lines of a CSV file that are left out; none if left out. */
  readonly comment?: string;
  /** The texts that stand for a missing value, besides empty fields of CSV and null in NDJSON. */
  readonly missing?: readonly string[];
  /** Between a whole number and its decimals, in texts; a point if left out. */
  readonly decimal?: '.' | ',';
  /** What the network sees. */
  readonly columns: readonly string[];
  /** Those of the columns and the target that hold categories and not numbers. */
  readonly categorical: readonly string[];
  /** What is predicted, `horizon` rows ahead. */
  readonly target: string;
  /** Of a number: itself, or its change since the latest value that is known, to which the change is then added. Itself if left out. */
  readonly predict?: 'value' | 'change';
  readonly horizon: number;
  /** How many rows after its own a target is known; at once if left out. */
  readonly delay?: number;
  /** The column, or the columns together, that hold the time of a row. */
  readonly timestamp?: string | readonly string[];
  /** How the times are written, in the directives of strftime; ISO 8601 or Unix time if left out. */
  readonly timeFormat?: string;
  /** How many categories of a column are told apart; the last one stands for all others. */
  readonly categories: number;
}

/** Everything that the metrics of a stream depend on, other than the stream. */
export interface StreamConfig {
  readonly data: SymbolData | RowData;
  readonly cell: CellConfig;
  /** What the output of the cell goes through: a linear layer, or a perceptron with as many tanh units as the cell has. Linear if left out. */
  readonly readout?: 'linear' | 'mlp';
  readonly estimator: Named;
  readonly optimizer: Named;
  readonly dtype: FloatDType;
  readonly seed: number;
  /** How many of the latest steps the recent figures are the mean of. */
  readonly recent: number;
  /** How many steps lie between two lines of metrics. */
  readonly every: number;
}
