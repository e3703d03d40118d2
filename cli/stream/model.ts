import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileProblem, UsageError } from '../errors.ts';
import type { StreamCheckpoint } from './checkpoint.ts';
import type { RowData, StreamConfig, SymbolData } from './config.ts';
import { generations, readCheckpointFile } from './generations.ts';
import { restored } from './readData.ts';
import { createRowSession, type RowSession } from './rowSession.ts';
import { createSymbolSession, type SymbolSession } from './symbolSession.ts';

/** What was learnt, ready to be used. */
export type Model =
  | { readonly kind: 'symbols'; readonly config: StreamConfig; readonly data: SymbolData; readonly session: SymbolSession }
  | { readonly kind: 'rows'; readonly config: StreamConfig; readonly data: RowData; readonly session: RowSession };

/** Opens the folder of a run of `norewind train`, or a checkpoint in it. @throws UsageError or DataError. */
export function openModel(path: string): Model {
  const checkpoint: StreamCheckpoint = readCheckpointFile(isFolder(path) ? join(path, generations.newest) : path);
  const { config, session } = checkpoint;
  const { data } = config;
  return restored(() =>
    data.kind === 'text'
      ? { kind: 'symbols', config, data, session: createSymbolSession(config, data, session) }
      : { kind: 'rows', config, data, session: createRowSession(config, data, session) },
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new UsageError(fileProblem('read', path, error));
  }
}
