import type { Batch, Problem } from './problem.ts';
import type { Sources } from './source.ts';
import { createPlace, textOf } from './text.ts';

/** Text without white space is cut at this length: an endless word must not fill the memory. */
const longest = 256;

/** A line end, or a stretch between white space. */
const stretch = new RegExp(`\\n|\\S{1,${longest}}`, 'gu');
/** A single word of letters and digits, with marks on either side, each of which is a word too. */
const simple = /^([!-/:-@[-^`{-~]*)([A-Za-z0-9]*)[!-/:-@[-^`{-~]*$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

interface Word {
  readonly text: string;
  readonly start: number;
}

/**
 * The words of a text by Unicode's rules (UAX #29, word boundaries): `don't` and `3.14` are one word,
 * `well-known` is three, and each other mark is a word. White space separates; only the end of a line is a
 * word.
 * @param isWhole whether the text is complete; otherwise a last stretch that may continue is left.
 * @returns the words, and where the rest starts.
 */
function cut(text: string, isWhole: boolean): { readonly words: readonly Word[]; readonly end: number } {
  const words: Word[] = [];
  const others: Other[] = [];
  let end = text.length;
  for (const { 0: part, index } of text.matchAll(stretch)) {
    const touchesEnd = index + part.length === text.length && part !== '\n';
    if (!isWhole && touchesEnd && Array.from(part).length < longest) {
      end = index;
      break;
    }
    if (part === '\n') words.push({ text: part, start: index });
    else if (!cutSimple(part, index, words)) others.push({ part, start: index, at: words.length });
  }
  return { words: others.length === 0 ? words : withOthers(words, others), end };
}

/** Cuts a stretch that needs no rules. Returns whether it is one. */
function cutSimple(part: string, start: number, words: Word[]): boolean {
  const match = simple.exec(part);
  if (match === null) return false;
  const [, before, word] = match;
  let at = 0;
  for (; at < before.length; at++) words.push({ text: part[at], start: start + at });
  if (word !== '') words.push({ text: word, start: start + at });
  for (at += word.length; at < part.length; at++) words.push({ text: part[at], start: start + at });
  return true;
}

/** A stretch to cut by the rules, and the number of other words before it. */
interface Other extends Omit<Word, 'text'> {
  readonly part: string;
  readonly at: number;
}

/**
 * Merges the words of other stretches into the list. They are cut in one call of the segmenter, whose start
 * is slow; a line feed separates them.
 */
function withOthers(words: readonly Word[], others: readonly Other[]): Word[] {
  const all = words.slice(0, others[0].at);
  let i = 0;
  let offset = 0;
  for (const { segment: text, index } of segmenter.segment(others.map(({ part }) => `${part}\n`).join('')))
    if (text !== '\n') all.push({ text, start: others[i].start + index - offset });
    else {
      for (let at = others[i].at; at < (others[i + 1]?.at ?? words.length); at++) all.push(words[at]);
      offset = index + 1;
      i++;
    }
  return all;
}

export function wordsOf(text: string): string[] {
  return cut(text, true).words.map((word) => word.text);
}

/**
 * The words of the sources, joined into one text. Holds at most one stretch without white space between
 * pieces.
 */
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

/** Marks without a space before, and after. */
const left = /^[\p{Pe}\p{Pf}\p{Pd}\n,.;:!?%…/'@_]/u;
const right = /^[\p{Ps}\p{Pi}\p{Pd}\n#$€£/'@_]/u;
/** Scripts written without spaces, and their marks. */
const scripts = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const unspaced = new RegExp(
  `^[${scripts.map((name) => `\\p{Script=${name}}`).join('')}\\u3000-\\u303f\\uff00-\\uffef]`,
  'u',
);

/** Writes words in order, with spaces where the marks imply them; straight quotes open and close in turn. */
export function createWordWriter(): (word: string) => string {
  let before = '';
  let isTight = true;
  let isQuoted = false;
  return (word) => {
    const isQuote = word === '"';
    const joins =
      isTight || (isQuote ? isQuoted : left.test(word)) || (unspaced.test(word) && unspaced.test(before));
    isQuoted = word !== '\n' && isQuoted !== isQuote;
    isTight = isQuote ? isQuoted : right.test(word);
    before = word;
    return joins ? word : ` ${word}`;
  };
}
