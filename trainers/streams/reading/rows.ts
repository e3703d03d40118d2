import type { RowData } from '../given/config.ts';

/**
 * The columns of a record in the order of `columnsOf`: a number or a category; null if missing. If rows have
 * times, the time follows, in seconds, then the seconds since the previous row; null for the first one.
 */
export type Row = readonly (number | string | null)[] & {
  /**
   * By how many seconds the clock of its time is ahead of UTC, if it is not that. It is no entry, so that the digest of
   * the rows is that of earlier versions, which did not know it.
   */
  readonly offset?: number;
};

/** All columns read: the inputs, then the target unless it is one of them. */
export function columnsOf({ columns, target }: RowData): readonly string[] {
  return columns.includes(target) ? columns : [...columns, target];
}

/** The time of a row. */
interface RowTime {
  readonly time: number;
  readonly elapsed: number | null;
  readonly offset: number;
}

export function timed(values: Row, { time, elapsed, offset }: RowTime): Row {
  return onClock([...values, time, elapsed], offset);
}

/** The row on a clock that is ahead of UTC. */
export function onClock(row: Row, offset = 0): Row {
  return offset === 0 ? row : Object.assign([...row], { offset });
}

/** The time of a row of data that have times. */
export function timeOf(data: RowData, row: Row): RowTime {
  const at = columnsOf(data).length;
  return {
    time: row[at] as number,
    elapsed: row[at + 1] as number | null,
    offset: row.offset ?? 0,
  };
}

/** The number of rows between a row and the one with which its predicted target becomes known. */
export function lagOf({ horizon, delay = 0 }: RowData): number {
  return horizon + delay;
}
