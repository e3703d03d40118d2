import type { Batch, Problem } from './problem.ts';
import type { Sources } from './source.ts';
import { textOf } from './text.ts';
import { createPlace } from './textPlace.ts';

/** What has no white space for so many characters is cut there: a word that does not end must not fill the memory. */
const longest = 256;

/** A line end, or what stands between white space. */
const stretch = new RegExp(`\\n|\\S{1,${longest}}`, 'gu');
/** What is one word by every rule. */
const plain = /^[A-Za-z0-9]+$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

interface Word {
  readonly text: string;
  readonly start: number;
}

/**
 * The words of a text by Unicode's rules (UAX #29, word boundaries): `don't` and `3.14` are one word, `well-known` is three, and each other
 * mark is one of its own. White space separates, and is no word other than the end of a line.
 * @param isWhole whether nothing comes behind the text; otherwise a last stretch that may go on is left.
 * @returns the words, and where what is left begins.
 */
function cut(text: string, isWhole: boolean): { readonly words: readonly Word[]; readonly end: number } {
  const words: Word[] = [];
  for (const { 0: part, index } of text.matchAll(stretch)) {
    const touchesEnd = index + part.length === text.length && part !== '\n';
    if (!isWhole && touchesEnd && Array.from(part).length < longest) return { words, end: index };
    if (plain.test(part)) words.push({ text: part, start: index });
    else for (const { segment, index: within } of segmenter.segment(part)) words.push({ text: segment, start: index + within });
  }
  return { words, end: text.length };
}

export function wordsOf(text: string): string[] {
  return cut(text, true).words.map((word) => word.text);
}

/** The words of the sources, one after the other as one text. At most one stretch without white space is held from piece to piece. */
export async function* readWords(sources: Sources): AsyncGenerator<Batch<string>, void> {
  for await (const source of sources) {
    const place = createPlace(source.name);
    let held = '';
    const take = (isWhole: boolean) => {
      const { words, end } = cut(held, isWhole);
      let at = 0;
      const batch = words.map(({ text, start }): string | Problem => {
        place.pass(held, at, start);
        at = start;
        return text.includes('\ufffd') ? place.notText() : text;
      });
      place.pass(held, at, end);
      held = held.slice(end);
      return batch;
    };
    for await (const piece of textOf(source)) {
      held += piece;
      yield take(false);
    }
    yield take(true);
  }
}
