import { misfit, requireWhole } from '../evaluation/saved.ts';
import type { CategoryExpert } from './categoryQuestion.ts';

/** How often each category followed each context. */
interface Counts {
  /** By context·categories + category. */
  readonly pairs: Record<string, number>;
  /** By context: the sum of its pairs. */
  readonly totals: Record<string, number>;
  /** The number of pairs. */
  size: number;
}

/** The most pairs of a context and a category that are counted; beyond them, only known pairs are. */
export const mostPairs = 2 ** 16;
/** α of Krichevsky and Trofimov, 1981. */
const prior = 0.5;

/**
 * Counts which category followed the latest `order` ones: P(c) = (n_c + α) / (N + α C), the estimator of
 * Krichevsky and Trofimov, 1981.
 */
export function categoryCounts(categories: number, order: number): CategoryExpert<Counts> {
  const contextOf = (latest: readonly number[]) => {
    let context = 0;
    for (let i = order - 1; i >= 0; i--)
      context = context * (categories + 1) + (i < latest.length ? latest[i] + 1 : 0);
    return context;
  };
  return {
    name: `order-${order}`,
    init: () => ({ pairs: {}, totals: {}, size: 0 }),
    predict({ pairs, totals }, { latest }) {
      const context = contextOf(latest);
      const whole = (totals[context] ?? 0) + prior * categories;
      return Array.from(
        { length: categories },
        (_, category) => ((pairs[context * categories + category] ?? 0) + prior) / whole,
      );
    },
    update(state, { latest }, category) {
      const context = contextOf(latest);
      const pair = context * categories + category;
      const before = state.pairs[pair];
      if (before === undefined) {
        if (state.size >= mostPairs) return state;
        state.size++;
      }
      state.pairs[pair] = (before ?? 0) + 1;
      state.totals[context] = (state.totals[context] ?? 0) + 1;
      return state;
    },
    check({ pairs, totals, size }) {
      const entries = Object.entries(pairs);
      const most = categories * (categories + 1) ** order;
      const sums = new Map<number, number>();
      for (const [key, times] of entries) {
        const pair = Number(key);
        requireWhole('a pair', [pair], most);
        requireWhole('a count', [times]);
        if (times === 0) throw misfit('a pair has come never');
        const context = Math.floor(pair / categories);
        sums.set(context, (sums.get(context) ?? 0) + times);
      }
      requireWhole('a number of pairs', [size], mostPairs + 1);
      const isSame =
        Object.keys(totals).length === sums.size && [...sums].every(([key, sum]) => totals[key] === sum);
      if (size !== entries.length || !isSame)
        throw misfit('the counts of a context are not those of its pairs');
    },
  };
}
