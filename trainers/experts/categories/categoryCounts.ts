import { misfit, requireWhole } from '../../evaluation/saved.ts';
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
/** β: the shorter context counts as three more records. */
const prior = 3;

/**
 * Counts which category followed the latest `order` ones, and fewer of them:
 *
 *     P_k(c) = (n_c + β P_(k-1)(c)) / (N + β),   P_(-1) uniform
 *
 * the mean of Dirichlet priors around the shorter context's distribution (MacKay and Bauman Peto, "A
 * hierarchical Dirichlet language model", 1995).
 */
export function categoryCounts(categories: number, order: number): CategoryExpert<Counts> {
  /** Of no category, of the latest, of the two latest … , each numbered apart from the shorter ones. */
  const contextsOf = (latest: readonly number[]) => {
    const contexts = [0];
    let context = 0;
    let first = 0;
    for (let i = 0, size = 1; i < order; i++) {
      first += size;
      context += size * (i < latest.length ? latest[i] + 1 : 0);
      size *= categories + 1;
      contexts.push(first + context);
    }
    return contexts;
  };
  return {
    name: `order-${order}`,
    init: () => ({ pairs: {}, totals: {}, size: 0 }),
    predict({ pairs, totals }, { latest }) {
      const p = new Array<number>(categories).fill(1 / categories);
      for (const context of contextsOf(latest)) {
        const whole = (totals[context] ?? 0) + prior;
        for (let c = 0; c < categories; c++)
          p[c] = ((pairs[context * categories + c] ?? 0) + prior * p[c]) / whole;
      }
      return p;
    },
    update(state, { latest }, category) {
      for (const context of contextsOf(latest)) {
        const pair = context * categories + category;
        const before = state.pairs[pair];
        if (before === undefined) {
          if (state.size >= mostPairs) continue;
          state.size++;
        }
        state.pairs[pair] = (before ?? 0) + 1;
        state.totals[context] = (state.totals[context] ?? 0) + 1;
      }
      return state;
    },
    check({ pairs, totals, size }) {
      const entries = Object.entries(pairs);
      let most = 0;
      for (let i = 0; i <= order; i++) most += categories * (categories + 1) ** i;
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
