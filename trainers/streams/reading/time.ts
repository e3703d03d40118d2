import type { RowData } from '../given/config.ts';
import { Problem, quoted } from './problem.ts';
import { offsetOf, parseTimeFormat, type ReadTime, type Written } from './timeFormat.ts';
import { createTimeGuesser } from './timeGuess.ts';

const iso =
  /^(\d{4}-(?:0[1-9]|1[0-2]))(-\d\d)?(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?) ?(Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$/i;
const decimal = /^[+-]?\d+(\.\d+)?$/;
const compactDate = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;
/** A year, or a year and a month: at the start of data, more likely than so few seconds after 1970. */
const compactYear = /^(1[5-9]|20|21)\d\d(0[1-9]|1[0-2])?$/;

/** The names of the columns with the time of a row. */
export function timestampsOf({ timestamp }: Pick<RowData, 'timestamp'>): readonly string[] {
  return timestamp === undefined ? [] : typeof timestamp === 'string' ? [timestamp] : timestamp;
}

/**
 * Reads the time of a row from its columns.
 * @param isFirst whether there has been no time before.
 */
export type TimeReader = (values: readonly unknown[], isFirst: boolean) => Written | Problem;

/**
 * Without a format: ISO 8601, in UTC unless it has an offset, Unix time, or a Date; several columns are the
 * year, month and so on to the second, or a date and a clock time. With a format, several columns are joined
 * by spaces.
 */
export function createTimeReader(
  { timeFormat }: Pick<RowData, 'timeFormat'>,
  missing: ReadonlySet<string>,
): TimeReader {
  const format = timeFormat === undefined ? undefined : parseTimeFormat(timeFormat);
  const guess = createTimeGuesser();
  return (values, isFirst) => {
    const [value] = values;
    if (values.length === 1 && value instanceof Date)
      return Number.isNaN(value.getTime())
        ? new Problem('the time is no date')
        : inUtc(value.getTime() / 1000);
    const texts = values.map(textOf);
    if (texts.some((text) => text === '' || missing.has(text))) return new Problem('the time is missing');
    if (format !== undefined) return formatted(texts.join(' '), format, timeFormat ?? '', guess);
    const text = texts.length === 1 ? texts[0] : (partsAsIso(texts) ?? texts.join(' '));
    if (compactDate.test(text) || (isFirst && compactYear.test(text)))
      return new Problem(
        `${text} may be a date or a number of seconds: add --time-format ${guess(text).join(' or ')} or --time-format %s`,
      );
    const written = decimal.test(text) ? unixTime(Number(text)) : isoTime(text);
    return written ?? new Problem(notTime(text, guess(text)));
  };
}

const inUtc = (time: number): Written => ({ time, offset: 0 });

function textOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : typeof value === 'string'
      ? value.trim()
      : '';
}

function formatted(
  text: string,
  read: ReadTime,
  format: string,
  guess: (text: string) => string[],
): Written | Problem {
  const others = guess(text).map((other) => `'${other}'`);
  const instead = others.length === 0 ? '' : `: it fits --time-format ${others.join(' or ')}`;
  return read(text) ?? new Problem(`${quoted(text)} is not a time as '${format}' writes it${instead}`);
}

function notTime(text: string, formats: readonly string[]): string {
  const told = quoted(text);
  const options = formats.map((format) => `'${format}'`);
  if (formats.length === 1) return `${told} is not a time of ISO 8601: add --time-format ${options[0]}`;
  if (formats.length > 1)
    return `${told} may be several times: say which with --time-format ${options.join(' or ')}`;
  return `${told} is not a time: write 2024-01-31T13:45:00Z, or the seconds or milliseconds since 1970, or say how it is written with --time-format, as '%d.%m.%Y %H:%M'`;
}

/** A year and further parts in separate columns, down to the second; undefined for other texts. */
function partsAsIso(texts: readonly string[]): string | undefined {
  const parts = texts.map((text) => text.replace(/\.0+$/, ''));
  if (
    !/^\d{4}$/.test(parts[0]) ||
    parts.length > 6 ||
    !parts.slice(1).every((part) => /^\d{1,2}$/.test(part))
  )
    return undefined;
  const [year, month, day, hour, minute, second] = parts.map((part) => part.padStart(2, '0'));
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  return hour === undefined ? date : `${date}T${hour}:${minute ?? '00'}:${second ?? '00'}`;
}

/**
 * The unit of a Unix time follows from its size: each unit starts in 1973, where the previous one reaches the
 * year 5138.
 */
function unixTime(number: number): Written | undefined {
  for (const perSecond of [1, 1e3, 1e6, 1e9])
    if (Math.abs(number) < 1e11 * perSecond) return inUtc(number / perSecond);
  return undefined;
}

function isoTime(text: string): Written | undefined {
  const [, month, day = '-01', clock = '00:00', zone = 'Z'] = iso.exec(text) ?? [];
  if (month === undefined) return undefined;
  const date = month + day;
  const midnight = Date.parse(`${date}T00:00Z`);
  // February 30 would become March 1.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return undefined;
  const offset = offsetOf(zone);
  return { time: Date.parse(`${date}T${clock.replace(',', '.')}Z`) / 1000 - offset, offset };
}
