export interface Setting {
  readonly units: number;
  readonly positive: number;
  /** T, the steps that truncated backpropagation looks back. */
  readonly window: number;
  readonly rate: number;
}

/** RTRL, UORO, and TBPTT twice: a block of T steps at a time, and the last T steps at every step. */
export const racers = ['rtrl', 'uoro', 'blocks', 'window'] as const;
export type Racer = (typeof racers)[number];

/** A racer whose loss is beyond this is out. */
export const tooMuch = 1e12;
/** A loss below this counts as converged. */
export const converged = 1e-10;
/** The steps after which a race is over. */
export const raceLength = 300_000;
/** The longest truncation. */
export const longest = 240;

/** The derivatives that truncation sees, as shares of the true one, by the number of steps from 1 on. */
export interface Shares {
  /** Through the last k steps: TBPTT at every step. */
  readonly window: readonly number[];
  /** The mean over the steps of a block of k: TBPTT a block at a time. */
  readonly blocks: readonly number[];
}

/** The number of steps from which on the sign is right; undefined if it is not within the list. */
export function rightFrom(shares: readonly number[]): number | undefined {
  const lastWrong = shares.findLastIndex((share) => share <= 0);
  return lastWrong + 1 < shares.length ? lastWrong + 2 : undefined;
}
