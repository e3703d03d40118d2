import { Problem, quoted } from './problem.ts';

const iso =
  /^(\d{4}-(?:0[1-9]|1[0-2]))(-\d\d)?(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?) ?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$/i;
const decimal = /^[+-]?\d+(\.\d+)?$/;
const compactDate = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;
/** Numbers from here on are milliseconds: as seconds, this would be the year 5138. */
const fewestMilliseconds = 1e11;

/** A time of ISO 8601, in UTC unless it has an offset, a Unix time, or a Date: the seconds since 1970 began. */
export function timeOf(value: unknown): number | Problem {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? new Problem('the time is no date') : value.getTime() / 1000;
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (text === '') return new Problem('the time is missing');
  if (compactDate.test(text)) return new Problem(`${text} may be a date or a number of seconds: write dates as 2024-01-31`);
  const seconds = decimal.test(text) ? unixTime(Number(text)) : isoTime(text);
  return (
    seconds ?? new Problem(`${quoted(text)} is not a time: write 2024-01-31T13:45:00Z, or the seconds or milliseconds since 1970`)
  );
}

function unixTime(number: number): number | undefined {
  if (Math.abs(number) < fewestMilliseconds) return number;
  return Math.abs(number) < 1000 * fewestMilliseconds ? number / 1000 : undefined;
}

function isoTime(text: string): number | undefined {
  const [, month, day = '-01', clock = '00:00', zone = 'Z'] = iso.exec(text) ?? [];
  if (month === undefined) return undefined;
  const date = month + day;
  const midnight = Date.parse(`${date}T00:00Z`);
  // February 30 would be taken for March 1.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return undefined;
  const offset = zone.length > 1 ? `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}` : 'Z';
  return Date.parse(`${date}T${clock.replace(',', '.')}${offset}`) / 1000;
}

const day = 86_400;
const turns = [day, 7 * day, 365.2425 * day];

/** How many inputs a time makes. */
export const timeInputs = 1 + 2 * turns.length;

/** The time of day, of the week and of the year, in UTC, each as the sine and cosine of its angle: what is near in time is near in them. */
export function anglesOf(time: number): number[] {
  return turns.flatMap((turn) => {
    const angle = (2 * Math.PI * (time % turn)) / turn;
    return [Math.sin(angle), Math.cos(angle)];
  });
}
