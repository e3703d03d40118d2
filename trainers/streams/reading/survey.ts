import type { RowData } from '../given/config.ts';
import { Problem, quoted } from './problem.ts';
import type { Fields } from './rowReader.ts';
import { createTimeReader, timestampsOf } from './time.ts';
import { createTimeGuesser } from './timeGuess.ts';
import { categoryOf, type Dialect, dialectOf, hasUnit, numberOf, writtenOtherwise } from './values.ts';

/** The contents of a column, as the first records show. */
type Kind =
  /**
   * Numbers, or nothing yet. @property counts whether they count up by whole numbers, as identifiers do.
   * @property isTime whether they may be seconds or milliseconds since 1970.
   * @property gaps the texts among them that mean a missing number, such as NA.
   */
  | {
      readonly kind: 'number';
      readonly counts: boolean;
      readonly isTime: boolean;
      readonly gaps: readonly string[];
    }
  /** Few texts or truth values, each of which may come again. */
  | { readonly kind: 'category' }
  /** Times that do not go back, with the format if it is not ISO 8601. */
  | { readonly kind: 'time'; readonly format?: string }
  /** Times that go back. @property isReversed whether they never go forward. */
  | { readonly kind: 'disorder'; readonly isReversed: boolean }
  /** Times that can be read in each of these formats. */
  | { readonly kind: 'ambiguous'; readonly formats: readonly string[] }
  /** Texts of any other kind. @property isMixed whether some are numbers. @property problem with one as a category. */
  | { readonly kind: 'text'; readonly isMixed: boolean; readonly problem?: Problem }
  /** Objects, lists and the like. */
  | { readonly kind: 'other' };

/** The first records that show the inputs: of a file or a list, and of a stream, whose later ones are not there yet. */
export const surveyed = { ofList: 20_000, ofStream: 100 };

/** Fewer numbers than this say nothing about identifiers. */
const fewest = 20;

/** The inputs that the first records suggest. */
export interface Inputs {
  readonly columns: readonly string[];
  readonly categorical: readonly string[];
  /** The column of times, if one was found and none was given. */
  readonly timestamp?: string;
  readonly timeFormat?: string;
  /** Sentences for the user about columns that are not seen, or perhaps should not be. */
  readonly notes: readonly string[];
}

/**
 * The inputs if all columns are inputs unless told otherwise: numbers, few texts as categories, and the first
 * column of times that do not go back as the timestamp. The target is an input unless the network would see
 * what it predicts.
 * @param names of the columns, in order. @param rows the first records.
 * @param data what was given: the target, categories and times. @param ignored columns that are no inputs.
 */
export function inputsAmong(
  names: readonly string[],
  rows: readonly Fields[],
  data: RowData,
  ignored: readonly string[] = [],
): Inputs {
  const { target, horizon, delay = 0, categorical } = data;
  const dialect = dialectOf(data);
  const times = timestampsOf(data);
  const columns: string[] = [];
  const categories = [...categorical];
  const notes: string[] = [];
  let found: { readonly timestamp?: string; readonly timeFormat?: string } = {};
  let hasTime = times.length > 0;
  for (const column of new Set(names)) {
    if (times.includes(column) || ignored.includes(column)) continue;
    const isGiven = categorical.includes(column);
    const kind = kindOf(rows, column, dialect, data.categories - 1);
    const isOther = !isGiven && column !== target;
    if (isOther && kind.kind === 'time' && data.timeFormat === undefined) {
      if (!hasTime) {
        found = { timestamp: column, ...(kind.format !== undefined && { timeFormat: kind.format }) };
        hasTime = true;
      } else notes.push(`column ${quoted(column)} holds times, and is not seen`);
      continue;
    }
    if (isOther && kind.kind === 'disorder') {
      if (!hasTime) notes.push(disordered(column, kind.isReversed));
      continue;
    }
    if (isOther && kind.kind === 'ambiguous') {
      if (!hasTime)
        notes.push(
          `column ${quoted(column)} holds times that can be read in several ways, and is not seen: name it with --timestamp, and say which with --time-format ${kind.formats.map((format) => `'${format}'`).join(' or ')}`,
        );
      continue;
    }
    const example = isGiven || kind.kind === 'number' ? undefined : unitIn(rows, column, dialect);
    if (example !== undefined)
      notes.push(
        `column ${quoted(column)} holds numbers with a unit, such as ${quoted(example)}, which are texts here: write the numbers alone`,
      );
    const isRead = isGiven || kind.kind === 'number' || example !== undefined;
    const otherwise = isRead ? undefined : otherwiseIn(rows, column, dialect);
    if (otherwise !== undefined && isOther)
      notes.push(
        `column ${quoted(column)} holds numbers that are texts here${kind.kind === 'text' ? ', and is not seen' : ''}: ${otherwise.sentence}`,
      );
    if (kind.kind === 'category' && !isGiven) categories.push(column);
    const alike = isGiven || kind.kind === 'category' ? alikeIn(rows, column, dialect) : undefined;
    if (alike !== undefined)
      notes.push(
        `column ${quoted(column)} has the categories ${alike.map(quoted).join(', ')}, which differ only in case and count as different: write them alike if they mean the same`,
      );
    if (isOther && (kind.kind === 'text' || kind.kind === 'other')) {
      if (example === undefined && otherwise === undefined) notes.push(unseen(column, kind));
      continue;
    }
    if (kind.kind === 'number' && kind.gaps.length > 0 && !isGiven)
      notes.push(
        `column ${quoted(column)} holds numbers, and counts as missing where it has ${kind.gaps.map(quoted).join(', ')}: name it with --categorical if it holds categories`,
      );
    if (kind.kind === 'number' && kind.counts && column !== target && !isGiven)
      notes.push(
        kind.isTime && !hasTime
          ? `column ${quoted(column)} counts up like a time or an identifier: name it with --timestamp if it is a time, and leave it out with --ignore if it is an identifier`
          : `column ${quoted(column)} counts up like an identifier: leave it out with --ignore if it is one`,
      );
    if (column !== target || horizon + delay > 0) columns.push(column);
  }
  // In NDJSON, the first records may lack it.
  if (horizon + delay > 0 && !names.includes(target) && !ignored.includes(target)) columns.push(target);
  return { columns, categorical: categories, ...found, notes };
}

function disordered(column: string, isReversed: boolean): string {
  const name = `column ${quoted(column)}`;
  return isReversed
    ? `${name} holds times from the newest to the oldest, and is not seen: the rows are learnt from in that order, so turn it around to predict what comes`
    : `${name} holds times that go back, and is not seen: sort the rows by it to predict what comes`;
}

/** The first text of a column, if all that are no marks are numbers with a unit. */
function unitIn(rows: readonly Fields[], column: string, { missing }: Dialect): string | undefined {
  let first: string | undefined;
  for (const { get } of rows) {
    const value = get(column);
    if (value === null || value === undefined || (typeof value === 'string' && missing.has(value))) continue;
    if (typeof value !== 'string' || !hasUnit(value)) return undefined;
    first ??= value;
  }
  return first;
}

/** The first categories of a column that differ only in case, sorted. */
function alikeIn(rows: readonly Fields[], column: string, dialect: Dialect): readonly string[] | undefined {
  const found = new Map<string, Set<string>>();
  for (const { get } of rows) {
    const entry = categoryOf(get(column), dialect);
    if (typeof entry !== 'string') continue;
    const folded = entry.toLowerCase();
    found.set(folded, (found.get(folded) ?? new Set()).add(entry));
  }
  const group = [...found.values()].find(({ size }) => size > 1);
  return group === undefined ? undefined : [...group].sort();
}

/** Advice for the first number that is written otherwise, if all texts of a column are such or are read as numbers. */
function otherwiseIn(rows: readonly Fields[], column: string, dialect: Dialect): Problem | undefined {
  let first: Problem | undefined;
  for (const { get } of rows) {
    const value = get(column);
    if (!(numberOf(value, dialect) instanceof Problem)) continue;
    const problem = typeof value === 'string' ? writtenOtherwise(value.trim(), dialect.decimal) : undefined;
    if (problem === undefined) return undefined;
    first ??= problem;
  }
  return first;
}

function unseen(column: string, kind: Kind & { readonly kind: 'text' | 'other' }): string {
  const name = `column ${quoted(column)}`;
  if (kind.kind === 'other') return `${name} holds objects or lists, and is not seen`;
  if (kind.problem !== undefined) return `${name} is not seen: ${kind.problem.sentence}`;
  return kind.isMixed
    ? `${name} holds numbers and texts, and is not seen: name the texts with --missing if they stand for no value, or the column with --categorical`
    : `${name} holds texts of its own in many rows, and is not seen: name it with --categorical if they are categories`;
}

/** @param most the most categories of a column. */
function kindOf(rows: readonly Fields[], column: string, dialect: Dialect, most: number): Kind {
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
    };
  const [format, ...others] = timeFormatsOf(values, dialect, isForward);
  if (others.length > 0) return { kind: 'ambiguous', formats: [format, ...others] };
  if (format !== undefined) return { kind: 'time', ...(format !== '' && { format }) };
  const entries = values.map((value) => categoryOf(value, dialect));
  const distinct = new Set(entries).size;
  // Few times that come again and again are categories.
  const isEach = distinct === values.length && distinct > 2;
  if (isEach && timeFormatsOf(values, dialect, isBackward).length === 1)
    return { kind: 'disorder', isReversed: true };
  if (numbers.length > 0) return { kind: 'text', isMixed: true };
  if (values.some((value) => isObject(value))) return { kind: 'other' };
  if (distinct <= most) return { kind: 'category' };
  if (timeFormatsOf(values, dialect, () => true).length === 1) return { kind: 'disorder', isReversed: false };
  const problem = entries.find((entry) => entry instanceof Problem);
  return { kind: 'text', isMixed: false, ...(problem !== undefined && { problem }) };
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
