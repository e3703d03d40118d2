import type { RowData } from '../given/config.ts';
import { Problem, quoted } from './problem.ts';

/** The rules for reading texts as values. */
export interface Dialect {
  /** The texts that mean a missing value. */
  readonly missing: ReadonlySet<string>;
  /** The decimal separator. */
  readonly decimal: '.' | ',';
}

export function dialectOf({ missing = [], decimal = '.' }: RowData): Dialect {
  return { missing: new Set(missing), decimal };
}

const forms = {
  '.': /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  ',': /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i,
};
/** Squares of larger numbers, and their sums, would leave the range of double precision. */
const largest = 1e100;
const longestCategory = 256;
/** This many digits may exceed ±2^53, where double precision skips whole numbers. */
const longWhole = /^[+-]?\d{16,}$/;

/** Texts that mean a missing number wherever numbers are read. As categories, they are texts like others. */
const gaps = /^(?:|#?n\/?a|<na>|-?nan|null|none)$/i;

/** A value as a number; null if missing. */
export function numberOf(value: unknown, dialect: Dialect): number | null | Problem {
  const { missing, decimal } = dialect;
  const plain = typeof value === 'string' ? value.trim() : value;
  if (plain === null || plain === undefined || isMark(plain, missing)) return null;
  if (typeof plain === 'string' && !forms[decimal].test(plain))
    return gaps.test(plain) ? null : notNumber(plain, decimal);
  const isText = typeof plain === 'string' || typeof plain === 'bigint';
  const number = isText ? Number(String(plain).replace(',', '.')) : plain;
  if (typeof number !== 'number') return noNumber(told(value));
  if (Number.isNaN(number))
    return new Problem('NaN is not a number; null stands for one that is missing, or add --missing NaN');
  if (!(Math.abs(number) <= largest))
    return new Problem(`${told(value)} is too large; the limit is ±${largest}`);
  if (isText && longWhole.test(String(plain)) && BigInt(plain) !== BigInt(number))
    return new Problem(
      `${told(value)} is beyond ±2^53, where numbers are rounded: if it is an identifier, name the column with --categorical; if not, write fewer digits, as ${number.toExponential(6)}`,
    );
  return number;
}

/** A value as a category; null if missing. */
export function categoryOf(value: unknown, { missing }: Dialect): string | null | Problem {
  const plain = typeof value === 'string' ? value.trim() : value;
  if (plain === null || plain === undefined || isMark(plain, missing)) return null;
  if (
    typeof plain === 'object' ||
    typeof plain === 'function' ||
    typeof plain === 'symbol' ||
    Number.isNaN(plain)
  )
    return new Problem(`${told(value)} is not a category; use texts, numbers or truth values`);
  if (typeof plain === 'number' && Math.abs(plain) > Number.MAX_SAFE_INTEGER)
    return new Problem(
      `${told(value)} is beyond ±2^53, where numbers are rounded: give the category as a text`,
    );
  const text = String(plain);
  if (text.length > longestCategory) return new Problem(`${told(value)} is too long for a category`);
  return text.includes('\ufffd')
    ? new Problem(`${told(value)} is not text in UTF-8; convert the data, as iconv -f LATIN1 -t UTF-8 does`)
    : text;
}

/** Compares marks as texts, so that -999 matches both as a text and as a number. */
function isMark(value: unknown, missing: ReadonlySet<string>): boolean {
  return (
    missing.size > 0 && typeof value !== 'object' && typeof value !== 'symbol' && missing.has(String(value))
  );
}

/** A value in a message. */
export function told(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Other texts that may mean a missing number. */
const marks = /^(?:nil|-+|\?+|\.+|missing|unknown|inf(?:inity)?|[+-]inf(?:inity)?)$/i;

/** Digits in groups of three. */
const grouped = /^[+-]?\d{1,3}(?:([.,' _\u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d+)?$/;

/** Usual units. Those of one letter, which may be that of a class such as 1A, stand after a blank. */
const units =
  '(?:[%°]|°[CF]|\\p{Sc}|[kcmµ]m|[kmµ]g|lbs?|oz|ml|[mµ]s|sec|min|hrs?|[kMG]?Wh|[kM]W|m[VA]|[kMG]?Hz|[hkM]?Pa|m?bar|psi|rpm|km/h|m/s|mph|pp[mb]|[kMGT]i?B|dB|USD|EUR|GBP)|\\s[CFmglshWVA]';

/** A number with the sign of a currency or a unit. */
const withUnit = new RegExp(`^[+-]?\\p{Sc} ?[+-]?\\d[\\d., ]*$|^[+-]?\\d[\\d., ]*?\\s?(?:${units})$`, 'u');

export function hasUnit(text: string): boolean {
  return withUnit.test(text.trim());
}

/** Why a text is not a number, and what to do: it may be a mark, or a number that is written otherwise. */
function notNumber(text: string, decimal: '.' | ','): Problem {
  const told = quoted(text);
  if (marks.test(text))
    return new Problem(
      `${told} is not a number: if it stands for one that is missing, add ${option(text)}; if the column holds categories, name it with --categorical`,
    );
  return writtenOtherwise(text, decimal) ?? noNumber(told);
}

/** Advice for a text that is a number with a unit or with other separators; undefined for other texts. */
export function writtenOtherwise(text: string, decimal: '.' | ','): Problem | undefined {
  const told = quoted(text);
  if (hasUnit(text))
    return new Problem(
      `${told} is a number with a unit: write the number alone; if the column holds categories, name it with --categorical`,
    );
  const plain = text.replace('\u2212', '-');
  if (plain !== text && forms[decimal].test(plain))
    return new Problem(`${told} has a minus sign that is not the one of the keyboard: write it as ${plain}`);
  const [, separator, point] = grouped.exec(text) ?? [];
  if (separator !== undefined && separator !== point) {
    const digits = text.replaceAll(separator, '');
    const other = decimal === '.' ? ',' : '.';
    if (separator === other && point === undefined && text.indexOf(separator) === text.lastIndexOf(separator))
      return new Problem(
        `${told} may be ${text.replace(separator, decimal)} or, with a separator of thousands, ${digits}: ${remedyOf(other)} for the one, and write it without the separator for the other`,
      );
    const comma = point === other ? `, and ${remedyOf(other)}` : '';
    return new Problem(`${told} has separators of thousands: write it as ${digits}${comma}`);
  }
  const isOther = decimal === '.' ? /^[+-]?\d*,\d+(e[+-]?\d+)?$/i : /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i;
  if (isOther.test(text))
    return new Problem(
      `${told} is not a number with a decimal ${decimal}: ${remedyOf(decimal === '.' ? ',' : '.')}`,
    );
  return undefined;
}

function noNumber(told: string): Problem {
  return new Problem(`${told} is not a number; if the column holds categories, name it with --categorical`);
}

function remedyOf(decimal: '.' | ','): string {
  return decimal === ',' ? 'add --decimal ,' : 'leave out --decimal ,';
}

function option(mark: string): string {
  return /^[\w/]+$/.test(mark) ? `--missing ${mark}` : `--missing='${mark}'`;
}
