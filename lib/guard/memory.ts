import { type NorewindError, ShapeError } from '../errors.ts';

/** The most that one tensor, one learner's parameters or what an estimator carries may take: what 32-bit addresses of a plan reach. */
export const mostBytes = 2 ** 32;

/**
 * Refuses what cannot fit before any of it is allocated: a machine that runs out of memory kills the process without a word.
 * @param what takes the bytes, as in "parameters of shape [3,4]". @param remedy what to do, for the end of the sentence.
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

/** Bytes in MiB, rounded up, with commas: `4,096`. */
export function mebibytes(bytes: number): string {
  const rounded = Math.ceil(bytes / 2 ** 20);
  return rounded < 1e15 ? rounded.toLocaleString('en-US') : rounded.toExponential(1);
}
