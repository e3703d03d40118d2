import { requireEntries, requireNumbers, requireSame, requireWhole } from '../../evaluation/saved.ts';
import { Problem } from './problem.ts';

/** How far a stream has been read. */
export interface Position {
  /** Records that were used. */
  readonly records: number;
  /** Records that were unusable and skipped. */
  readonly skipped: number;
  /** A hash of the used records, to tell another stream from this one. */
  readonly digest: number;
  /**
   * The counts at the start of the followed file, if it is not the first of its name. @property time of the row before
   * it in seconds, from which the pause of its first row is counted, if rows have times.
   */
  readonly before?: { readonly records: number; readonly skipped: number; readonly time?: number };
}

export const beginning: Position = { records: 0, skipped: 0, digest: 0x811c9dc5 };

/** @throws DataError for an impossible position. */
export function requirePosition(saved: Position): void {
  requireEntries('the position', saved, ['records', 'skipped', 'digest'], ['before']);
  const { records, skipped, digest, before } = saved;
  requireWhole('a number of records', [records, skipped]);
  requireWhole('a digest', [digest], 2 ** 32);
  if (Object.hasOwn(saved, 'before')) {
    requireEntries('the position before', before, ['records', 'skipped'], ['time']);
    if (before?.time !== undefined) requireNumbers('the time of the row before', [before.time]);
    requireWhole('a number of records', [before?.records], records + 1);
    requireWhole('a number of records that were left out', [before?.skipped], skipped + 1);
  }
  // Without records yet, overall or in the followed file.
  if (records === (before?.records ?? 0)) requireSame('the digest of no records', digest, beginning.digest);
}

/** The position after one more entry. */
export function behind(position: Position, entry: unknown): Position {
  if (entry instanceof Problem) return { ...position, skipped: position.skipped + 1 };
  const { records, skipped, before } = position;
  const digest = typeof entry === 'number' ? mix(position.digest, entry) : mixText(position.digest, entry);
  const own = { records: records + 1, skipped, digest };
  return before === undefined ? own : { ...own, before };
}

/** FNV-1a (Fowler, Noll and Vo) with 32 bits, mixing in a whole number at once. */
function mix(digest: number, value: number): number {
  return Math.imul(digest ^ value, 0x01000193) >>> 0;
}

function mixText(digest: number, entry: unknown): number {
  const text = JSON.stringify(entry);
  let mixed = digest;
  for (let i = 0; i < text.length; i++) mixed = mix(mixed, text.charCodeAt(i));
  return mixed;
}
