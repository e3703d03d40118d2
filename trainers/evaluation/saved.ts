import { DataError } from '../../lib/index.ts';

// A checkpoint that is whole need not be one that a run wrote. What is in it is looked at before anything is made of it: a number that is
// none would spread without a word, and one that is too large would be memory.

/** @throws DataError unless it is an object with these entries and no others. */
export function requireEntries(what: string, value: unknown, needed: readonly string[], optional: readonly string[] = []): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw misfit(`${what} is ${told(value)}, not an object`);
  for (const key of needed) if (!Object.hasOwn(value, key)) throw misfit(`${what} has no ${key}`);
  for (const key of Object.keys(value))
    if (!needed.includes(key) && !optional.includes(key))
      throw misfit(`${what} has an entry ${told(key)}, which is none of its own`);
}

/** @throws DataError unless it is a list of so many entries, or of `least` to `most`. */
export function requireLength(what: string, value: unknown, least: number, most = least): void {
  if (!Array.isArray(value)) throw misfit(`${what} is ${told(value)}, not a list`);
  if (value.length >= least && value.length <= most) return;
  throw misfit(`${what} has ${value.length} entries, not ${least === most ? least : `${least} to ${most}`}`);
}

/** @throws DataError unless all values are numbers from `least` to `most`. */
export function requireNumbers(what: string, values: readonly unknown[], most = 1e100, least = -most): void {
  for (const value of values)
    if (typeof value !== 'number') throw misfit(`${what} ${told(value)} is not a number`);
    else if (!(value >= least && value <= most)) throw misfit(`${what} ${told(value)} is not a number from ${least} to ${most}`);
}

/** @throws DataError unless all values are whole numbers from 0 to below `end`. */
export function requireWhole(what: string, values: readonly unknown[], end = Number.MAX_SAFE_INTEGER): void {
  for (const value of values)
    if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) >= end)
      throw misfit(`${what} ${told(value)} is not a whole number below ${end}`);
}

/** @throws DataError unless a value is what follows from others. */
export function requireSame(what: string, value: unknown, expected: unknown): void {
  if (value !== expected) throw misfit(`${what} is ${told(value)}, and must be ${told(expected)}`);
}

/** The same of a number that was added up otherwise, up to rounding on the scale of what it was made of. */
export function requireNear(what: string, value: number, expected: number, scale: number): void {
  if (!(Math.abs(value - expected) <= 1e-6 * scale)) throw misfit(`${what} is ${value}, and must be about ${expected}`);
}

export function misfit(reason: string): DataError {
  return new DataError(`the checkpoint does not hold what it should: ${reason}`);
}

/** What is wrong may be told with a text of any length. */
export function shortened(sentence: string): string {
  return sentence.length > 300 ? `${sentence.slice(0, 300)}…` : sentence;
}

/** Shortened: a value may be a text or a list of any length. */
function told(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value) ?? 'undefined';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
