import { requireLength, requireSame } from './saved.ts';
import { createTally, type SavedTally, type Tally } from './tally.ts';

/** The scores of the network and of the simple models, on the same records. */
export interface Scores {
  /** Adds the scores of one step, in the order of the names. */
  add(scores: ArrayLike<number>): void;
  readonly count: number;
  /** Per name, the mean over all scores and over the recent ones. */
  figures(): Record<string, Figures>;
  save(): readonly SavedTally[];
}

/** The unit of scores: bits for categories, squared errors for numbers. */
export type Unit = 'bits' | 'squared error';

export interface Figures {
  readonly mean: number;
  readonly recent: number;
}

export function createScores(
  names: readonly string[],
  window: number,
  saved?: readonly SavedTally[],
): Scores {
  if (saved !== undefined) requireLength('the list of scores', saved, names.length);
  const tallies: readonly Tally[] = names.map((_, i) => createTally(window, saved?.[i]));
  for (const { count } of tallies) requireSame('a number of scores', count, tallies[0].count);
  return {
    add(scores) {
      for (let i = 0; i < tallies.length; i++) tallies[i].add(scores[i]);
    },
    get count() {
      return tallies[0].count;
    },
    figures: () =>
      Object.fromEntries(
        names.map((name, i) => [name, { mean: tallies[i].mean, recent: tallies[i].recent() }]),
      ),
    save: () => tallies.map((tally) => tally.save()),
  };
}
