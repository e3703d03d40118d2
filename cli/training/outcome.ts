import { join } from 'node:path';
import { readPlain } from '../plainFile.ts';
import { fileNames } from './folder.ts';
import { noTime, type Times } from './stopwatch.ts';

/**
 * The content of outcome.json: how far a run is, how it ended, and the time it took, which no other file of a
 * run has.
 */
export interface SavedOutcome extends Times {
  readonly status: 'running' | 'stopped' | 'done' | 'diverged' | 'failed';
  readonly steps: number;
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

/** That of a run that failed after this one, in words. */
export function failureText(before: SavedOutcome | undefined, sentence: string): string {
  const { steps = 0 } = before ?? {};
  return outcomeText({ status: 'failed', steps, ...timesOf(before ?? noTime), sentence });
}

export function timesOf({ seconds, cpuSeconds, microseconds }: Times): Times {
  return { seconds, cpuSeconds, microseconds };
}

const states: readonly unknown[] = ['running', 'stopped', 'done', 'diverged', 'failed'];

function isOutcome(value: unknown): value is SavedOutcome {
  if (typeof value !== 'object' || value === null) return false;
  const { status, steps, seconds, cpuSeconds, microseconds, sentence } = value as Partial<
    Record<keyof SavedOutcome, unknown>
  >;
  return (
    states.includes(status) &&
    Number.isSafeInteger(steps) &&
    Number.isFinite(seconds) &&
    Number.isFinite(cpuSeconds) &&
    (microseconds === null || Number.isFinite(microseconds)) &&
    (sentence === undefined || typeof sentence === 'string')
  );
}
