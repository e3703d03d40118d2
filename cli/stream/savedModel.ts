import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { guard } from '../../lib/index.ts';
import { UsageError } from '../errors.ts';
import { fileNames, openFolder } from '../training/folder.ts';
import { lockFolder } from '../training/lock.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import type { StreamConfig } from './config.ts';
import { writeGeneration } from './generations.ts';
import type { Origin } from './model.ts';
import { beginning, behind } from './position.ts';
import type { Session } from './session.ts';

/** Learns, counts what is learnt from, and writes it as a checkpoint that the command goes on from too. */
export interface Keeper<R> {
  /** How many records there have been. */
  readonly records: number;
  /** Learns from a record, and gives its score. @throws what the session does, and the same again once that has broken. */
  advance(record: R): number | undefined;
  /** @throws UsageError when the folder has the metrics of another run, or a run is using it; FailedError when it cannot be written. */
  save(folder: string): void;
}

export function createKeeper<R>(config: StreamConfig, session: Session<R>, from?: Origin): Keeper<R> {
  let position = from?.position ?? beginning;
  let broken: unknown;
  return {
    get records() {
      return position.records;
    },
    advance(record) {
      // What a session had begun with the record that broke it, it has not ended.
      if (broken !== undefined) throw broken;
      try {
        const score = session.advance(record);
        position = behind(position, record);
        return score;
      } catch (error) {
        broken = error;
        throw error;
      }
    },
    save(folder) {
      guard.argument('save', 'folder', folder, guard.string, UsageError);
      if (broken !== undefined) throw broken;
      // The lines of metrics that a run has written remain its own.
      const isSame = from !== undefined && resolve(folder) === from.folder;
      const metrics = join(folder, fileNames.metrics);
      if (!isSame && existsSync(metrics) && statSync(metrics).size > 0)
        throw new UsageError(`${folder} has the metrics of another run: save the model in a folder of its own`);
      openFolder(folder);
      const metricsLength = isSame ? from.metricsLength : 0;
      const lock = lockFolder(folder);
      try {
        writeGeneration(folder, encodeCheckpoint({ config, position, metricsLength, session: session.save() }));
      } finally {
        lock.release();
      }
    },
  };
}
