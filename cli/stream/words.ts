import { type Batch, Problem } from './problem.ts';
import type { Sources } from './source.ts';

/** What has no white space for so many characters is cut there: a word that does not end must not fill the memory. */
const longest = 256;

/** A line end, or what stands between white space. */
const piece = new RegExp(`\\n|\\S{1,${longest}}`, 'gu');
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

interface Word {
  readonly text: string;
  readonly start: number;
}

/**
 * The words of a text by Unicode's rules (UAX #29, word boundaries): `don't` and `3.14` are one word, `well-known` is three, and each other
 * mark is one of its own. White space separates, and is no word other than the end of a line.
 * @param isWhole whether nothing comes behind the text; otherwise a last piece that may go on is left.
 */
function* cut(text: string, isWhole: boolean): Generator<Word, void, undefined> {
  for (const { 0: part, index } of text.matchAll(piece)) {
    const touchesEnd = index + part.length === text.length && part !== '\n';
    if (!isWhole && touchesEnd && Array.from(part).length < longest) return;
    for (const { segment, index: within } of segmenter.segment(part)) yield { text: segment, start: index + within };
  }
}

export function wordsOf(text: string): string[] {
  return Array.from(cut(text, true), (word) => word.text);
}

/** The words of the sources, one after the other as one text. Where it is cut into chunks makes no difference. */
export async function* readWords(sources: Sources): AsyncGenerator<Batch<string>, void> {
  for await (const { name, open } of sources) {
    const decoder = new TextDecoder('utf-8');
    const place = { line: 1, column: 1 };
    let held = '';
    const pass = (part: string) => {
      for (const character of part) {
        place.column = character === '\n' ? 1 : place.column + 1;
        if (character === '\n') place.line++;
      }
    };
    const take = (isWhole: boolean) => {
      const batch: (string | Problem)[] = [];
      let at = 0;
      for (const { text, start } of cut(held, isWhole)) {
        pass(held.slice(at, start));
        const where = `${name}, line ${place.line}, column ${place.column}`;
        batch.push(
          text.includes('\ufffd') ? new Problem(`${where}: this is not text in UTF-8; use --unit byte for other data`) : text,
        );
        pass(text);
        at = start + text.length;
      }
      held = held.slice(at);
      return batch;
    };
    for await (const chunk of open()) {
      held += decoder.decode(chunk, { stream: true });
      yield take(false);
    }
    held += decoder.decode();
    yield take(true);
  }
}
