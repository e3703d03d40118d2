import { guard, type Noise, seeded } from '../../lib/index.ts';
import { longest, seeds } from './options.ts';
import { type Example, readings, type SymbolTask } from './task.ts';

export interface CopyOptions {
  /**
   * The number of different symbols to copy. Default 8. The task adds two more: the blank and the delimiter.
   */
  readonly symbols?: number;
  /** Symbols to remember. Default 5. */
  readonly length?: number;
  /** Blanks between the last symbol and the delimiter. Default 0. */
  readonly delay?: number;
  readonly seed?: number;
}

export interface CopyTask extends SymbolTask {
  readonly entropyRate: number;
  /** The lowest mean loss, in bits per step, of a model that knows when to answer but remembers nothing. */
  readonly memorylessRate: number;
}

/**
 * The copy task. A sequence takes 2·length + delay + 1 steps:
 *
 *     input    s1 … sL   blank × delay   delimiter   blank × L
 *     target   blank × (L + delay + 1)               s1 … sL
 *
 * Sequences follow each other endlessly, without a separator. The target belongs to the input of the same
 * step (it is not the next input). Targets follow from the inputs, so perfect memory reaches zero loss;
 * without memory the loss is L·log2(symbols) bits per sequence. Class indices: the symbols from 0 (`a`, `b`,
 * …), then the blank `_` and the delimiter `|`.
 * Source: Hochreiter and Schmidhuber 1997 for the idea; the convention is that of Arjovsky, Shah and Bengio,
 * "Unitary evolution recurrent neural networks", 2016, section 4.1, where delay + 1 is T.
 * @throws ConfigurationError for numbers that are not whole or out of range.
 */
export function copy(options: CopyOptions = {}): CopyTask {
  const { symbols = 8, length = 5, delay = 0, seed = 1 } = guard.options('copy', options, copyOptions);
  return {
    name: `copy(${symbols},${length},${delay})`,
    symbols: symbols + 2,
    alphabet: [
      ...Array.from({ length: symbols }, (_, i) => (symbols <= 26 ? String.fromCharCode(97 + i) : `<${i}>`)),
      '_',
      '|',
    ],
    entropyRate: 0,
    memorylessRate: (length * Math.log2(symbols)) / (2 * length + delay + 1),
    ...readings(() => sequences(seeded(seed), symbols, length, delay)),
  };
}

export const copyOptions = {
  symbols: guard.setting(guard.whole(1, 2 ** 16), 'symbols that may have to be copied'),
  length: guard.setting(guard.whole(1, longest), 'symbols in a sequence'),
  delay: guard.setting(guard.whole(0), 'steps between a sequence and its copy'),
  seed: seeds,
} satisfies guard.Checks<CopyOptions>;

function* sequences(
  noise: Noise,
  symbols: number,
  length: number,
  delay: number,
): Generator<Example<number, number>, never, undefined> {
  const [blank, delimiter] = [symbols, symbols + 1];
  for (;;) {
    const pattern = Array.from({ length }, () => noise.integer(symbols));
    for (const input of pattern) yield { input, target: blank };
    for (let i = 0; i < delay; i++) yield { input: blank, target: blank };
    yield { input: delimiter, target: blank };
    for (const target of pattern) yield { input: blank, target };
  }
}
