import type { CellConfig } from '../../registry/cells.ts';
import type { Named } from '../../registry/entry.ts';
import type { GeneralConfig } from './generalOptions.ts';
import type { RowConfig } from './rowOptions.ts';

/** A text whose next symbol is predicted. */
export interface SymbolData {
  readonly kind: 'text';
  readonly unit: 'byte' | 'character' | 'word';
  /**
   * The number of symbols. For characters and words, the last one stands for all that came too late to get
   * their own.
   */
  readonly symbols: number;
  /** The only characters that may occur, if given. */
  readonly alphabet?: string;
}

/** Rows with one predicted column. */
export interface RowData extends RowConfig {
  readonly kind: 'csv' | 'ndjson';
  /** The delimiter of a CSV file. */
  readonly delimiter: string;
  /** The first character of CSV lines to skip, if any. */
  readonly comment?: string;
  /** The texts that mean a missing value, besides empty fields of CSV, null, and texts such as NA in columns of numbers. */
  readonly missing?: readonly string[];
  /** The decimal separator in texts. Default: a point. */
  readonly decimal?: '.' | ',';
  /** The format of times, in the directives of strftime. Default: ISO 8601 or Unix time. */
  readonly timeFormat?: string;
}

/** Everything that determines the metrics of a stream, besides the stream. */
export interface StreamConfig extends GeneralConfig {
  /** The names of the experts whose predictions are combined. Default: all for the kind of data. */
  readonly experts?: readonly string[];
  readonly data: SymbolData | RowData;
  readonly cell: CellConfig;
  readonly estimator: Named;
  readonly optimizer: Named;
}
