import { requireEntries, requireNumbers, requireWhole } from '../evaluation/saved.ts';

/** The running mean and variance of one column, with which its values are brought to a common scale. */
export interface Normalizer {
  /** Counts a value in, as one that is `clip` deviations off if it is further off. */
  add(value: number): void;
  readonly count: number;
  readonly mean: number;
  /** The standard deviation; 1 as long as all values were the same. */
  readonly deviation: number;
  /** (value - mean) / deviation, within ±`clip`. */
  normalize(value: number): number;
  denormalize(value: number): number;
  save(): SavedNormalizer;
}

export interface SavedNormalizer {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** One value that is far off must not undo what was learnt from all others, nor move the scale of all that follow. */
export const clip = 10;
/** How many values are taken as they come, for there is no scale yet to judge them by. */
export const trusted = 20;

/**
 * By Welford's recurrence (1962), which does not lose the variance of values that are large and near to each other. Each value that is
 * far off makes the scale larger by a factor, so that a new level is followed all the same: one of 1,000 deviations, after n other values,
 * within n/8 of the new ones, and one of 1,000,000 within n/3.
 */
export function createNormalizer(saved: SavedNormalizer = { count: 0, mean: 0, squares: 0 }): Normalizer {
  requireOwn(saved);
  let { count, mean, squares } = saved;
  const deviation = () => {
    const value = Math.sqrt(squares / count);
    return value > 0 ? value : 1;
  };
  return {
    add(value) {
      const counted = count < trusted ? value : within(value, mean, clip * deviation());
      count++;
      const before = counted - mean;
      mean += before / count;
      squares += before * (counted - mean);
    },
    get count() {
      return count;
    },
    get mean() {
      return mean;
    },
    get deviation() {
      return deviation();
    },
    normalize: (value) => scaled(value, mean, deviation()),
    denormalize: (value) => mean + deviation() * value,
    save: () => ({ count, mean, squares }),
  };
}

/** @throws DataError unless values come to this. */
function requireOwn(saved: SavedNormalizer): void {
  requireEntries('the scale of a column', saved, ['count', 'mean', 'squares']);
  const { count, mean, squares } = saved;
  requireWhole('a number of values', [count]);
  requireNumbers('a mean', [mean], count === 0 ? 0 : 1e100);
  requireNumbers('a sum of squares', [squares], count < 2 ? 0 : 1e240, 0);
}

/** A value on a scale, within ±`clip`. */
export function scaled(value: number, mean: number, deviation: number): number {
  return within((value - mean) / deviation, 0, clip);
}

function within(value: number, middle: number, most: number): number {
  return Math.max(middle - most, Math.min(middle + most, value));
}

/** The running size of changes, with which they are brought to a common scale; a change of zero stays zero. */
export interface Scale {
  /** Counts a change in, as one of ±`clip` sizes if it is larger. */
  add(change: number): void;
  /** The root of the mean square; 0 as long as nothing has changed. */
  readonly size: number;
  /** change / size, within ±`clip`; 0 as long as there is no size. */
  scaled(change: number): number;
  save(): SavedScale;
}

export interface SavedScale {
  readonly count: number;
  /** The mean of the squares. */
  readonly square: number;
}

/** The first `trusted` changes, and those before which nothing had changed, are taken as they come: nothing tells how large they should be. */
export function createScale(saved: SavedScale = { count: 0, square: 0 }): Scale {
  let { count, square } = saved;
  requireWhole('a number of changes', [count]);
  requireNumbers('a square of changes', [square], count === 0 ? 0 : 1e201, 0);
  const within = (change: number, most: number) => Math.max(-most, Math.min(most, change));
  return {
    add(change) {
      const counted = count < trusted || square === 0 ? change : within(change, clip * Math.sqrt(square));
      count++;
      square += (counted ** 2 - square) / count;
    },
    get size() {
      return Math.sqrt(square);
    },
    scaled: (change) => (square === 0 ? 0 : within(change / Math.sqrt(square), clip)),
    save: () => ({ count, square }),
  };
}
