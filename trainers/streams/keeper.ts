import { beginning, behind, type Position } from './reading/position.ts';
import type { Session } from './sessions/session.ts';
import type { Snapshot } from './snapshot.ts';

/** Learns, and counts the records learnt from. */
export interface Keeper<R> {
  /** The number of records so far. */
  readonly records: number;
  /**
   * Learns from a record and returns its score. @throws as the session does, and the same error again after
   * that.
   */
  advance(record: R): number | undefined;
  snapshot(): Snapshot;
}

export function createKeeper<R>(
  config: Snapshot['config'],
  session: Session<R>,
  start: Position = beginning,
): Keeper<R> {
  let position = start;
  let failure: unknown;
  /** A session that failed has done part of a step: it can neither resume nor be saved. */
  function requireWhole(): void {
    if (failure !== undefined) throw failure;
  }
  return {
    get records() {
      return position.records;
    },
    advance(record) {
      requireWhole();
      try {
        const score = session.advance(record);
        position = behind(position, record);
        return score;
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    snapshot() {
      requireWhole();
      return { config, position, session: session.save() };
    },
  };
}
