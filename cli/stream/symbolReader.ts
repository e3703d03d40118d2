import type { SymbolData } from './config.ts';
import { type Batch, Problem } from './problem.ts';
import type { Sources } from './source.ts';
import { readWords, wordsOf } from './words.ts';

/** A byte (0 to 255), a character by its code point, or a word. */
export type Code = number | string;

/** The symbols of the sources, one after the other as one text. */
export function readSymbols(sources: Sources, { unit, alphabet }: SymbolData): AsyncGenerator<Batch<Code>, void> {
  if (unit === 'word') return readWords(sources);
  return unit === 'byte' ? readBytes(sources) : readCharacters(sources, alphabet);
}

/** The symbols of a text that is there as a whole. */
export function symbolsOf(text: string, { unit }: SymbolData): Code[] {
  if (unit === 'word') return wordsOf(text);
  return unit === 'byte' ? [...new TextEncoder().encode(text)] : Array.from(text, codeOf);
}

async function* readBytes(sources: Sources): AsyncGenerator<Batch<number>, void> {
  for await (const source of sources) for await (const chunk of source.open()) yield Array.from(chunk);
}

/** Characters by their code points. Where the text is cut into chunks makes no difference, not even within a character. */
async function* readCharacters(sources: Sources, alphabet: string | undefined): AsyncGenerator<Batch<number>, void> {
  const known = alphabet === undefined ? undefined : new Set(Array.from(alphabet, codeOf));
  for await (const { name, open } of sources) {
    const decoder = new TextDecoder('utf-8');
    const place = { line: 1, column: 1 };
    const check = (character: string) => {
      const code = codeOf(character);
      const where = `${name}, line ${place.line}, column ${place.column}`;
      place.column = character === '\n' ? 1 : place.column + 1;
      if (character === '\n') place.line++;
      // The decoder writes U+FFFD for what it cannot read; a text that has it already was damaged by an earlier one.
      if (code === 0xfffd) return new Problem(`${where}: this is not text in UTF-8; use --unit byte for other data`);
      if (known !== undefined && !known.has(code))
        return new Problem(`${where}: the character ${JSON.stringify(character)} is not in the alphabet`);
      return code;
    };
    for await (const chunk of open()) yield Array.from(decoder.decode(chunk, { stream: true }), check);
    yield Array.from(decoder.decode(), check);
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
