import { DataError } from '../../lib/index.ts';
import { misfit, requireLength } from '../evaluation/saved.ts';

/** The indices of symbols or categories, given out in the order in which they come, up to a number. */
export interface Vocabulary<T> {
  /** The index of an entry, which it gets now if it is new. When there is no more room, the last index stands for all others. */
  add(entry: T): number;
  /** The index of an entry, which nothing is changed by. @throws DataError where there is none for others. */
  indexOf(entry: T): number;
  /** What an index stands for; undefined for one that nothing has got, and for that of all others. */
  entryAt(index: number): T | undefined;
  /** How many entries have got an index. */
  readonly count: number;
  save(): readonly T[];
}

/**
 * @param size how many indices there are.
 * @param isClosed whether the saved entries are all that there are, so that none of the indices stands for others.
 */
export function createVocabulary<T>(size: number, saved: readonly T[] = [], isClosed = false): Vocabulary<T> {
  requireLength('a vocabulary', saved, 0, isClosed ? size : size - 1);
  const entries = [...saved];
  const indices = new Map(entries.map((entry, index) => [entry, index]));
  const room = isClosed ? entries.length : size - 1;
  if (indices.size < entries.length) throw misfit('a vocabulary has one of its entries twice');
  function indexOf(entry: T): number {
    const index = indices.get(entry);
    if (index !== undefined) return index;
    if (isClosed) throw new DataError(`${String(entry)} is not in the vocabulary`);
    return size - 1;
  }
  return {
    add(entry) {
      if (!indices.has(entry) && entries.length < room) {
        const kept = apart(entry);
        indices.set(kept, entries.length);
        entries.push(kept);
      }
      return indexOf(entry);
    },
    indexOf,
    entryAt: (index) => entries[index],
    get count() {
      return entries.length;
    },
    save: () => [...entries],
  };
}

/** A text that was cut out of a longer one keeps that in memory; this one does not. */
function apart<T>(entry: T): T {
  return typeof entry === 'string' ? JSON.parse(JSON.stringify(entry)) : entry;
}

/** No word, and no category, that a reader gives is longer. */
const longest = 256;

/** The one white space that is a word. */
const lineEnd = '\n';

/** @throws DataError unless all are texts without white space around them, as the readers give them. */
export function requireTexts(what: string, entries: readonly unknown[]): void {
  for (const entry of entries)
    if (typeof entry !== 'string' || entry.length > 2 * longest || (entry.trim() !== entry && entry !== lineEnd))
      throw misfit(`${what} cannot be one: it is no text, too long, or has white space around it`);
}
