import { requireWhole } from './saved.ts';

/** An adaptive model of order k of a stream that does not end: it takes a bounded memory, and can be saved. */
export interface CountModel {
  /** The bits that the symbol takes, -log2 of its probability, before it is counted. */
  observe(symbol: number): number;
  save(): SavedCounts;
}

export interface SavedCounts {
  readonly context: number;
  /** Pairs of a context with a symbol, as one number, and how often each came. */
  readonly pairs: readonly (readonly [pair: number, count: number])[];
}

/** How many pairs of a context and a symbol are counted; English prose has about 15,000 of order 2. */
export const mostPairs = 2 ** 18;

/**
 * In a context (the latest `order` symbols) that was followed by N symbols, n of them s, the next one is s with probability
 * (n + 1/2) / (N + symbols/2): Krichevsky and Trofimov, 1981. When `mostPairs` have been seen, new pairs are no longer counted; the
 * probabilities of a context still add up to one.
 */
export function createCounts(symbols: number, order: number, saved: SavedCounts = { context: 0, pairs: [] }): CountModel {
  let { context } = saved;
  const size = (symbols + 1) ** order;
  requireWhole('a context', [context], size);
  const pairs = new Map<number, number>();
  const totals = new Map<number, number>();
  const countIn = (pair: number, count: number) => {
    pairs.set(pair, (pairs.get(pair) ?? 0) + count);
    const whole = Math.floor(pair / symbols);
    totals.set(whole, (totals.get(whole) ?? 0) + count);
  };
  for (const [pair, count] of saved.pairs) {
    requireWhole('a pair', [pair], size * symbols);
    requireWhole('a count', [count]);
    countIn(pair, count);
  }
  return {
    observe(symbol) {
      const pair = context * symbols + symbol;
      const bits = -Math.log2(((pairs.get(pair) ?? 0) + 0.5) / ((totals.get(context) ?? 0) + symbols / 2));
      if (pairs.has(pair) || pairs.size < mostPairs) countIn(pair, 1);
      // A context is a number with `order` digits: 0 for no symbol yet, s + 1 for the symbol s. The oldest digit goes first.
      if (order > 0) context = (context % (size / (symbols + 1))) * (symbols + 1) + symbol + 1;
      return bits;
    },
    save: () => ({ context, pairs: [...pairs] }),
  };
}
