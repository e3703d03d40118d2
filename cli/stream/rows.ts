import type { RowData } from './config.ts';
import { readCsv } from './csv.ts';
import type { Fields } from './fields.ts';
import { readNdjson } from './ndjson.ts';
import { type Batch, Problem, quoted } from './problem.ts';
import type { Sources } from './source.ts';
import { timeOf } from './time.ts';

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

/** The rows of the sources, one after the other. */
export async function* readRows(sources: Sources, data: RowData, previousTime?: number): AsyncGenerator<Batch<Row>, void> {
  const columns = columnsOf(data);
  const needed = data.timestamp === undefined ? columns : [...columns, data.timestamp];
  let latest = previousTime;
  const read = (fields: Fields | Problem) => {
    const row = fields instanceof Problem ? fields : rowOf(fields, data, latest);
    if (data.timestamp !== undefined && !(row instanceof Problem)) latest = row[columns.length] as number;
    return row;
  };
  for await (const source of sources) {
    const batches = data.kind === 'csv' ? readCsv(source, { delimiter: data.delimiter, columns: needed }) : readNdjson(source);
    for await (const batch of batches) yield batch.map(read);
  }
}

/**
 * The row that a record is, or what is wrong with it.
 * @param latest the time of the row before it, in seconds; undefined for the first one of all.
 */
export function rowOf({ where, get }: Fields, data: RowData, latest?: number): Row | Problem {
  const row: (number | string | null)[] = [];
  for (const column of columnsOf(data)) {
    const value = data.categorical.includes(column) ? categoryOf(get(column)) : numberOf(get(column));
    if (value instanceof Problem) return new Problem(`${where}, column ${quoted(column)}: ${value.sentence}`);
    row.push(value);
  }
  const { timestamp } = data;
  if (timestamp === undefined) return row;
  const time = timeOf(get(timestamp));
  if (time instanceof Problem) return new Problem(`${where}, column ${quoted(timestamp)}: ${time.sentence}`);
  if (latest !== undefined && time < latest)
    return new Problem(`${where}, column ${quoted(timestamp)}: ${told(get(timestamp))} is earlier than the row before`);
  return [...row, time, latest === undefined ? null : time - latest];
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const missing = new Set(['', 'NA', 'N/A', 'null']);
/** Squares of larger numbers, and their sums, would leave the range of double precision. */
const largest = 1e100;
const longestCategory = 256;

function numberOf(value: unknown): number | null | Problem {
  const text = typeof value === 'string' ? value.trim() : undefined;
  if (value === null || (text !== undefined && missing.has(text))) return null;
  const number = text === undefined ? value : decimal.test(text) ? Number(text) : undefined;
  if (typeof number !== 'number')
    return new Problem(`${told(value)} is not a number; if the column holds categories, name it with --categorical`);
  if (Number.isNaN(number)) return new Problem('NaN is not a number; null stands for one that is missing');
  if (Math.abs(number) <= largest) return number;
  return new Problem(`${told(value)} is too large; the limit is ±${largest}`);
}

function categoryOf(value: unknown): string | null | Problem {
  if (value === null) return null;
  if (typeof value === 'object') return new Problem(`${told(value)} is not a category; use texts, numbers or truth values`);
  const text = String(value).trim();
  if (missing.has(text)) return null;
  if (text.length > longestCategory) return new Problem(`${told(value)} is too long for a category`);
  return text.includes('\ufffd') ? new Problem(`${told(value)} is not text in UTF-8`) : text;
}

function told(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? quoted(value) : String(value);
}
