import { parseTimeFormat, type ReadTime } from './timeFormat.ts';

/** The usual formats of a date. If several fit a text, they are suggested in this order. */
const dates: readonly string[] = [
  ...['%Y/%m/%d', '%d/%m/%Y', '%m/%d/%Y', '%d/%m/%y', '%m/%d/%y', '%Y.%m.%d', '%d.%m.%Y', '%d.%m.%y'],
  ...['%Y-%m-%d', '%d-%m-%Y', '%m-%d-%Y', '%d-%m-%y', '%m-%d-%y', '%y-%m-%d', '%m/%Y', '%Y/%m'],
  ...[
    '%b %d %Y',
    '%b %d, %Y',
    '%d %b %Y',
    '%d. %b %Y',
    '%d-%b-%Y',
    '%d-%b-%y',
    '%d/%b/%Y',
    '%b %Y',
    '%b-%Y',
    '%b-%y',
    '%Y %b',
  ],
  ...[
    '%a %d %b %Y',
    '%a, %d %b %Y',
    '%a %b %d %Y',
    '%Y%m%d',
    '%Y%m',
    '%Y',
    '%YQ%q',
    '%Y-Q%q',
    '%Y Q%q',
    'Q%q %Y',
  ],
  ...['%G-W%V-%u', '%G-W%V', '%Y-%j', '%Y%j'],
];
/** Formats that include the time of day, or have no separators. */
const others = [
  '%a %b %d %H:%M:%S %Y',
  '%a %b %d %H:%M:%S %z %Y',
  '%Y%m%d%H%M%S',
  '%Y%m%dT%H%M%S',
  '%Y%m%dT%H%M%S%z',
  '%Y%m%d%H%M',
];

/** The words that may follow a date: a clock time, AM or PM, and a zone. */
const clock =
  /([T ,:]\s*)(\d{1,2}:\d\d)(:\d\d(?:[.,]\d+)?)?(\s*[ap]\.?m\.?)?(\s*(?:z|utc|gmt|[+-]\d\d:?\d\d))?$/i;

/** Returns the formats in which a text would be a time. */
export function createTimeGuesser(): (text: string) => string[] {
  const readers = new Map<string, ReadTime>();
  const reader = (format: string) => {
    const known = readers.get(format) ?? parseTimeFormat(format);
    readers.set(format, known);
    return known;
  };
  return (text) => {
    if (text.length > 60) return [];
    const suffix = suffixOf(clock.exec(text));
    return [...dates.map((date) => date + suffix), ...others].filter(
      (format) => reader(format)(text) !== undefined,
    );
  };
}

function suffixOf(match: RegExpExecArray | null): string {
  if (match === null) return '';
  const [, before, , seconds, half, zone] = match;
  const spaced = (part: string | undefined, directive: string) =>
    part === undefined ? '' : (/^\s/.test(part) ? ' ' : '') + directive;
  return [
    before.replace(/\s+/, ' '),
    half === undefined ? '%H:%M' : '%I:%M',
    spaced(seconds, ':%S'),
    spaced(half, '%p'),
    spaced(zone, '%z'),
  ].join('');
}
