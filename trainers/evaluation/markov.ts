import { ConfigurationError, guard, IndexError } from '../../lib/index.ts';
import { contextAfter, countPairs } from './counts.ts';

export interface MarkovOptions {
  /** The size of the alphabet. */
  readonly symbols: number;
  /** How many of the latest symbols the prediction depends on. Default 0. */
  readonly order?: number;
  /** α, the initial count of each symbol. Default 1/2. */
  readonly prior?: number;
}

export interface Markov {
  readonly name: string;
  /** The probability of each symbol to come next, float64. */
  predict(): Float64Array;
  /** Returns the code length of the symbol in bits, -log2 of its probability; then counts it. */
  observe(symbol: number): number;
  /** The number of contexts seen, which determines the memory. */
  readonly contexts: number;
}

/**
 * The adaptive Markov model of a given order. A network that does not beat it has learnt nothing from further
 * back.
 *
 * In a context (the latest `order` symbols) that was followed by N symbols, n_s of them s, the probability of
 * s is (n_s + α) / (N + α·symbols). α = 1/2 is the estimator of Krichevsky and Trofimov, 1981, whose code
 * length exceeds that of the best fixed model by at most (symbols - 1)/2·log2(N) + log2(symbols) bits per
 * context. The first symbols, with fewer than `order` before them, have their own contexts.
 * @throws ConfigurationError for sizes that are not whole, a prior that is not positive, and contexts too
 * long to number exactly.
 */
export function markov(options: MarkovOptions): Markov {
  const {
    symbols,
    order = 0,
    prior = 0.5,
  } = guard.options('markov', options, checks, 'markov({ symbols: 256, order: 2 })');
  if (!Number.isSafeInteger((symbols + 1) ** order))
    throw new ConfigurationError(
      `markov: order ${order} over ${symbols} symbols has more contexts than can be numbered; use a lower order`,
    );
  const counts = countPairs(symbols, prior, Number.POSITIVE_INFINITY);
  /** Contexts numbered by first appearance: the number of a pair must be exact too. */
  const numbers = new Map<number, number>();
  const unseen = -1;
  let context = 0;
  return {
    name: `markov(${order})`,
    predict() {
      const number = numbers.get(context) ?? unseen;
      return Float64Array.from({ length: symbols }, (_, symbol) => counts.probability(number, symbol));
    },
    observe(symbol) {
      if (!Number.isInteger(symbol) || symbol < 0 || symbol >= symbols)
        throw new IndexError(
          `markov: ${guard.describe(symbol)} is not a symbol; use a whole number from 0 to ${symbols - 1}`,
        );
      const number = numbers.get(context) ?? numbers.size;
      numbers.set(context, number);
      const bits = -Math.log2(counts.probability(number, symbol));
      counts.add(number, symbol);
      context = contextAfter(context, symbol, symbols, order);
      return bits;
    },
    get contexts() {
      return counts.contexts;
    },
  };
}

const checks: guard.Checks<MarkovOptions> = {
  symbols: guard.needed(guard.whole(1, 2 ** 24)),
  order: guard.whole(0),
  prior: guard.between(Number.MIN_VALUE),
};
