import { guard, type Noise, seeded } from '../../lib/index.ts';
import { seeds, whole } from './options.ts';
import { nextSymbol, readings, type Surprisal, type SymbolTask } from './task.ts';

export interface AnbnOptions {
  /** The fewest letters in a run. Default and minimum 1. */
  readonly min?: number;
  /** The most letters in a run. Default 32. */
  readonly max?: number;
  readonly seed?: number;
}

export const anbnOptions = {
  min: guard.setting(guard.count, 'the fewest letters in a run'),
  max: guard.setting(guard.count, 'the most letters in a run'),
  seed: seeds,
} satisfies guard.Checks<AnbnOptions>;

export interface AnbnTask extends SymbolTask {
  readonly settings: { readonly min: number; readonly max: number };
  readonly entropyRate: number;
  /**
   * The lowest mean loss, in bits per step, of a model that knows the format but not that both counts agree.
   */
  readonly countBlindRate: number;
  /** Starts a meter of the entropy of a sample. */
  surprisal(): Surprisal;
}

const ALPHABET = ['\n', 'a', 'b'] as const;
const [NEWLINE, A, B] = [0, 1, 2];

/**
 * aⁿbⁿ(min, max), predicted symbol by symbol: n letters a, a newline, n letters b, a newline, with n uniform
 * from min to max.
 *
 * A block has 2n + 2 symbols and log2(max - min + 1) bits, the choice of n: for (1, 32), 1/7 bit per step,
 * and twice that for a model that cannot carry n over the newline.
 * Source: Gers and Schmidhuber 2001; in this form Tallec and Ollivier, "Unbiased online recurrent
 * optimization", 2018.
 * @throws ConfigurationError for counts that are not whole, or min > max.
 */
export function anbn(options: AnbnOptions = {}): AnbnTask {
  const { min = 1, max = 32, seed = 1 } = guard.options('anbn', options, anbnOptions);
  whole('anbn', 'max', max, min);
  const counts = max - min + 1;
  const entropyRate = Math.log2(counts) / (min + max + 2);
  return {
    name: `anbn(${min},${max})`,
    settings: { min, max },
    symbols: ALPHABET.length,
    alphabet: ALPHABET,
    entropyRate,
    countBlindRate: 2 * entropyRate,
    surprisal: () => surprisalOf(min, max),
    ...readings(() => nextSymbol(blocks(seeded(seed), min, counts))),
  };
}

function* blocks(noise: Noise, min: number, counts: number): Generator<number, never, undefined> {
  for (;;) {
    const n = min + noise.integer(counts);
    for (const letter of [A, B]) {
      for (let i = 0; i < n; i++) yield letter;
      yield NEWLINE;
    }
  }
}

/** A run of letters a may end from `min` on, with the probability that n is its length; all else is certain. */
function surprisalOf(min: number, max: number): Surprisal {
  // The first letter is an input and no target.
  let [isFirst, run] = [true, 1];
  return (target) => {
    const ends = target === NEWLINE;
    const chance = 1 / (max - run + 1);
    const isOpen = isFirst && run >= min && run <= max;
    const bits = isOpen ? -Math.log2(ends ? chance : 1 - chance) : 0;
    run = ends ? 0 : run + 1;
    if (ends) isFirst = !isFirst;
    return bits + 0;
  };
}
