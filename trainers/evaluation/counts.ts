import { misfit, requireEntries, requireLength, requireSame, requireWhole } from './saved.ts';

/** How many pairs of a context and a symbol are counted; English prose has about 15,000 of order 2. */
export const mostPairs = 2 ** 18;

/** How often each symbol followed each context. */
interface Counts {
  /** Pairs of a context with a symbol, as the number context·symbols + symbol, and how often each came. */
  readonly pairs: ReadonlyMap<number, number>;
  /** How many contexts have been seen. */
  readonly contexts: number;
  /**
   * The probability that a symbol follows a context which was followed by N symbols, n of them this one: (n + α) / (N + α·symbols).
   * α = 1/2 is the estimator of Krichevsky and Trofimov, 1981.
   */
  probability(context: number, symbol: number): number;
  /** Counts a pair. Once `most` pairs have been seen, new ones are no longer counted; the probabilities of a context still sum to 1. */
  add(context: number, symbol: number, times?: number): void;
}

export function countPairs(symbols: number, prior: number, most: number): Counts {
  const pairs = new Map<number, number>();
  const totals = new Map<number, number>();
  return {
    pairs,
    get contexts() {
      return totals.size;
    },
    probability: (context, symbol) =>
      ((pairs.get(context * symbols + symbol) ?? 0) + prior) / ((totals.get(context) ?? 0) + prior * symbols),
    add(context, symbol, times = 1) {
      const pair = context * symbols + symbol;
      const before = pairs.get(pair);
      if (before === undefined && pairs.size >= most) return;
      pairs.set(pair, (before ?? 0) + times);
      totals.set(context, (totals.get(context) ?? 0) + times);
    },
  };
}

/**
 * The context after one more symbol. A context is a number with `order` digits, the oldest first: 0 for no symbol yet, s + 1 for the
 * symbol s.
 */
export function contextAfter(context: number, symbol: number, symbols: number, order: number): number {
  return order === 0 ? 0 : (context % (symbols + 1) ** (order - 1)) * (symbols + 1) + symbol + 1;
}

/** An adaptive model of order k of an endless stream: its memory is bounded, and it can be saved. */
interface CountModel {
  /** The bits that the symbol takes, -log2 of its probability, before it is counted. */
  observe(symbol: number): number;
  save(): SavedCounts;
}

export interface SavedCounts {
  readonly context: number;
  /** The pairs, in the order in which they first came, and how often each came. */
  readonly pairs: readonly (readonly [pair: number, count: number])[];
}

/** Predicts from the latest `order` symbols. */
export function createCounts(symbols: number, order: number, saved: SavedCounts = { context: 0, pairs: [] }): CountModel {
  let { context } = saved;
  const size = (symbols + 1) ** order;
  requireWhole('a context', [context], size);
  const counts = countPairs(symbols, 0.5, mostPairs);
  for (const [pair, count] of saved.pairs) {
    requireWhole('a pair', [pair], size * symbols);
    requireWhole('a count', [count]);
    counts.add(Math.floor(pair / symbols), pair % symbols, count);
  }
  return {
    observe(symbol) {
      const bits = -Math.log2(counts.probability(context, symbol));
      counts.add(context, symbol);
      context = contextAfter(context, symbol, symbols, order);
      return bits;
    },
    save: () => ({ context, pairs: [...counts.pairs] }),
  };
}

/**
 * @param saved models of order 0, 1 and so on.
 * @param observed how many symbols they have seen.
 * @throws DataError unless they have counted the same symbols.
 */
export function requireCounts(symbols: number, saved: readonly SavedCounts[], observed: number): void {
  requireLength('the list of models', saved, 3);
  let below: ReadonlyMap<number, number> | undefined;
  for (const [order, model] of saved.entries()) {
    const counts = countsOf(symbols, order, model, observed);
    const before = saved[order - 1];
    // What came after the latest two symbols came after the latest one.
    if (before !== undefined) requireSame('a context', model.context % (symbols + 1) ** (order - 1), before.context);
    if (below !== undefined && counts.size < mostPairs) requireMarginal(symbols, order, counts, below);
    below = counts;
  }
}

/** How often each pair came. */
function countsOf(symbols: number, order: number, model: SavedCounts, observed: number): ReadonlyMap<number, number> {
  requireEntries('a model of order k', model, ['context', 'pairs']);
  const size = (symbols + 1) ** order;
  requireWhole('a context', [model.context], size);
  requireLength('the list of pairs', model.pairs, 0, mostPairs);
  const counts = new Map<number, number>();
  let total = 0;
  for (const pair of model.pairs) {
    requireLength('a pair', pair, 2);
    const [which, count] = pair;
    requireWhole('a pair', [which], size * symbols);
    requireWhole('a count', [count]);
    if (count === 0 || counts.has(which)) throw misfit('a pair has come never, or is there twice');
    counts.set(which, count);
    total += count;
  }
  // When there is no more room, new pairs are not counted.
  requireSame('a number of symbols', counts.size < mostPairs ? total : Math.max(total, observed), observed);
  return counts;
}

/** That the counts of an order, added up over the oldest symbol of its contexts, are those of the order below. */
function requireMarginal(
  symbols: number,
  order: number,
  counts: ReadonlyMap<number, number>,
  below: ReadonlyMap<number, number>,
): void {
  const contexts = (symbols + 1) ** (order - 1);
  const sums = new Map<number, number>();
  for (const [pair, count] of counts) {
    const lower = (Math.floor(pair / symbols) % contexts) * symbols + (pair % symbols);
    sums.set(lower, (sums.get(lower) ?? 0) + count);
  }
  requireSame('a number of pairs', sums.size, below.size);
  for (const [pair, count] of below) requireSame('a count', sums.get(pair), count);
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
  const models = orders.map((order) => createCounts(symbols, order, saved?.[order]));
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
