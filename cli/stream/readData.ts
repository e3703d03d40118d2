import { DataError } from '../../lib/index.ts';
import { exitCodeOf, exitCodes } from '../errors.ts';
import type { StreamConfig } from './config.ts';
import type { Batch } from './problem.ts';
import { readRows } from './rowReader.ts';
import { createRowSession } from './rowSession.ts';
import { misfit, shortened } from './saved.ts';
import type { SavedSession, Session } from './session.ts';
import type { Sources } from './source.ts';
import { readSymbols } from './symbolReader.ts';
import { createSymbolSession } from './symbolSession.ts';

/**
 * The records of the sources. What they are is between `readData` and the session of the same configuration.
 * @param previousTime of the row before them, in seconds, where rows have times and follow on others.
 */
export function readData(
  sources: Sources,
  { data }: StreamConfig,
  previousTime?: number,
): AsyncGenerator<Batch<unknown>, void, undefined> {
  return data.kind === 'text' ? readSymbols(sources, data) : readRows(sources, data, previousTime);
}

/** A fresh session, or one that goes on. @throws DataError when what was saved does not fit the configuration. */
export function openSession(config: StreamConfig, saved?: SavedSession): Session<unknown> {
  const { data } = config;
  const open = () =>
    (data.kind === 'text' ? createSymbolSession(config, data, saved) : createRowSession(config, data, saved)) as Session<unknown>;
  return saved === undefined ? open() : restored(open);
}

/** Runs the restoring of something saved: what breaks it is the fault of the data. */
export function restored<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const isFault = error instanceof TypeError || error instanceof RangeError || exitCodeOf(error) === exitCodes.usage;
    throw isFault ? misfit(shortened((error as Error).message)) : error;
  }
}
