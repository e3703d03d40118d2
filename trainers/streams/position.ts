import { requireEntries, requireSame, requireWhole } from '../evaluation/saved.ts';
import { Problem } from './problem.ts';

/** How far a stream has been read. */
export interface Position {
  /** Records that were used. */
  readonly records: number;
  /** Records that could not be used and were skipped. */
  readonly skipped: number;
  /** A hash of the used ones, by which another stream is told from this one. */
  readonly digest: number;
  /** The counts at the beginning of the file that is followed, where it is not the first one of its name. */
  readonly before?: { readonly records: number; readonly skipped: number };
}

export const beginning: Position = { records: 0, skipped: 0, digest: 0x811c9dc5 };

/** @throws DataError for what no position can be. */
export function requirePosition(saved: Position): void {
  requireEntries('the position', saved, ['records', 'skipped', 'digest'], ['before']);
  const { records, skipped, digest, before } = saved;
  requireWhole('a number of records', [records, skipped]);
  requireWhole('a digest', [digest], 2 ** 32);
  if (Object.hasOwn(saved, 'before')) {
    requireEntries('the position before', before, ['records', 'skipped']);
    requireWhole('a number of records', [before?.records], records + 1);
    requireWhole('a number of records that were left out', [before?.skipped], skipped + 1);
  }
  // Of no records yet, and of those that begin with the file that is followed.
  if (records === (before?.records ?? 0)) requireSame('the digest of no records', digest, beginning.digest);
}

/** The position behind one more entry. */
export function behind(position: Position, entry: unknown): Position {
  if (entry instanceof Problem) return { ...position, skipped: position.skipped + 1 };
  const { records, digest } = position;
  return { ...position, records: records + 1, digest: typeof entry === 'number' ? mix(digest, entry) : mixText(digest, entry) };
}

/** FNV-1a of Fowler, Noll and Vo, with 32 bits, a number being mixed in at once. */
function mix(digest: number, value: number): number {
  return Math.imul(digest ^ value, 0x01000193) >>> 0;
}

function mixText(digest: number, entry: unknown): number {
  const text = JSON.stringify(entry);
  let mixed = digest;
  for (let i = 0; i < text.length; i++) mixed = mix(mixed, text.charCodeAt(i));
  return mixed;
}
