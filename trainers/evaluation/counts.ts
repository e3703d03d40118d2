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
