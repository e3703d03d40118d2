import { ConfigurationError, guard, IndexError } from '../../lib/index.ts';

export interface MarkovOptions {
  /** The size of the alphabet. */
  readonly symbols: number;
  /** How many of the latest symbols the prediction looks at; 0 by default. */
  readonly order?: number;
  /** What each symbol's count starts from, α; 1/2 by default. */
  readonly prior?: number;
}

export interface Markov {
  readonly name: string;
  /** The probability of each symbol to come next, float64. */
  predict(): Float64Array;
  /** The code length of the symbol in bits, -log2 of its probability, before it is counted; then counts it. */
  observe(symbol: number): number;
  /** How many contexts have been seen: what the memory grows with. */
  readonly contexts: number;
}

/**
 * The adaptive Markov model of a given order: what a network has to beat before it can be said to remember anything.
 *
 * In a context (the latest `order` symbols) that was followed by N symbols, n_s of them s, the next one is s with probability
 * (n_s + α) / (N + α·symbols). α = 1/2 is the estimator of Krichevsky and Trofimov, 1981, whose code length exceeds that of the best
 * fixed model by at most (symbols - 1)/2·log2(N) + log2(symbols) bits a context. The first symbols, with less than `order` before them,
 * have contexts of their own.
 * @throws ConfigurationError for sizes that are not whole, a prior that is not positive, and contexts too long to number exactly.
 */
export function markov(options: MarkovOptions): Markov {
  const { symbols, order = 0, prior = 0.5 } = guard.options('markov', options, checks, 'markov({ symbols: 256, order: 2 })');
  // A context is a number with `order` digits: 0 for no symbol yet, s + 1 for the symbol s.
  const base = symbols + 1;
  const size = base ** order;
  if (!Number.isSafeInteger(size))
    throw new ConfigurationError(
      `markov: order ${order} over ${symbols} symbols has more contexts than can be numbered; use a lower order`,
    );

  const seen = new Map<number, Counts>();
  const nothing: Counts = { of: new Float64Array(symbols), total: 0 };
  let context = 0;
  const probability = ({ of, total }: Counts, symbol: number) => (of[symbol] + prior) / (total + prior * symbols);

  return {
    name: `markov(${order})`,
    predict() {
      const counts = seen.get(context) ?? nothing;
      return Float64Array.from({ length: symbols }, (_, symbol) => probability(counts, symbol));
    },
    observe(symbol) {
      if (!Number.isInteger(symbol) || symbol < 0 || symbol >= symbols)
        throw new IndexError(`markov: ${guard.describe(symbol)} is not a symbol; use a whole number from 0 to ${symbols - 1}`);
      let counts = seen.get(context);
      if (counts === undefined) {
        counts = { of: new Float64Array(symbols), total: 0 };
        seen.set(context, counts);
      }
      const bits = -Math.log2(probability(counts, symbol));
      counts.of[symbol]++;
      counts.total++;
      // The oldest digit goes first, so that nothing exceeds `size`.
      if (order > 0) context = (context % (size / base)) * base + symbol + 1;
      return bits;
    },
    get contexts() {
      return seen.size;
    },
  };
}

const checks: guard.Checks<MarkovOptions> = {
  symbols: guard.needed(guard.whole(1, 2 ** 24)),
  order: guard.whole(0),
  prior: guard.between(Number.MIN_VALUE),
};

interface Counts {
  readonly of: Float64Array;
  total: number;
}
