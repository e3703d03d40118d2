import type { RowData } from './config.ts';
import { readCsv } from './csv.ts';
import type { Fields } from './fields.ts';
import { readNdjson } from './ndjson.ts';
import { type Batch, Problem, quoted } from './problem.ts';
import type { Source } from './source.ts';

/** The columns of a record in the order of `columnsOf`: a number or a category; null where it is missing. */
export type Row = readonly (number | string | null)[];

/** Every column that is read: the inputs, then the target unless it is one of them. */
export function columnsOf({ columns, target }: RowData): readonly string[] {
  return columns.includes(target) ? columns : [...columns, target];
}

/** The rows of the sources, one after the other. */
export async function* readRows(sources: readonly Source[], data: RowData): AsyncGenerator<Batch<Row>, void> {
  const columns = columnsOf(data);
  const kinds = columns.map((column) => data.categorical.includes(column));
  for (const source of sources) {
    const batches = data.kind === 'csv' ? readCsv(source, { delimiter: data.delimiter, columns }) : readNdjson(source);
    for await (const batch of batches)
      yield batch.map((fields) => (fields instanceof Problem ? fields : rowOf(fields, columns, kinds)));
  }
}

/** The columns of a record, or what is wrong with the first of them that cannot be used. */
export function rowOf({ where, get }: Fields, columns: readonly string[], categorical: readonly boolean[]): Row | Problem {
  const row: (number | string | null)[] = [];
  for (const [i, column] of columns.entries()) {
    const value = categorical[i] ? categoryOf(get(column)) : numberOf(get(column));
    if (value instanceof Problem) return new Problem(`${where}, column ${quoted(column)}: ${value.sentence}`);
    row.push(value);
  }
  return row;
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
  // Written so that a NaN is refused too.
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
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? quoted(value) : String(value);
}
