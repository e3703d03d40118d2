import { join } from 'node:path';
import { DataError } from '../../lib/index.ts';
import { readPlain } from '../plainFile.ts';
import { fileNames, type RunFolder } from './folder.ts';
import { generations, writeGeneration } from './generations.ts';
import type { Lock } from './lock.ts';
import type { MetricsRecord } from './metrics.ts';
import { openMetrics } from './metricsFile.ts';
import { outcomeText, type SavedOutcome } from './outcome.ts';
import { encodeRun, type RunCheckpoint } from './runCheckpoint.ts';

/** The files that a run writes while it runs. */
export interface RunFiles {
  /** The lines of metrics before the checkpoint that the run resumes from. */
  readonly past: readonly MetricsRecord[];
  /** The bytes of metrics so far. */
  readonly metricsLength: number;
  append(record: MetricsRecord): void;
  /**
   * Returns the path of the checkpoint. @throws FailedError, or LostFolderError if the folder was taken over.
   */
  save(checkpoint: RunCheckpoint): string;
  note(outcome: SavedOutcome): void;
  close(): void;
}

/**
 * @param folder with its lock, if it has one of its own.
 * @throws FailedError if it cannot be written, DataError if it does not fit the checkpoint.
 */
export function openRunFiles(
  folder: RunFolder & { readonly lock?: Lock },
  { config }: Pick<RunCheckpoint, 'config'>,
  from?: RunCheckpoint,
): RunFiles {
  const { path, lock } = folder;
  folder.write(fileNames.config, `${JSON.stringify(config, null, 2)}\n`);
  const metrics = openMetrics(join(path, fileNames.metrics), from?.metricsLength ?? 0, lock);
  return {
    past: from === undefined ? [] : linesOf(join(path, fileNames.metrics), from.metricsLength),
    get metricsLength() {
      return metrics.length;
    },
    append: (record) => metrics.append(record),
    save(checkpoint) {
      lock?.check();
      // The checkpoint counts the lines, so they must be on the disk first.
      metrics.sync();
      writeGeneration(path, encodeRun(checkpoint));
      return join(path, generations.newest);
    },
    note: (outcome) => void folder.write(fileNames.outcome, outcomeText(outcome)),
    close: () => metrics.close(),
  };
}

/** The lines within the first bytes: those after the checkpoint come again. @throws DataError for one that is not of metrics. */
function linesOf(path: string, length: number): MetricsRecord[] {
  return readPlain(path)
    .subarray(0, length)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => {
      try {
        const record = JSON.parse(line) as MetricsRecord;
        if (Number.isSafeInteger(record.step)) return record;
      } catch {
        // The sentence below says all that there is to say.
      }
      throw new DataError(`${path}, line ${i + 1}: it is not a line of metrics`);
    });
}
