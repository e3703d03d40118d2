import { requireEntries, requireLength, requireNear, requireNumbers, requireWhole } from './saved.ts';

/** The mean over all values and over the latest ones, saveable. */
export interface Tally {
  add(value: number): void;
  readonly count: number;
  /** The latest value; NaN before the first. */
  readonly last: number;
  readonly mean: number;
  /** The mean over the last `window` values, or over all if there are fewer; 0 if there are none. */
  recent(): number;
  save(): SavedTally;
}

export interface SavedTally {
  readonly count: number;
  readonly mean: number;
  /** The latest values by slot: value number i is in slot i mod window. */
  readonly latest: readonly number[];
}

/** Rounding may make a tiny loss negative. */
const least = -1e-3;
/** The square of the largest number that a network can predict. */
const most = 1e290;

export function createTally(window: number, saved: SavedTally = { count: 0, mean: 0, latest: [] }): Tally {
  requireOwn(saved, window);
  let { count, mean } = saved;
  const latest = new Float64Array(window);
  latest.set(saved.latest);
  return {
    add(value) {
      latest[count % window] = value;
      count++;
      // A sum of large values would overflow long before their mean.
      mean += (value - mean) / count;
    },
    get count() {
      return count;
    },
    get last() {
      return count === 0 ? Number.NaN : latest[(count - 1) % window];
    },
    get mean() {
      return mean;
    },
    recent() {
      // Summed anew each time: a sliding sum would keep the rounding errors of large values that left the
      // window.
      const length = Math.min(count, window);
      let total = 0;
      for (let slot = 0; slot < length; slot++) total += latest[slot] / length;
      return total;
    },
    save: () => ({ count, mean, latest: [...latest.subarray(0, Math.min(count, window))] }),
  };
}

/** @throws DataError unless non-negative scores can sum to this. */
function requireOwn(saved: SavedTally, window: number): void {
  requireEntries('a mean of scores', saved, ['count', 'mean', 'latest']);
  const { count, mean, latest } = saved;
  requireWhole('a number of scores', [count]);
  requireLength('the list of scores', latest, Math.min(count, window));
  requireNumbers('a score', [mean, ...latest], most, least);
  const total = latest.reduce((sum, score) => sum + score / Math.max(1, count), 0);
  const scale = Math.max(Math.abs(total), Math.abs(mean));
  // Scores before the latest ones can only add to the mean.
  requireNear('a mean of scores', mean, count <= window ? total : Math.max(mean, total), scale);
}
