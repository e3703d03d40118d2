import type { RowData } from './config.ts';

/**
 * The columns of a record in the order of `columnsOf`: a number or a category; null if missing. If rows have
 * times, the time follows, in seconds, then the seconds since the previous row; null for the first one.
 */
export type Row = readonly (number | string | null)[];

/** All columns read: the inputs, then the target unless it is one of them. */
export function columnsOf({ columns, target }: RowData): readonly string[] {
  return columns.includes(target) ? columns : [...columns, target];
}

/** The number of rows between a row and the one with which its predicted target becomes known. */
export function lagOf({ horizon, delay = 0 }: RowData): number {
  return horizon + delay;
}
