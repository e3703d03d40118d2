import { join } from 'node:path';
import { readPlain } from '../plainFile.ts';
import { fileNames } from './folder.ts';

/**
 * The content of outcome.json: how far a run is, how it ended, and the time it took, which no other file of a
 * run has.
 */
export interface SavedOutcome {
  readonly status: 'running' | 'stopped' | 'done' | 'diverged' | 'failed';
  readonly steps: number;
  /** Of all sessions together. */
  readonly seconds: number;
  /** The median time of a step, without starting and compiling; null if no step was timed. */
  readonly microseconds: number | null;
  /** Why it diverged or failed, or ended early. */
  readonly sentence?: string;
}

/** Undefined if there is none, or none that can be read: it holds nothing that a run depends on. */
export function readOutcome(folder: string): SavedOutcome | undefined {
  try {
    const value: unknown = JSON.parse(readPlain(join(folder, fileNames.outcome)).toString());
    return isOutcome(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function outcomeText(outcome: SavedOutcome): string {
  return `${JSON.stringify(outcome, null, 2)}\n`;
}

const states: readonly unknown[] = ['running', 'stopped', 'done', 'diverged', 'failed'];

function isOutcome(value: unknown): value is SavedOutcome {
  if (typeof value !== 'object' || value === null) return false;
  const { status, steps, seconds, microseconds, sentence } = value as Partial<
    Record<keyof SavedOutcome, unknown>
  >;
  return (
    states.includes(status) &&
    Number.isSafeInteger(steps) &&
    Number.isFinite(seconds) &&
    (microseconds === null || Number.isFinite(microseconds)) &&
    (sentence === undefined || typeof sentence === 'string')
  );
}
