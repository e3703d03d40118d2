import { DataError } from '../../lib/index.ts';
import { type Batch, Problem } from './problem.ts';
import { requireEntries, requireSame, requireWhole } from './saved.ts';

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

/** The position where a file begins that has taken the place of the one before: data to go on with begin there. */
export function turned({ records, skipped }: Position): Position {
  return { records, skipped, digest: beginning.digest, before: { records, skipped } };
}

/** What comes after a position. */
interface Rest<R> {
  /** @throws DataError when what comes before the position is not what was read then, or when the data end there already. */
  readonly batches: AsyncIterable<Batch<R>>;
  /** @throws DataError when the position has not been reached: for data that are read as far as they go. */
  requireReached(): void;
}

/** The entries that come after a position, in the same batches. */
export function after<R>(batches: AsyncIterable<Batch<R>>, goal: Position): Rest<R> {
  const { records: first, skipped } = goal.before ?? beginning;
  const entries = goal.records + goal.skipped;
  const count = goal.records - first;
  const made = goal.before === undefined ? count : `${count} records of this file`;
  let at: Position = { records: first, skipped, digest: beginning.digest };
  const instead = 'give the same data from their beginning, or --continued for data that begin where the earlier ones ended';
  function requireReached(): void {
    if (at.records + at.skipped < entries)
      throw new DataError(
        `these data end after ${at.records - first} records, and the checkpoint was made after ${made}: ${instead}`,
      );
  }
  async function* rest(): AsyncGenerator<Batch<R>, void, undefined> {
    for await (const batch of batches) {
      let start = 0;
      while (start < batch.length && at.records + at.skipped < entries) at = behind(at, batch[start++]);
      if (start > 0 && at.records + at.skipped === entries && (at.records !== goal.records || at.digest !== goal.digest))
        throw new DataError(
          `these are not the data that the checkpoint was made from: their first ${count} records differ; ${instead}`,
        );
      if (start < batch.length) yield start === 0 ? batch : batch.slice(start);
    }
    requireReached();
  }
  return { batches: rest(), requireReached };
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
