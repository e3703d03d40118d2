import { join } from 'node:path';
import type { Tables } from '../../../trainers/registry/index.ts';
import {
  beginning,
  openSession,
  type Position,
  type Session,
  type StreamConfig,
} from '../../../trainers/streams/index.ts';
import { counted } from '../../terminal/numbers.ts';
import { fileNames, openFolder } from '../../training/folder.ts';
import type { Lock } from '../../training/lock.ts';
import { type MetricsFile, openMetrics } from '../../training/metricsFile.ts';
import { encodeCheckpoint, type StreamCheckpoint } from '../checkpoint/checkpoint.ts';
import { generations, writeGeneration } from '../checkpoint/generations.ts';

/** A run on a stream, in a folder. */
export interface StreamRun {
  readonly folder: string;
  readonly config: StreamConfig;
  readonly session: Session<unknown>;
  readonly metrics: MetricsFile;
  position: Position;
  /** Writes a file of its folder atomically. @throws as `save`. */
  write(name: string, content: string): string;
  /**
   * Writes a checkpoint, unless the last one is of the same position. @throws FailedError, or LostFolderError
   * if the folder was taken over.
   */
  save(): void;
  /** Where the last checkpoint is, as part of a sentence. */
  saved(): string;
}

/**
 * @param lock of the folder, checked before each write.
 * @param tables what the configuration may name; what is built in if left out.
 * @throws DataError or FailedError if a checkpoint does not fit its folder, or the folder is unusable.
 */
export function openRun(
  folder: string,
  config: StreamConfig,
  checkpoint?: StreamCheckpoint,
  lock?: Lock,
  tables?: Tables,
): StreamRun {
  const session = openSession(config, checkpoint?.session, tables);
  const metrics = openMetrics(join(folder, fileNames.metrics), checkpoint?.metricsLength ?? 0, lock);
  let savedAt = checkpoint?.position;
  return {
    folder,
    config,
    session,
    metrics,
    position: checkpoint?.position ?? beginning,
    write: openFolder(folder, lock).write,
    save() {
      const { position } = this;
      if (position === savedAt) return;
      lock?.check();
      // The checkpoint counts the lines, so they must be on the disk first.
      metrics.sync();
      const state = { config, position, metricsLength: metrics.length, session: session.save() };
      writeGeneration(folder, encodeCheckpoint(state));
      savedAt = position;
    },
    saved() {
      if (savedAt === undefined) return 'no checkpoint had been made';
      return `the checkpoint in ${join(folder, generations.newest)} is from after ${counted(savedAt.records, 'record')}`;
    },
  };
}

/** The text of config.json. */
export function configText(config: StreamConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}
