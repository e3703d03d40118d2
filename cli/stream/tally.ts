import { requireEntries, requireLength, requireNear, requireNumbers, requireWhole } from './saved.ts';

/** The mean of all scores and of the recent ones, in a form that can be saved. */
export interface Tally {
  add(score: number): void;
  readonly count: number;
  readonly mean: number;
  /** The mean of the last scores, of all as long as there are fewer than the window holds; 0 of none. */
  recent(): number;
  save(): SavedTally;
}

export interface SavedTally {
  readonly count: number;
  readonly mean: number;
  /** In the order of the slots, which the count says the latest of. */
  readonly latest: readonly number[];
}

/** Rounding may make a loss of next to nothing negative. */
const least = -1e-3;
/** The square of what a network can say of a number. */
const most = 1e290;

export function createTally(window: number, saved: SavedTally = { count: 0, mean: 0, latest: [] }): Tally {
  requireOwn(saved, window);
  let { count, mean } = saved;
  const latest = Float64Array.from({ length: window }, (_, slot) => saved.latest[slot] ?? 0);
  return {
    add(score) {
      latest[count % window] = score;
      count++;
      mean += (score - mean) / count;
    },
    get count() {
      return count;
    },
    get mean() {
      return mean;
    },
    recent() {
      // Added up anew: a sliding sum would keep the rounding errors of large scores after they have left.
      const length = Math.min(count, window);
      let total = 0;
      for (let slot = 0; slot < length; slot++) total += latest[slot] / length;
      return total;
    },
    save: () => ({ count, mean, latest: [...latest.subarray(0, Math.min(count, window))] }),
  };
}

/** @throws DataError unless scores that are not negative come to this. */
function requireOwn(saved: SavedTally, window: number): void {
  requireEntries('a mean of scores', saved, ['count', 'mean', 'latest']);
  const { count, mean, latest } = saved;
  requireWhole('a number of scores', [count]);
  requireLength('the list of scores', latest, Math.min(count, window));
  requireNumbers('a score', [mean, ...latest], most, least);
  const total = latest.reduce((sum, score) => sum + score / Math.max(1, count), 0);
  const scale = Math.max(Math.abs(total), Math.abs(mean));
  // Those before the latest can only add to it.
  requireNear('a mean of scores', mean, count <= window ? total : Math.max(mean, total), scale);
}
