import { leadingZeros, missingCodes } from './oddities.ts';
import { Problem } from './problem.ts';
import type { Fields } from './rowReader.ts';
import { createTimeReader } from './time.ts';
import { createTimeGuesser } from './timeGuess.ts';
import { categoryOf, type Dialect, numberOf } from './values.ts';

/** The contents of a column, as the first records show. */
export type Kind =
  /**
   * Numbers, or nothing yet. @property counts whether they count up by whole numbers, as identifiers do.
   * @property isTime whether they may be seconds or milliseconds since 1970.
   * @property gaps the texts among them that mean a missing number, such as NA.
   * @property codes the numbers that may stand for a missing one. @property padded one with leading zeros, if all have as many digits.
   */
  | {
      readonly kind: 'number';
      readonly counts: boolean;
      readonly isTime: boolean;
      readonly gaps: readonly string[];
      readonly codes: readonly number[];
      readonly padded: string | undefined;
    }
  /** Few texts or truth values, each of which may come again. */
  | { readonly kind: 'category' }
  /** Times that do not go back, with the format if it is not ISO 8601. */
  | { readonly kind: 'time'; readonly format?: string }
  /** Times that go back. @property isReversed whether they never go forward. @property format if it is not ISO 8601. */
  | {
      readonly kind: 'disorder';
      readonly isReversed: boolean;
      readonly format: string;
    }
  /** Times that can be read in each of these formats. */
  | { readonly kind: 'ambiguous'; readonly formats: readonly string[] }
  /** Texts of any other kind. @property isMixed whether some are numbers. @property problem with one as a category. */
  | {
      readonly kind: 'text';
      readonly isMixed: boolean;
      readonly problem?: Problem;
    }
  /** Objects, lists and the like. */
  | { readonly kind: 'other' };

/** Fewer numbers than this say nothing about identifiers. */
const fewest = 20;

/** @param most the most categories of a column. */
export function kindOf(rows: readonly Fields[], column: string, dialect: Dialect, most: number): Kind {
  const values = rows
    .map(({ get }) => get(column))
    .filter((value) => value !== null && value !== undefined && !isMark(value, dialect));
  // An unusable number, such as NaN, is reported at its record.
  const read = values.map((value) => (typeof value === 'number' ? value : numberOf(value, dialect)));
  const numbers = read.filter((value) => typeof value === 'number');
  const gaps = values.filter((_, i) => read[i] === null).map(String);
  // A column without a number, as of the category NA, is none of numbers.
  if (numbers.length + gaps.length === values.length && (numbers.length > 0 || values.length === 0))
    return {
      kind: 'number',
      counts: countsUp(numbers),
      isTime: mayBeTimes(numbers),
      gaps: [...new Set(gaps)],
      codes: missingCodes(numbers),
      padded: leadingZeros(values),
    };
  const [format, ...others] = timeFormatsOf(values, dialect, isForward);
  if (others.length > 0) return { kind: 'ambiguous', formats: [format, ...others] };
  if (format !== undefined) return { kind: 'time', ...(format !== '' && { format }) };
  const entries = values.map((value) => categoryOf(value, dialect));
  const distinct = new Set(entries).size;
  // Few times that come again and again are categories.
  const isEach = distinct === values.length && distinct > 2;
  const backward = isEach ? timeFormatsOf(values, dialect, isBackward) : [];
  if (backward.length === 1) return { kind: 'disorder', isReversed: true, format: backward[0] };
  if (numbers.length > 0) return { kind: 'text', isMixed: true };
  if (values.some((value) => isObject(value))) return { kind: 'other' };
  if (distinct <= most) return { kind: 'category' };
  const either = timeFormatsOf(values, dialect, () => true);
  if (either.length === 1) return { kind: 'disorder', isReversed: false, format: either[0] };
  const problem = entries.find((entry) => entry instanceof Problem);
  return {
    kind: 'text',
    isMixed: false,
    ...(problem !== undefined && { problem }),
  };
}

/** A Date is a time. */
function isObject(value: unknown): boolean {
  return (typeof value === 'object' && !(value instanceof Date)) || typeof value === 'function';
}

function isMark(value: unknown, { missing }: Dialect): boolean {
  return typeof value === 'string' && missing.has(value);
}

function countsUp(numbers: readonly number[]): boolean {
  return (
    numbers.length >= fewest &&
    numbers.every((number, i) => Number.isInteger(number) && (i === 0 || number > numbers[i - 1]))
  );
}

/** From 2001 on. */
function mayBeTimes(numbers: readonly number[]): boolean {
  const [least = 0] = numbers;
  const most = numbers[numbers.length - 1] ?? 0;
  return (least >= 1e9 && most < 4e9) || (least >= 1e12 && most < 4e12);
}

type Order = (time: number, before: number | undefined) => boolean;
const isForward: Order = (time, before) => before === undefined || time >= before;
const isBackward: Order = (time, before) => before === undefined || time <= before;

/** The formats in which all are times in such an order: '' alone for ISO 8601. */
function timeFormatsOf(
  values: readonly unknown[],
  { missing }: Dialect,
  isInOrder: Order,
): readonly string[] {
  if (areTimes(values, missing, '', isInOrder)) return [''];
  const [first] = values;
  if (typeof first !== 'string') return [];
  const guess = createTimeGuesser();
  return guess(first).filter((format) => areTimes(values, missing, format, isInOrder));
}

function areTimes(
  values: readonly unknown[],
  missing: ReadonlySet<string>,
  format: string,
  isInOrder: Order,
): boolean {
  const read = createTimeReader(format === '' ? {} : { timeFormat: format }, missing);
  let before: number | undefined;
  for (const [i, value] of values.entries()) {
    const written = read([value], i === 0);
    if (written instanceof Problem || !isInOrder(written.time, before)) return false;
    before = written.time;
  }
  return true;
}

/** Reads the times of a column one by one. */
export function timesIn(format: string, { missing }: Dialect): (value: unknown) => number | undefined {
  const read = createTimeReader(format === '' ? {} : { timeFormat: format }, missing);
  let isFirst = true;
  return (value) => {
    const written = read([value], isFirst);
    isFirst = false;
    return written instanceof Problem ? undefined : written.time;
  };
}
