import { ConfigurationError, DataError, guard, NonFiniteError, UsageError } from '../../lib/index.ts';
import { misfit, requireEntries, requireSame, shortened } from '../evaluation/saved.ts';
import { isTable, type SymbolExpert } from '../experts/index.ts';
import { builtIn } from '../registry/tables.ts';
import { requireConfig } from './checkConfig.ts';
import type { RowData, StreamConfig, SymbolData } from './given/config.ts';
import { type Position, requirePosition } from './reading/position.ts';
import { createRowSession, type RowSession } from './sessions/rowSession.ts';
import type { SavedSession, Session } from './sessions/session.ts';
import { createSymbolSession, type SymbolSession } from './sessions/symbolSession.ts';
import type { OwnExpert } from './targets/panelExperts.ts';

/**
 * A model and its position, as plain data: bytes and JSON values. `structuredClone` copies it, and IndexedDB
 * stores it.
 */
export interface Snapshot {
  readonly config: StreamConfig;
  readonly position: Position;
  readonly session: SavedSession;
}

/** @throws DataError or ConfigurationError unless a model saved it, as far as can be told before opening. */
export function requireSnapshot({ config, position, session }: Snapshot): void {
  requireConfig(config);
  requirePosition(position);
  requireSame(
    'the number of records',
    (session.rest as { records?: unknown } | null)?.records,
    position.records,
  );
}

interface Opened {
  readonly config: StreamConfig;
  readonly position?: Position;
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

/** Experts that are not built in, and that a model had. */
interface OwnExperts {
  readonly ofSymbols?: readonly SymbolExpert[];
  readonly ofRows?: readonly OwnExpert[];
}

/**
 * The session of a snapshot, ready for the next record. @throws DataError if it does not fit the
 * configuration.
 */
export function openSnapshot(
  { config, position, session }: Snapshot,
  own: OwnExperts = {},
  tables = builtIn,
): OpenedText | OpenedRows {
  const { data } = config;
  return restored(() =>
    data.kind === 'text'
      ? {
          kind: 'symbols',
          config,
          data,
          position,
          session: createSymbolSession(config, data, session, own.ofSymbols, tables),
        }
      : {
          kind: 'rows',
          config,
          data,
          position,
          session: createRowSession(config, data, session, own.ofRows, tables),
        },
  );
}

/** @throws DataError for anything but a snapshot. */
export function openChecked(snapshot: Snapshot, own: OwnExperts = {}): OpenedText | OpenedRows {
  return restored(() => {
    requireEntries('it', snapshot, ['config', 'position', 'session']);
    requireEntries('the session', snapshot.session, ['learner', 'rest'], ['tables']);
    const { tables = {} } = snapshot.session;
    requireSame('that the tables are a record', guard.record.holds(tables), true);
    for (const table of Object.values(tables)) requireSame('that a table is one', isTable(table), true);
    requireSnapshot(snapshot);
    return openSnapshot(snapshot, own);
  });
}

/**
 * A fresh or restored session. @param tables what the configuration may name. @throws DataError if the saved one does
 * not fit the configuration.
 */
export function openSession(config: StreamConfig, saved?: SavedSession, tables = builtIn): Session<unknown> {
  const { data } = config;
  const open = () =>
    (data.kind === 'text'
      ? createSymbolSession(config, data, saved, [], tables)
      : createRowSession(config, data, saved, [], tables)) as Session<unknown>;
  return saved === undefined ? open() : restored(open);
}

const faults = [TypeError, RangeError, UsageError, ConfigurationError, NonFiniteError];

/** Runs a restoration, and blames the data for any error. */
export function restored<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw faults.some((fault) => error instanceof fault)
      ? misfit(shortened((error as Error).message))
      : error;
  }
}
