import type { RowData } from './config.ts';

/**
 * The columns of a record in the order of `columnsOf`: a number or a category; null where it is missing. Where rows have times, the time
 * follows, in seconds, and then the seconds since the row before; null for the first one of all.
 */
export type Row = readonly (number | string | null)[];

/** Every column that is read: the inputs, then the target unless it is one of them. */
export function columnsOf({ columns, target }: RowData): readonly string[] {
  return columns.includes(target) ? columns : [...columns, target];
}

/** How many rows lie between a row and the one with which the target that is predicted from it is known. */
export function lagOf({ horizon, delay = 0 }: RowData): number {
  return horizon + delay;
}
