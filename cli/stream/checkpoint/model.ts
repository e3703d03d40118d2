import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type OpenedRows, type OpenedText, openSnapshot } from '../../../trainers/streams/index.ts';
import { tablesOf } from '../../own/streamParts.ts';
import { generations, readCheckpointFile, readGeneration } from './generations.ts';

/** A saved model, ready for use. */
export type Model = (OpenedText | OpenedRows) & { readonly from: Origin };

/** Where a model was saved. */
export interface Origin {
  readonly folder: string;
  readonly metricsLength: number;
}

/** Opens the folder of a run of `norewind train`, or a checkpoint file. @throws UsageError or DataError. */
export async function readModel(path: string): Promise<Model> {
  const isRun = isFolder(path);
  const { metricsLength, ...snapshot } = isRun
    ? readGeneration(path, 'newest', `use that one, ${join(path, generations.previous)}`)
    : readCheckpointFile(path);
  return {
    ...openSnapshot(snapshot, {}, await tablesOf(snapshot.config)),
    from: { folder: resolve(isRun ? path : dirname(path)), metricsLength },
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Reading the file will say why it cannot be read.
    return false;
  }
}
