import type { RowData } from '../given/config.ts';
import { Problem, quoted } from './problem.ts';
import { columnsOf, type Row, timed } from './rows.ts';
import { createTimeReader, timestampsOf } from './time.ts';
import { categoryOf, dialectOf, numberOf, told } from './values.ts';

/** A record by column names, before the kinds of the columns are known. */
export interface Fields {
  readonly where: string;
  /** The value of a column; null if missing. */
  get(column: string): unknown;
  /** The names in the record. Left out where a header has them. */
  names?(): readonly string[];
}

/**
 * Returns the row of a record, or the problem with it.
 * @param latest the time of the previous row, in seconds; undefined for the first.
 */
export function createRowReader(data: RowData): (fields: Fields, latest?: number) => Row | Problem {
  const dialect = dialectOf(data);
  const categorical = new Set(data.categorical);
  const columns = columnsOf(data).map(
    (column) => [column, categorical.has(column) ? categoryOf : numberOf] as const,
  );
  const timestamps = timestampsOf(data);
  const timeOf = createTimeReader(data, dialect.missing);
  const timeColumns = `${timestamps.length === 1 ? 'column' : 'columns'} ${timestamps.map(quoted).join(', ')}`;
  return ({ where, get }, latest) => {
    const row: (number | string | null)[] = [];
    for (const [column, read] of columns) {
      const value = read(get(column), dialect);
      if (value instanceof Problem)
        return new Problem(`${where}, column ${quoted(column)}: ${value.sentence}`);
      row.push(value);
    }
    if (timestamps.length === 0) return row;
    const values = timestamps.map(get);
    const written = timeOf(values, latest === undefined);
    if (written instanceof Problem) return new Problem(`${where}, ${timeColumns}: ${written.sentence}`);
    const { time, offset } = written;
    if (latest !== undefined && time < latest)
      return new Problem(
        `${where}, ${timeColumns}: ${values.map(told).join(', ')} is earlier than the row before${hourBack(latest - time, values)}`,
      );
    return timed(row, { time, offset, elapsed: latest === undefined ? null : time - latest });
  };
}

/** Advice for the end of summer time, when the hour before it comes twice, as the continuation of a sentence. */
function hourBack(seconds: number, values: readonly unknown[]): string {
  const last = values[values.length - 1];
  return seconds <= 3600 && typeof last === 'string' && /\d:\d\d(?:[:.,\d]*)$/.test(last.trim())
    ? ': if clocks were set back, write the times with their offset from UTC'
    : '';
}
