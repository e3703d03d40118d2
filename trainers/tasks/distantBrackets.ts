import { guard, type Noise, seeded } from '../../lib/index.ts';
import { longest, seeds } from './options.ts';
import { nextSymbol, readings, type Surprisal, type SymbolTask } from './task.ts';

export interface DistantBracketsOptions {
  /** Letters inside the brackets. Default 1. */
  readonly s?: number;
  /** Letters between the two pairs of brackets. Default 5. */
  readonly k?: number;
  /** Letters in the alphabet. Default 10, at most 58. */
  readonly a?: number;
  readonly seed?: number;
}

export interface DistantBracketsTask extends SymbolTask {
  readonly settings: { readonly s: number; readonly k: number; readonly a: number };
  readonly entropyRate: number;
  /**
   * The lowest mean loss, in bits per step, of a model that knows the format but forgets the letters in the
   * brackets.
   */
  readonly memorylessRate: number;
  /** Starts a meter of the entropy of a sample. */
  surprisal(): Surprisal;
}

/** The letters are consecutive ASCII characters from this one: `!`, `"`, `#` … `Z`. `[` comes next. */
const FIRST_LETTER = 33;
const MOST_LETTERS = '['.charCodeAt(0) - FIRST_LETTER;

export const distantBracketsOptions = {
  s: guard.setting(guard.whole(1, longest), 'letters inside the brackets'),
  k: guard.setting(guard.whole(0), 'letters between the brackets'),
  a: guard.setting(guard.whole(1, MOST_LETTERS), 'letters in the alphabet'),
  seed: seeds,
} satisfies guard.Checks<DistantBracketsOptions>;

/**
 * Distant brackets (s, k, a), predicted symbol by symbol. A line is `[`, s random letters, `]`, k random
 * letters, `[`, the same s letters again, `]`, newline: for (1, 5, 10), something like `[&]$'!)"[&]`.
 *
 * A line has 2(s + 2) + k + 1 symbols and (s + k)·log2(a) bits, or (2s + k)·log2(a) for a model that forgets.
 * Class indices are in character order: newline, the letters, `[`, `]`.
 * Source: Tallec and Ollivier, "Unbiased online recurrent optimization", 2018, and the authors' generator.
 * @throws ConfigurationError for numbers that are not whole or out of range.
 */
export function distantBrackets(options: DistantBracketsOptions = {}): DistantBracketsTask {
  const {
    s = 1,
    k = 5,
    a = 10,
    seed = 1,
  } = guard.options('distantBrackets', options, distantBracketsOptions);
  const letters = Array.from({ length: a }, (_, i) => String.fromCharCode(FIRST_LETTER + i));
  const line = 2 * (s + 2) + k + 1;
  return {
    name: `distantBrackets(${s},${k},${a})`,
    settings: { s, k, a },
    symbols: a + 3,
    alphabet: ['\n', ...letters, '[', ']'],
    entropyRate: ((s + k) * Math.log2(a)) / line,
    memorylessRate: ((2 * s + k) * Math.log2(a)) / line,
    surprisal: () => surprisalOf(s, k, a),
    ...readings(() => nextSymbol(lines(seeded(seed), s, k, a))),
  };
}

function* lines(noise: Noise, s: number, k: number, a: number): Generator<number, never, undefined> {
  const [newline, open, close] = [0, a + 1, a + 2];
  const letter = () => 1 + noise.integer(a);
  for (;;) {
    const inside = Array.from({ length: s }, letter);
    yield open;
    yield* inside;
    yield close;
    for (let i = 0; i < k; i++) yield letter();
    yield open;
    yield* inside;
    yield close;
    yield newline;
  }
}

/** The letters of the first pair of brackets, and those after it, are random; all else is certain. */
function surprisalOf(s: number, k: number, a: number): Surprisal {
  const line = 2 * (s + 2) + k + 1;
  let at = 0;
  return () => {
    at = (at + 1) % line;
    const isRandom = (at >= 1 && at <= s) || (at >= s + 2 && at < s + 2 + k);
    return isRandom ? Math.log2(a) : 0;
  };
}
