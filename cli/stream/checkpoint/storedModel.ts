import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { guard, UsageError } from '../../../lib/index.ts';
import {
  type RowModel as PortableRowModel,
  type TextModel as PortableTextModel,
  createModel as portableModel,
  createTextModel as portableTextModel,
  rowModelOf,
  type Snapshot,
  textModelOf,
} from '../../../trainers/streams/index.ts';
import { fileNames, openFolder } from '../../training/folder.ts';
import { lockFolder } from '../../training/lock.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import { writeGeneration } from './generations.ts';
import { type Origin, readModel } from './model.ts';

/** A model that can be saved in a folder. */
export interface Stored {
  /**
   * Writes a checkpoint that `openModel`, `openTextModel`, `norewind predict` and `norewind train --resume`
   * read.
   * @throws UsageError if the folder has the metrics of another run or is in use; FailedError if it cannot be
   * written.
   */
  save(folder: string): void;
}

/** The model of norewind/trainers, plus `save`. */
export type RowModel<Column extends string = string, Prediction = number | string | null> = PortableRowModel<
  Column,
  Prediction
> &
  Stored;
export type TextModel = PortableTextModel & Stored;

/** A new model. @throws ConfigurationError or UsageError for unusable options. */
export const createModel = storing(portableModel);

/** A new model. @throws ConfigurationError or UsageError for unusable options. */
export const createTextModel = storing(portableTextModel);

/**
 * Opens what `norewind train` or `save` left in a folder, which stays unchanged until the model is saved.
 * @throws UsageError if there is none, or a model of text; DataError if it is damaged.
 */
export async function openModel(path: string): Promise<RowModel> {
  guard.argument('openModel', 'path', path, guard.string, UsageError);
  const opened = await readModel(path);
  if (opened.kind !== 'rows') throw new UsageError(`${path} is a model of text: use openTextModel`);
  return stored(rowModelOf<string, number | string | null>(opened), opened.from);
}

/**
 * Opens what `norewind train` or `save` left in a folder. @throws UsageError if there is none, or a model of
 * rows; DataError if it is damaged.
 */
export async function openTextModel(path: string): Promise<TextModel> {
  guard.argument('openTextModel', 'path', path, guard.string, UsageError);
  const opened = await readModel(path);
  if (opened.kind !== 'symbols') throw new UsageError(`${path} is a model of rows: use openModel`);
  return stored(textModelOf(opened), opened.from);
}

interface Kept {
  snapshot(): Snapshot;
}

function storing<A extends readonly unknown[], M extends Kept>(
  create: (...options: A) => M,
): (...options: A) => M & Stored {
  return (...options) => stored(create(...options));
}

function stored<M extends Kept>(model: M, from?: Origin): M & Stored {
  return Object.assign(model, {
    save(folder: string) {
      guard.argument('save', 'folder', folder, guard.string, UsageError);
      const snapshot = model.snapshot();
      // A model saved in the folder of its run keeps the run's metrics.
      const isSame = from !== undefined && resolve(folder) === from.folder;
      const metrics = join(folder, fileNames.metrics);
      if (!isSame && existsSync(metrics) && statSync(metrics).size > 0)
        throw new UsageError(
          `${folder} has the metrics of another run: save the model in a folder of its own`,
        );
      openFolder(folder);
      const lock = lockFolder(folder);
      try {
        writeGeneration(
          folder,
          encodeCheckpoint({ ...snapshot, metricsLength: isSame ? from.metricsLength : 0 }),
        );
      } finally {
        lock.release();
      }
    },
  });
}
