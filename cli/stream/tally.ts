import { requireLength, requireNumbers, requireWhole } from './saved.ts';

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

export function createTally(window: number, saved: SavedTally = { count: 0, mean: 0, latest: [] }): Tally {
  let { count, mean } = saved;
  requireWhole('a number of scores', [count]);
  requireNumbers('a score', [mean, ...saved.latest], Number.MAX_VALUE);
  requireLength('the list of scores', saved.latest, Math.min(count, window));
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
