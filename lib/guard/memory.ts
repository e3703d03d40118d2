import { type NorewindError, ShapeError } from '../errors.ts';

/**
 * The most that one tensor, a learner's parameters or an estimator's influence may take: a plan has 32-bit
 * addresses.
 */
export const mostBytes = 2 ** 32;

/**
 * Refuses what cannot fit before allocating any of it: a machine out of memory kills the process without a
 * message.
 * @param what what takes the bytes, as in "parameters of shape [3,4]". @param remedy what to do about it.
 */
export function memory(
  who: string,
  what: string,
  bytes: number,
  remedy?: string,
  Refusal: new (message: string) => NorewindError = ShapeError,
): void {
  if (bytes <= mostBytes) return;
  throw new Refusal(
    `${who}: ${what} take ${mebibytes(bytes)} MiB, and ${mebibytes(mostBytes)} MiB is the most${remedy === undefined ? '' : `; ${remedy}`}`,
  );
}

/** Bytes in MiB, rounded up, with thousands separators: `4,096`. */
export function mebibytes(bytes: number): string {
  const rounded = Math.ceil(bytes / 2 ** 20);
  return rounded < 1e15 ? rounded.toLocaleString('en-US') : rounded.toExponential(1);
}
