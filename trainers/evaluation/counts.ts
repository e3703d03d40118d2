import { misfit, requireEntries, requireLength, requireSame, requireWhole } from './saved.ts';

/** The most pairs of a context and a symbol that are counted. English prose has about 15,000 of order 2. */
export const mostPairs = 2 ** 18;

/** How often each symbol followed each context. */
interface Counts {
  /** The count of each pair, keyed by context·symbols + symbol. */
  readonly pairs: ReadonlyMap<number, number>;
  /** The number of contexts seen. */
  readonly contexts: number;
  /**
   * The probability that a symbol follows a context that was followed by N symbols, n of them this one: (n +
   * α) / (N + α·symbols). α = 1/2 is the estimator of Krichevsky and Trofimov, 1981.
   */
  probability(context: number, symbol: number): number;
  /**
   * Counts a pair. Beyond `most` pairs, new ones are not counted; the probabilities of a context still sum to
   * 1.
   */
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
 * The context after one more symbol. A context is a number with `order` digits, oldest first: 0 for no symbol
 * yet, s + 1 for symbol s.
 */
export function contextAfter(context: number, symbol: number, symbols: number, order: number): number {
  return order === 0 ? 0 : (context % (symbols + 1) ** (order - 1)) * (symbols + 1) + symbol + 1;
}

/** An adaptive model of order k for an endless stream: of bounded memory, and saveable. */
interface CountModel {
  /** The bits of the symbol, -log2 of its probability, before it is counted. */
  observe(symbol: number): number;
  save(): SavedCounts;
}

export interface SavedCounts {
  readonly context: number;
  /** The pairs and their counts, in order of first appearance. */
  readonly pairs: readonly (readonly [pair: number, count: number])[];
}

/** Predicts from the latest `order` symbols. */
export function createCounts(
  symbols: number,
  order: number,
  saved: SavedCounts = { context: 0, pairs: [] },
): CountModel {
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
 * @param observed the number of symbols they have seen.
 * @throws DataError unless they have counted the same symbols.
 */
export function requireCounts(symbols: number, saved: readonly SavedCounts[], observed: number): void {
  requireLength('the list of models', saved, 3);
  let below: ReadonlyMap<number, number> | undefined;
  for (const [order, model] of saved.entries()) {
    const counts = countsOf(symbols, order, model, observed);
    const before = saved[order - 1];
    // A context of two symbols contains the context of one.
    if (before !== undefined)
      requireSame('a context', model.context % (symbols + 1) ** (order - 1), before.context);
    if (below !== undefined && counts.size < mostPairs) requireMarginal(symbols, order, counts, below);
    below = counts;
  }
}

/** The count of each pair. */
function countsOf(
  symbols: number,
  order: number,
  model: SavedCounts,
  observed: number,
): ReadonlyMap<number, number> {
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
  // If the table is full, new pairs were not counted.
  requireSame('a number of symbols', counts.size < mostPairs ? total : Math.max(total, observed), observed);
  return counts;
}

/**
 * Checks that the counts of an order, summed over the oldest symbol of each context, equal those of the order
 * below.
 */
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

/** The names of a symbol's scores, the network's own first. */
export const symbolScores = ['network', ...orders.map((order) => `order-${order} model`)];

/** Adaptive models of order 0, 1 and 2. */
export interface CountModels {
  /**
   * The bits of a symbol under the network and each model, before the models count it. Returns the same array
   * each time.
   */
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
