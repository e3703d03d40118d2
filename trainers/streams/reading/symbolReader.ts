import type { SymbolData } from '../given/config.ts';
import { type Batch, Problem } from './problem.ts';
import type { Sources } from './source.ts';
import { createPlace, piecesOf, textOf } from './text.ts';
import { readWords, wordsOf } from './words.ts';

/** A byte (0 to 255), a character by its code point, or a word. */
export type Code = number | string;

/** The symbols of the sources, joined into one text. */
export function readSymbols(
  sources: Sources,
  { unit, alphabet }: SymbolData,
): AsyncGenerator<Batch<Code>, void> {
  if (unit === 'word') return readWords(sources);
  return unit === 'byte' ? readBytes(sources) : readCharacters(sources, alphabet);
}

/** The symbols of a whole text. */
export function symbolsOf(text: string, { unit }: SymbolData): Code[] {
  if (unit === 'word') return wordsOf(text);
  return unit === 'byte' ? [...new TextEncoder().encode(text)] : Array.from(text, codeOf);
}

async function* readBytes(sources: Sources): AsyncGenerator<Batch<number>, void> {
  for await (const source of sources)
    for await (const piece of piecesOf(source.open())) yield Array.from(piece);
}

/** Characters by their code points. */
async function* readCharacters(
  sources: Sources,
  alphabet: string | undefined,
): AsyncGenerator<Batch<number>, void> {
  const known = alphabet === undefined ? undefined : new Set(Array.from(alphabet, codeOf));
  for await (const source of sources) {
    const place = createPlace(source.name);
    for await (const piece of textOf(source)) {
      const batch: (number | Problem)[] = [];
      let passed = 0;
      for (let at = 0; at < piece.length; at++) {
        const code = piece.codePointAt(at) ?? 0;
        if (code === 0xfffd || known?.has(code) === false) {
          place.pass(piece, passed, at);
          passed = at;
          const character = JSON.stringify(String.fromCodePoint(code));
          batch.push(
            code === 0xfffd
              ? place.notText()
              : new Problem(`${place.where()}: the character ${character} is not in the alphabet`),
          );
        } else batch.push(code);
        if (code > 0xffff) at++;
      }
      place.pass(piece, passed);
      yield batch;
    }
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
