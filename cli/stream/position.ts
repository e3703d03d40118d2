import { DataError } from '../../lib/index.ts';
import { Problem } from './problem.ts';

/** How far a stream has been read. */
export interface Position {
  /** Records that were used. */
  readonly records: number;
  /** Records that could not be used and were skipped. */
  readonly skipped: number;
  /** A hash of the used ones, by which another stream is told from this one. */
  readonly digest: number;
}

export const beginning: Position = { records: 0, skipped: 0, digest: 0x811c9dc5 };

/** The position behind one more entry. */
export function behind({ records, skipped, digest }: Position, entry: unknown): Position {
  if (entry instanceof Problem) return { records, skipped: skipped + 1, digest };
  return { records: records + 1, skipped, digest: typeof entry === 'number' ? mix(digest, entry) : mixText(digest, entry) };
}

/**
 * The entries that come after a position, in the same batches.
 * @throws DataError when what comes before it is not what was read then, or when the stream ends there already.
 */
export async function* after<R>(
  batches: AsyncIterable<readonly (R | Problem)[]>,
  goal: Position,
): AsyncGenerator<readonly (R | Problem)[], void, undefined> {
  const entries = goal.records + goal.skipped;
  let at = beginning;
  for await (const batch of batches) {
    let start = 0;
    while (start < batch.length && at.records + at.skipped < entries) at = behind(at, batch[start++]);
    if (at.records + at.skipped === entries && start > 0) requireSame(at, goal);
    if (start < batch.length) yield start === 0 ? batch : batch.slice(start);
  }
  if (at.records + at.skipped < entries)
    throw new DataError(
      `these data end after ${at.records} records, and the checkpoint was made after ${goal.records}: give the same data from their beginning, or --continued for data that begin where the earlier ones ended`,
    );
}

function requireSame(at: Position, goal: Position): void {
  if (at.records !== goal.records || at.digest !== goal.digest)
    throw new DataError(
      `these are not the data that the checkpoint was made from: their first ${goal.records} records differ; give the same data from their beginning, or --continued for data that begin where the earlier ones ended`,
    );
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
