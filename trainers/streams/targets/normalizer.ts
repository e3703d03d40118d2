import { requireEntries, requireNumbers, requireWhole } from '../../evaluation/saved.ts';

/** The running mean and variance of a column, by which its values are scaled. */
export interface Normalizer {
  /** Adds a value, limited to `clip` deviations. */
  add(value: number): void;
  readonly count: number;
  readonly mean: number;
  /** The standard deviation; 1 while all values are equal. */
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

/** An outlier must neither undo what was learnt from other values, nor shift the scale for all later ones. */
export const clip = 10;
/** The first values are not limited, as there is no scale yet. */
export const trusted = 20;

/**
 * Uses Welford's recurrence (1962), which keeps the variance of large values that are close together. Each
 * outlier widens the scale by a factor, so a new level is followed all the same: one 1,000 deviations away,
 * after n values, within n/8 new ones, and one 1,000,000 away within n/3.
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

/** @throws DataError unless values can lead to this. */
function requireOwn(saved: SavedNormalizer): void {
  requireEntries('the scale of a column', saved, ['count', 'mean', 'squares']);
  const { count, mean, squares } = saved;
  requireWhole('a number of values', [count]);
  requireNumbers('a mean', [mean], count === 0 ? 0 : 1e100);
  requireNumbers('a sum of squares', [squares], count < 2 ? 0 : 1e240, 0);
}

/** A value on a scale, within ±`clip`. */
function scaled(value: number, mean: number, deviation: number): number {
  return within((value - mean) / deviation, 0, clip);
}

function within(value: number, middle: number, most: number): number {
  return Math.max(middle - most, Math.min(middle + most, value));
}

/** The running size of changes, by which they are scaled; a zero change stays zero. */
export interface Scale {
  /** Adds a change, limited to ±`clip` sizes. */
  add(change: number): void;
  /** The root mean square; 0 until something has changed. */
  readonly size: number;
  /** change / size, within ±`clip`; 0 while there is no size. */
  scaled(change: number): number;
  save(): SavedScale;
}

export interface SavedScale {
  readonly count: number;
  /** The mean square. */
  readonly square: number;
}

/**
 * The first `trusted` changes, and any after only zero changes, are not limited, as there is no size to
 * compare them with.
 */
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
