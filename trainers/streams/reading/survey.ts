import type { RowData } from '../given/config.ts';
import { type Kind, kindOf, timesIn } from './columnKind.ts';
import { sharedTimes, stackedTimes } from './oddities.ts';
import { Problem, quoted } from './problem.ts';
import type { Fields } from './rowReader.ts';
import { timestampsOf } from './time.ts';
import { categoryOf, type Dialect, dialectOf, hasUnit, numberOf, writtenOtherwise } from './values.ts';

/** The first records that show the inputs: of a file or a list, and of a stream, whose later ones are not there yet. */
export const surveyed = { ofList: 20_000, ofStream: 100 };

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
  const kinds = new Map(
    [...new Set(names)]
      .filter((column) => !times.includes(column) && !ignored.includes(column))
      .map((column) => [column, kindOf(rows, column, dialect, data.categories - 1)]),
  );
  /** What may say which of several series a row is of. */
  const labels = [...kinds].filter(([column]) => column !== target);
  for (const [column, kind] of kinds) {
    const isGiven = categorical.includes(column);
    const isOther = !isGiven && column !== target;
    if (isOther && kind.kind === 'time' && data.timeFormat === undefined) {
      if (!hasTime) {
        found = {
          timestamp: column,
          ...(kind.format !== undefined && { timeFormat: kind.format }),
        };
        hasTime = true;
      } else notes.push(`column ${quoted(column)} holds times, and is not seen`);
      continue;
    }
    if (isOther && kind.kind === 'disorder') {
      if (hasTime) continue;
      const names = labels.map(([label]) => label).filter((label) => label !== column);
      const stacked = stackedTimes(rows, column, names, timesIn(kind.format, dialect));
      notes.push(stacked ?? disordered(column, kind.isReversed));
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
    if (otherwise !== undefined && (isOther || kind.kind === 'category'))
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
    if (kind.kind === 'number' && !isGiven) notes.push(...oddNumbers(column, kind, isOther));
    if (kind.kind === 'number' && kind.counts && column !== target && !isGiven)
      notes.push(
        kind.isTime && !hasTime
          ? `column ${quoted(column)} counts up like a time or an identifier: name it with --timestamp if it is a time, and leave it out with --ignore if it is an identifier`
          : `column ${quoted(column)} counts up like an identifier: leave it out with --ignore if it is one`,
      );
    if (column !== target || horizon + delay > 0) columns.push(column);
  }
  const [time] = found.timestamp !== undefined ? [found.timestamp] : times.length === 1 ? times : [];
  const texts = labels
    .filter(([, { kind }]) => kind === 'category' || kind === 'text')
    .map(([label]) => label);
  const shared = time === undefined ? undefined : sharedTimes(rows, time, texts);
  if (shared !== undefined) notes.push(shared);
  // In NDJSON, the first records may lack it.
  if (horizon + delay > 0 && !names.includes(target) && !ignored.includes(target)) columns.push(target);
  return { columns, categorical: categories, ...found, notes };
}

/** Sentences for numbers that may be none. @param isOther whether the column is not the target. */
function oddNumbers(column: string, kind: Kind & { readonly kind: 'number' }, isOther: boolean): string[] {
  const name = `column ${quoted(column)}`;
  const codes = kind.codes.map(
    (code) =>
      `${name} has ${code} several times, far from all its other numbers: add --missing ${code} if it stands for one that is missing`,
  );
  if (kind.padded === undefined) return codes;
  const remedy = `name it with --categorical${isOther ? ', or leave it out with --ignore,' : ''} if they are codes`;
  return [...codes, `${name} holds numbers with leading zeros, such as ${quoted(kind.padded)}: ${remedy}`];
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
