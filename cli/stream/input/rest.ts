import { DataError } from '../../../lib/index.ts';
import { type Batch, beginning, behind, type Position } from '../../../trainers/streams/index.ts';
import { counted, formatCount } from '../../terminal/numbers.ts';

/**
 * The position at the beginning of a file that replaced the followed one. Resuming starts there.
 * @param time of the latest row in seconds, if rows have times.
 */
export function turned({ records, skipped }: Position, time?: number): Position {
  const before = { records, skipped, ...(time !== undefined && { time }) };
  return { records, skipped, digest: beginning.digest, before };
}

/** The data after a position. */
interface Rest<R> {
  /** @throws DataError if the data before the position differ from those read then, or end before it. */
  readonly batches: AsyncIterable<Batch<R>>;
  /** @throws DataError if the position was not reached; for data that are read as far as they go. */
  requireReached(): void;
}

/** The entries after a position, in the same batches. */
export function after<R>(batches: AsyncIterable<Batch<R>>, goal: Position): Rest<R> {
  const { records: first, skipped } = goal.before ?? beginning;
  const entries = goal.records + goal.skipped;
  const count = goal.records - first;
  const made = goal.before === undefined ? formatCount(count) : `${counted(count, 'record')} of this file`;
  let at: Position = { records: first, skipped, digest: beginning.digest };
  const instead =
    'give the same data from their beginning, or --continued for data that begin where the earlier ones ended';
  function requireReached(): void {
    if (at.records + at.skipped < entries)
      throw new DataError(
        `these data end after ${counted(at.records - first, 'record')}, and the checkpoint was made after ${made}: ${instead}`,
      );
  }
  async function* rest(): AsyncGenerator<Batch<R>, void, undefined> {
    for await (const batch of batches) {
      let start = 0;
      while (start < batch.length && at.records + at.skipped < entries) at = behind(at, batch[start++]);
      if (
        start > 0 &&
        at.records + at.skipped === entries &&
        (at.records !== goal.records || at.digest !== goal.digest)
      )
        throw new DataError(
          `these are not the data that the checkpoint was made from: their first ${formatCount(count)} records differ; ${instead}`,
        );
      if (start < batch.length) yield start === 0 ? batch : batch.slice(start);
    }
    requireReached();
  }
  return { batches: rest(), requireReached };
}
