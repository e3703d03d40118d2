import { encodeCheckpoint, type StreamCheckpoint } from '../../cli/stream/checkpoint/checkpoint.ts';
import type { RowData, StreamConfig, SymbolData } from '../../trainers/streams/given/config.ts';
import { beginning, behind } from '../../trainers/streams/reading/position.ts';
import { openSession } from '../../trainers/streams/snapshot.ts';

/** A network that is small enough to be made thousands of times. */
export const tiny = {
  cell: { name: 'gru', units: 2 },
  estimator: { name: 'tbptt', window: 1, stride: 1 },
  optimizer: { name: 'adam', rate: 0.01, alpha: 0 },
  dtype: 'float32',
  seed: 1,
  recent: 10,
  every: 1e6,
} as const satisfies Omit<StreamConfig, 'data'>;

export const characters: SymbolData = { kind: 'text', unit: 'character', symbols: 4 };

export const rows: RowData = {
  kind: 'csv',
  delimiter: ',',
  columns: ['a', 'k'],
  categorical: ['k'],
  target: 'a',
  horizon: 1,
  categories: 3,
};

/** The session after these entries of the data. */
export function checkpointAfter(entries: readonly unknown[], config: StreamConfig): StreamCheckpoint {
  const session = openSession(config);
  let position = beginning;
  for (const entry of entries) {
    session.advance(entry);
    position = behind(position, entry);
  }
  return { config, position, metricsLength: 0, session: session.save() };
}

export function bytesAfter(entries: readonly unknown[], config: StreamConfig): Uint8Array {
  return encodeCheckpoint(checkpointAfter(entries, config));
}
