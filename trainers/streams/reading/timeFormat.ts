import { ConfigurationError } from '../../../lib/index.ts';

/** A time as it is written. */
export interface Written {
  /** In seconds since 1970. */
  readonly time: number;
  /** By how many seconds the clock that was written is ahead of UTC. */
  readonly offset: number;
}

/** Reads a time; undefined if the text does not match. */
export type ReadTime = (text: string) => Written | undefined;

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
].concat(['november', 'december']);
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
/** Three letters of a name, or more. */
const named = (names: readonly string[]) =>
  names
    .map(
      (name) =>
        name.slice(0, 3) +
        Array.from(name.slice(3)).reduceRight((rest, letter) => `(?:${letter}${rest})?`, ''),
    )
    .join('|');

/** The meaning of each directive of strftime; those of `w` have two digits next to another number. */
const directives: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d\\d',
  m: '1[0-2]|0?[1-9]',
  b: `(?:${named(months)})\\.?`,
  d: '3[01]|[12]\\d|0?[1-9]',
  j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0?\\d{1,2}',
  q: '[1-4]',
  G: '\\d{4}',
  V: '5[0-3]|[1-4]\\d|0?[1-9]',
  u: '[1-7]',
  a: `(?:${named(days)})\\.?`,
  H: '2[0-3]|[01]?\\d',
  I: '1[0-2]|0?[1-9]',
  M: '[0-5]?\\d',
  S: '[0-5]?\\d(?:[.,]\\d{1,9})?',
  p: '[ap]\\.?m\\.?',
  z: 'z|utc|gmt|[+-](?:0\\d|1[0-4])(?::?[0-5]\\d)?',
  s: '[+-]?\\d{1,12}(?:\\.\\d{1,9})?',
  Q: '[+-]?\\d{1,15}(?:\\.\\d{1,6})?',
};
const synonyms: Readonly<Record<string, string>> = {
  B: '%b',
  h: '%b',
  e: '%d',
  A: '%a',
  Z: '%z',
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
};
const numeric = /^[YymdjqGVuHIMS]$/;

/**
 * A time format in the directives of strftime: `%Y-%m-%d`, `%d.%m.%y %H:%M`, `%b %d, %Y %I:%M %p`, `%s`.
 * White space matches any white space; other characters match themselves in either case. Names are English;
 * times are in UTC unless `%z` says otherwise.
 * @throws ConfigurationError for a directive that is unknown, repeated, or lacks another that it needs.
 */
export function parseTimeFormat(format: string): ReadTime {
  const keys: string[] = [];
  const parts = tokensOf(format);
  const pattern = parts.map((part, i) => {
    if (part.length !== 2 || part[0] !== '%')
      return /^\s+$/.test(part) ? '\\s+' : part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    const key = part[1];
    if (keys.includes(key)) throw refusal(format, `has %${key} twice`);
    keys.push(key);
    const isBeside = [parts[i - 1], parts[i + 1]].some(
      (other) => other?.[0] === '%' && numeric.test(other[1]),
    );
    return `(${isBeside ? fixed(key) : directives[key]})`;
  });
  requireDate(format, new Set(keys));
  const expression = new RegExp(`^${pattern.join('')}$`, 'i');
  return (text) => {
    const match = expression.exec(text);
    return match === null
      ? undefined
      : writtenIn(new Map(keys.map((key, i) => [key, match[i + 1].toLowerCase()])));
  };
}

/** Literal texts, and directives without a synonym. */
function tokensOf(format: string): string[] {
  const written = format.replace(/%(.)?/gs, (_, key = '') => {
    if (key === '%') return '\u0000';
    if (Object.hasOwn(synonyms, key)) return synonyms[key];
    if (!Object.hasOwn(directives, key)) throw refusal(format, `has %${key}, which is none of ${known}`);
    return `%${key}`;
  });
  return written
    .split(/(%.|\s+)/s)
    .filter((part) => part !== '')
    .map((part) => part.replaceAll('\u0000', '%'));
}

const known = [...Object.keys(directives), ...Object.keys(synonyms), '%'].map((key) => `%${key}`).join(' ');

/** Adjacent numbers must have a known length. */
function fixed(key: string): string {
  return directives[key]
    .replaceAll('0?[1-9]', '0[1-9]')
    .replaceAll('[0-5]?\\d', '[0-5]\\d')
    .replace('[01]?\\d', '[01]\\d')
    .replace('0?\\d{1,2}', '0\\d\\d');
}

function requireDate(format: string, keys: ReadonlySet<string>): void {
  if (keys.has('s') || keys.has('Q')) {
    if (keys.size > 1)
      throw refusal(format, 'has other directives beside %s or %Q, which are times by themselves');
    return;
  }
  if (!['Y', 'y', 'G'].some((key) => keys.has(key))) throw refusal(format, 'has no year: %Y, as in %Y-%m-%d');
  const needs: readonly (readonly [string, readonly string[]])[] = [
    ['d', ['m', 'b']],
    ['V', ['G']],
    ['G', ['V']],
    ['u', ['V']],
    ['I', ['p']],
    ['p', ['I']],
    ['M', ['H', 'I']],
    ['S', ['M']],
  ];
  for (const [key, others] of needs)
    if (keys.has(key) && !others.some((other) => keys.has(other)))
      throw refusal(format, `has %${key} without %${others.join(' or %')}`);
  const pairs = ['Yy', 'YG', 'yG', 'mb', 'mj', 'bj', 'mq', 'bq', 'jq', 'HI'];
  const pair = pairs.find(([a, b]) => keys.has(a) && keys.has(b));
  if (pair !== undefined) throw refusal(format, `has both %${pair[0]} and %${pair[1]}`);
}

function refusal(format: string, why: string): ConfigurationError {
  return new ConfigurationError(`the time format ${JSON.stringify(format)} ${why}`);
}

function writtenIn(parts: ReadonlyMap<string, string>): Written | undefined {
  const number = (key: string, otherwise: number) =>
    Number((parts.get(key) ?? String(otherwise)).replace(',', '.'));
  if (parts.has('s')) return { time: number('s', 0), offset: 0 };
  if (parts.has('Q')) return { time: number('Q', 0) / 1000, offset: 0 };
  const midnight = parts.has('G')
    ? weekday(number('G', 0), number('V', 1), number('u', 1))
    : dateOf(parts, number);
  if (midnight === undefined) return undefined;
  const half = parts.get('p')?.startsWith('p') ? 12 : 0;
  const hour = parts.has('I') ? (number('I', 0) % 12) + half : number('H', 0);
  const offset = offsetOf(parts.get('z'));
  return { time: midnight + hour * 3600 + number('M', 0) * 60 + number('S', 0) - offset, offset };
}

function dateOf(
  parts: ReadonlyMap<string, string>,
  number: (key: string, otherwise: number) => number,
): number | undefined {
  const short = number('y', 0);
  const year = parts.has('y') ? short + (short < 69 ? 2000 : 1900) : number('Y', 0);
  if (parts.has('j')) {
    const day = number('j', 1);
    return day < 1 ? undefined : midnightOf(year, 0, day, (date) => date.getUTCFullYear() === year);
  }
  const name = parts.get('b')?.slice(0, 3);
  const month =
    name === undefined
      ? number('m', 1 + 3 * (number('q', 1) - 1)) - 1
      : months.findIndex((each) => each.startsWith(name));
  return midnightOf(year, month, number('d', 1), (date) => date.getUTCMonth() === month);
}

/**
 * The second at which a day starts; undefined if `isThere` finds no such day: February 30 would become March
 * 1.
 */
function midnightOf(
  year: number,
  month: number,
  day: number,
  isThere: (date: Date) => boolean,
): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return isThere(date) ? date.getTime() / 1000 : undefined;
}

/** A day of an ISO 8601 week: week 1 contains January 4. */
function weekday(year: number, week: number, day: number): number | undefined {
  const fourth = new Date(0);
  fourth.setUTCFullYear(year, 0, 4);
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + 7 * (week - 1);
  const thursday = new Date(0);
  thursday.setUTCFullYear(year, 0, monday + 3);
  // In a year without a week 53, that Thursday is in the next year.
  if (thursday.getUTCFullYear() !== year) return undefined;
  return midnightOf(year, 0, monday + day - 1, () => true);
}

/** The offset of a zone such as `+01:30`, in seconds; 0 for UTC. */
export function offsetOf(zone = 'z'): number {
  if (!/^[+-]/.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
}
