import { type CountModel, createCounts, type SavedCounts } from './counts.ts';
import { requireLength, requireSame } from './saved.ts';
import { createTally, type SavedTally, type Tally } from './tally.ts';

/** What predictions are judged by: theirs, and those of models that take no effort, on the same steps. */
export interface Scores {
  /** Scores of one step, in the order of the names. */
  add(scores: ArrayLike<number>): void;
  readonly count: number;
  /** For each name, the mean of all scores and of the recent ones. */
  figures(): Record<string, Figures>;
  save(): readonly SavedTally[];
}

/** What scores are in: bits for categories, squared errors for numbers. */
export type Unit = 'bits' | 'squared error';

export interface Figures {
  readonly mean: number;
  readonly recent: number;
}

export function createScores(names: readonly string[], window: number, saved?: readonly SavedTally[]): Scores {
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
    figures: () => Object.fromEntries(names.map((name, i) => [name, { mean: tallies[i].mean, recent: tallies[i].recent() }])),
    save: () => tallies.map((tally) => tally.save()),
  };
}

const orders = [0, 1, 2];

/** The names of the scores of symbols, the first one being the network's own. */
export const symbolScores = ['network', ...orders.map((order) => `order-${order} model`)];

/** Adaptive models of order 0, 1 and 2. */
export interface CountModels {
  /** The bits that each model and the network takes for a symbol, before the models count it; the same list each time. */
  observe(symbol: number, bits: number): Float64Array;
  save(): readonly SavedCounts[];
}

export function createCountModels(symbols: number, saved?: readonly SavedCounts[]): CountModels {
  const models: readonly CountModel[] = orders.map((order) => createCounts(symbols, order, saved?.[order]));
  const scores = new Float64Array(symbolScores.length);
  return {
    observe(symbol, bits) {
      scores[0] = bits;
      for (let i = 0; i < models.length; i++) scores[i + 1] = models[i].observe(symbol);
      return scores;
    },
    save: () => models.map((model) => model.save()),
  };
}
