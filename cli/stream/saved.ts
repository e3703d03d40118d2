import { DataError } from '../../lib/index.ts';

/**
 * A checkpoint that is whole need not be one that a run wrote: numbers that are none would spread without a word.
 * @throws DataError unless all values are numbers within ±`most`.
 */
export function requireNumbers(what: string, values: readonly unknown[], most = 1e100): void {
  for (const value of values)
    if (typeof value !== 'number' || !(Math.abs(value) <= most)) throw misfit(`${what} ${JSON.stringify(value)} is not a number`);
}

/** @throws DataError unless all values are whole numbers from 0 to below `end`. */
export function requireWhole(what: string, values: readonly unknown[], end = Number.MAX_SAFE_INTEGER): void {
  for (const value of values)
    if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) >= end)
      throw misfit(`${what} ${JSON.stringify(value)} is not a whole number below ${end}`);
}

/** @throws DataError unless there are so many. */
export function requireLength(what: string, values: ArrayLike<unknown>, length: number): void {
  if (values.length !== length) throw misfit(`${what} has ${values.length} entries, not ${length}`);
}

export function misfit(reason: string): DataError {
  return new DataError(`the checkpoint does not hold what it should: ${reason}`);
}
