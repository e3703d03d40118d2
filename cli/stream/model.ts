import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { RowData, StreamConfig, SymbolData } from './config.ts';
import { generations, readCheckpointFile, readGeneration } from './generations.ts';
import type { Position } from './position.ts';
import { restored } from './readData.ts';
import { createRowSession, type RowSession } from './rowSession.ts';
import { createSymbolSession, type SymbolSession } from './symbolSession.ts';

/** What was learnt, ready to be used. */
export type Model = OpenedText | OpenedRows;

interface Opened {
  readonly config: StreamConfig;
  readonly from: Origin;
}

export interface OpenedText extends Opened {
  readonly kind: 'symbols';
  readonly data: SymbolData;
  readonly session: SymbolSession;
}

export interface OpenedRows extends Opened {
  readonly kind: 'rows';
  readonly data: RowData;
  readonly session: RowSession;
}

/** Where a model was when it was saved. */
export interface Origin {
  readonly folder: string | undefined;
  readonly position: Position;
  readonly metricsLength: number;
}

/** Opens the folder of a run of `norewind train`, or a checkpoint in it. @throws UsageError or DataError. */
export function readModel(path: string): Model {
  const isRun = isFolder(path);
  const { config, position, metricsLength, session } = isRun
    ? readGeneration(path, 'newest', `use that one, ${join(path, generations.previous)}`)
    : readCheckpointFile(path);
  const from = { folder: resolve(isRun ? path : dirname(path)), position, metricsLength };
  const { data } = config;
  return restored(() =>
    data.kind === 'text'
      ? { kind: 'symbols', config, data, session: createSymbolSession(config, data, session), from }
      : { kind: 'rows', config, data, session: createRowSession(config, data, session), from },
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Whoever reads it says why it cannot be had.
    return false;
  }
}
