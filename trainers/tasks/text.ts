import { ConfigurationError, DataError, guard } from '../../lib/index.ts';
import { type Example, type Feed, nextSymbol, readings, type SymbolTask } from './task.ts';
import { charactersOf, type Index, type Vocabulary, vocabulary } from './vocabulary.ts';

export interface TextOptions {
  /** The allowed characters, in the order of their indices: a string, or an iterable of single characters. */
  readonly alphabet?: Iterable<string>;
  /** The unit of prediction; only one choice so far. */
  readonly unit?: 'character';
}

/** A text in memory. Endless: it restarts after its end. */
export interface TextTask extends SymbolTask, Vocabulary {}

/** A text that arrives in pieces and ends with them. */
export interface TextFeed extends Feed<number, number>, Vocabulary {}

/**
 * Prediction of the next character of a text.
 *
 * A string is read in a circle: its first character follows its last. Without an alphabet, its own characters
 * are used, sorted by code point. An iterable of strings (chunks of a file or of standard input) is read
 * once, as it arrives, and needs an alphabet, as its characters are not known in advance; chunks may be cut
 * anywhere, even inside a surrogate pair. The first character is only ever an input; the last one, if the
 * text ends, only a target.
 * @throws DataError for a character outside the alphabet (with its code point and its offset in characters,
 * from 0), an empty string, and a stream that ends before its second character. @throws ConfigurationError
 * for a missing or empty alphabet, or one with repeated entries.
 */
export function text(source: string, options?: TextOptions): TextTask;
export function text(source: Iterable<string> | AsyncIterable<string>, options: TextOptions): TextFeed;
export function text(
  source: string | Iterable<string> | AsyncIterable<string>,
  options: TextOptions = {},
): TextFeed {
  const { alphabet } = guard.options('text', options, {
    alphabet: anAlphabet,
    unit: guard.oneOf('character'),
  });
  guard.argument('text', 'source', source, aSource);
  if (typeof source === 'string')
    return circle(source, vocabulary(alphabet ?? charactersOf(nonEmpty(source))));
  if (alphabet === undefined)
    throw new ConfigurationError(
      'text: a stream needs an alphabet, since its characters are not known in advance',
    );
  const index = vocabulary(alphabet);
  return { name: 'text', ...publicPart(index), [Symbol.asyncIterator]: () => arriving(source, index) };
}

const anAlphabet: guard.Check = {
  ...guard.either(guard.string, guard.iterable),
  what: 'a string, or one string for each character',
};
const aSource: guard.Check = {
  ...guard.either(guard.string, guard.stream),
  what: 'a string, or an iterable of strings',
};

function circle(source: string, index: Index): TextTask {
  const symbols = index.encode(nonEmpty(source));
  function* around(): Generator<number, never, undefined> {
    for (;;) yield* symbols;
  }
  return { name: 'text', ...publicPart(index), ...readings(() => nextSymbol(around())) };
}

function nonEmpty(source: string): string {
  if (source === '') throw new DataError('text: the text is empty');
  return source;
}

function publicPart({ symbols, alphabet, encode, decode }: Index): Vocabulary {
  return { symbols, alphabet, encode, decode };
}

async function* arriving(
  source: Iterable<string> | AsyncIterable<string>,
  index: Index,
): AsyncGenerator<Example<number, number>, void, undefined> {
  let count = 0;
  let input: number | undefined;
  for await (const piece of wholeCharacters(source)) {
    for (const character of piece) {
      const target = index.indexOf(character, count++);
      if (input !== undefined) yield { input, target };
      input = target;
    }
  }
  if (count < 2)
    throw new DataError(`text: the stream ended after ${count} characters; prediction needs at least two`);
}

/** The same text in pieces that do not end inside a surrogate pair. */
async function* wholeCharacters(
  source: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  let held = '';
  for await (const chunk of source) {
    if (typeof chunk !== 'string')
      throw new DataError(
        `text: the stream must yield strings, got ${guard.describe(chunk)}; decode bytes first`,
      );
    const piece = held + chunk;
    // The first half of a surrogate pair waits for the second.
    held = /[\uD800-\uDBFF]$/.test(piece) ? piece.slice(-1) : '';
    yield piece.slice(0, piece.length - held.length);
  }
  yield held;
}
