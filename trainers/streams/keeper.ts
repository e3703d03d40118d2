import { beginning, behind, type Position } from './position.ts';
import type { Session } from './session.ts';
import type { Snapshot } from './snapshot.ts';

/** Learns and counts what it has learnt from. */
export interface Keeper<R> {
  /** How many records there have been. */
  readonly records: number;
  /** Learns from a record and returns its score. @throws what the session does, and the same again after that. */
  advance(record: R): number | undefined;
  snapshot(): Snapshot;
}

export function createKeeper<R>(config: Snapshot['config'], session: Session<R>, start: Position = beginning): Keeper<R> {
  let position = start;
  let failure: unknown;
  /** A session that failed has done a part of a step: neither can it go on, nor is there anything to save. */
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
