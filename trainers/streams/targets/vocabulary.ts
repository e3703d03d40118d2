import { DataError } from '../../../lib/index.ts';
import { misfit, requireLength } from '../../evaluation/saved.ts';

/** The indices of symbols or categories, assigned in order of appearance, up to a limit. */
export interface Vocabulary<T> {
  /**
   * The index of an entry, assigned now if it is new. Without room left, the last index stands for all
   * others.
   */
  add(entry: T): number;
  /** The index of an entry, without assigning one. @throws DataError if none stands for others. */
  indexOf(entry: T): number;
  /** The entry of an index; undefined if it is unassigned, or stands for all others. */
  entryAt(index: number): T | undefined;
  /** The number of assigned indices. */
  readonly count: number;
  save(): readonly T[];
}

/**
 * @param size the number of indices.
 * @param isClosed whether the saved entries are all, so that no index stands for others.
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

/** A copy: a text cut from a longer one would keep that in memory. */
function apart<T>(entry: T): T {
  return typeof entry === 'string' ? JSON.parse(JSON.stringify(entry)) : entry;
}

/** The longest word or category that a reader produces. */
const longest = 256;

/** The only white space that is a word. */
const lineEnd = '\n';

/** @throws DataError unless all are texts without surrounding white space, as the readers produce them. */
export function requireTexts(what: string, entries: readonly unknown[]): void {
  for (const entry of entries)
    if (
      typeof entry !== 'string' ||
      entry.length > 2 * longest ||
      (entry.trim() !== entry && entry !== lineEnd)
    )
      throw misfit(`${what} cannot be one: it is no text, too long, or has white space around it`);
}
