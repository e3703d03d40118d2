import { ConfigurationError, DataError, guard } from '../../lib/index.ts';
import type { Symbols } from './task.ts';

/**
 * Characters and their class indices. A character is a code point, so an emoji is one character, not two
 * halves.
 */
export interface Vocabulary extends Symbols {
  /**
   * The class index of each character.
   * @throws DataError for one outside the alphabet, with its offset in characters.
   */
  encode(text: string): number[];
  /** The text of these indices. @throws DataError for an index outside the alphabet. */
  decode(indices: Iterable<number>): string;
}

/** A vocabulary that can also look up one character, `offset` characters into the text. */
export interface Index extends Vocabulary {
  indexOf(character: string, offset: number): number;
}

/** The distinct characters of the text, sorted by code point. */
export function charactersOf(text: string): string[] {
  return [...new Set(text)].sort((a, b) => codeOf(a) - codeOf(b));
}

/**
 * The vocabulary of these characters, in this order. @throws ConfigurationError if empty, or for entries that
 * are repeated or longer than one character.
 */
export function vocabulary(characters: Iterable<string>): Index {
  const alphabet = [...characters];
  const positions = new Map(alphabet.map((character, index) => [character, index]));
  if (alphabet.length === 0) throw new ConfigurationError('text: the alphabet is empty');
  for (const [index, character] of alphabet.entries()) {
    if (typeof character !== 'string' || [...character].length !== 1)
      throw new ConfigurationError(
        `text: entry ${index} of the alphabet, ${guard.describe(character)}, is not one character`,
      );
    if (positions.get(character) !== index)
      throw new ConfigurationError(`text: the alphabet has ${JSON.stringify(character)} more than once`);
  }
  function indexOf(character: string, offset: number): number {
    const index = positions.get(character);
    if (index === undefined)
      throw new DataError(
        `text: the character ${JSON.stringify(character)} (${codePoint(character)}) at offset ${offset} is not in the alphabet of ${alphabet.length} characters`,
      );
    return index;
  }
  return {
    symbols: alphabet.length,
    alphabet,
    indexOf,
    encode(text) {
      guard.argument('encode', 'text', text, guard.string, DataError);
      return Array.from(text, indexOf);
    },
    decode(indices) {
      guard.argument('decode', 'indices', indices, guard.iterable, DataError);
      return Array.from(indices, (index) => characterAt(alphabet, index)).join('');
    },
  };
}

function characterAt(alphabet: readonly string[], index: number): string {
  const character = typeof index === 'number' ? alphabet[index] : undefined;
  if (character === undefined)
    throw new DataError(
      `text: ${guard.describe(index)} is not the index of a character; the alphabet has ${alphabet.length}`,
    );
  return character;
}

function codePoint(character: string): string {
  return `U+${codeOf(character).toString(16).toUpperCase().padStart(4, '0')}`;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
