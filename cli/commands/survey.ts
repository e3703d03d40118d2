import {
  createTimeGuesser,
  createTimeReader,
  type Dialect,
  type Fields,
  numberOf,
  Problem,
} from '../../trainers/streams/index.ts';

/** What a column of a file holds, as its first rows show. */
export type Kind =
  /** Numbers, or nothing yet. @property counts whether they count up by whole numbers, as identifiers do. */
  | { readonly kind: 'number'; readonly counts: boolean }
  /** Few texts, each of which may come again. */
  | { readonly kind: 'category' }
  /** Times that do not go back, with the format if it is not ISO 8601. */
  | { readonly kind: 'time'; readonly format?: string }
  /** Texts of any other kind. @property isMixed whether some are numbers. */
  | { readonly kind: 'text'; readonly isMixed: boolean };

/** The rows that are looked at. */
export const surveyed = 20_000;
/** Fewer numbers than this say nothing about identifiers. */
const fewest = 20;

/** @param most the most categories of a column. */
export function kindOf(rows: readonly Fields[], column: string, dialect: Dialect, most: number): Kind {
  const values = rows
    .map(({ get }) => get(column))
    .filter((value): value is string => typeof value === 'string' && !dialect.missing.has(value));
  const numbers = values
    .map((value) => numberOf(value, dialect))
    .filter((value) => typeof value === 'number');
  if (numbers.length === values.length) return { kind: 'number', counts: countsUp(numbers) };
  const format = timeFormatOf(values, dialect);
  if (format !== undefined) return { kind: 'time', ...(format !== '' && { format }) };
  if (numbers.length > 0) return { kind: 'text', isMixed: true };
  return new Set(values).size <= most ? { kind: 'category' } : { kind: 'text', isMixed: false };
}

function countsUp(numbers: readonly number[]): boolean {
  return (
    numbers.length >= fewest &&
    numbers.every((number, i) => Number.isInteger(number) && (i === 0 || number > numbers[i - 1]))
  );
}

/** The format in which all are times in order: '' for ISO 8601; undefined if there is none, or more than one. */
function timeFormatOf(values: readonly string[], { missing }: Dialect): string | undefined {
  if (isInOrder(values, missing, '')) return '';
  const guess = createTimeGuesser();
  const formats = guess(values[0]).filter((format) => isInOrder(values, missing, format));
  return formats.length === 1 ? formats[0] : undefined;
}

function isInOrder(values: readonly string[], missing: ReadonlySet<string>, format: string): boolean {
  const read = createTimeReader(format === '' ? {} : { timeFormat: format }, missing);
  let before = Number.NEGATIVE_INFINITY;
  for (const [i, value] of values.entries()) {
    const time = read([value], i === 0);
    if (time instanceof Problem || time < before) return false;
    before = time;
  }
  return true;
}
