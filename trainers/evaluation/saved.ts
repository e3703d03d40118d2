import { DataError } from '../../lib/index.ts';

// A checkpoint with a valid checksum can still hold values that no run wrote. Check them before use: an
// unchecked NaN would spread silently, and a size that is too large would exhaust the memory.

/** @throws DataError unless the value is an object with exactly these entries. */
export function requireEntries(
  what: string,
  value: unknown,
  needed: readonly string[],
  optional: readonly string[] = [],
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw misfit(`${what} is ${told(value)}, not an object`);
  for (const key of needed) if (!Object.hasOwn(value, key)) throw misfit(`${what} has no ${key}`);
  for (const key of Object.keys(value))
    if (!needed.includes(key) && !optional.includes(key))
      throw misfit(`${what} has an entry ${told(key)}, which is none of its own`);
}

/** @throws DataError unless the value is a list of this length, or of `least` to `most` entries. */
export function requireLength(what: string, value: unknown, least: number, most = least): void {
  if (!Array.isArray(value)) throw misfit(`${what} is ${told(value)}, not a list`);
  if (value.length >= least && value.length <= most) return;
  throw misfit(`${what} has ${value.length} entries, not ${least === most ? least : `${least} to ${most}`}`);
}

/** @throws DataError unless all values are numbers from `least` to `most`. */
export function requireNumbers(what: string, values: Iterable<unknown>, most = 1e100, least = -most): void {
  for (const value of values)
    if (typeof value !== 'number') throw misfit(`${what} ${told(value)} is not a number`);
    else if (!(value >= least && value <= most))
      throw misfit(`${what} ${told(value)} is not a number from ${least} to ${most}`);
}

/** @throws DataError unless all values are whole numbers from 0 to below `end`. */
export function requireWhole(what: string, values: readonly unknown[], end = Number.MAX_SAFE_INTEGER): void {
  for (const value of values)
    if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) >= end)
      throw misfit(`${what} ${told(value)} is not a whole number below ${end}`);
}

/** @throws DataError unless the value equals the expected one. */
export function requireSame(what: string, value: unknown, expected: unknown): void {
  if (value !== expected) throw misfit(`${what} is ${told(value)}, and must be ${told(expected)}`);
}

/** Like requireSame, up to rounding relative to `scale`: the expected number was summed in another order. */
export function requireNear(what: string, value: number, expected: number, scale: number): void {
  if (!(Math.abs(value - expected) <= 1e-6 * scale))
    throw misfit(`${what} is ${value}, and must be about ${expected}`);
}

export function misfit(reason: string): DataError {
  return new DataError(`the checkpoint does not hold what it should: ${reason}`);
}

/** Shortens an error, which may quote a text of any length. */
export function shortened(sentence: string): string {
  return sentence.length > 300 ? `${sentence.slice(0, 300)}…` : sentence;
}

/** Abbreviates a value, which may be a text or a list of any length. */
function told(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value) ?? 'undefined';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
