import type { Entry } from './entries.ts';
import type { Group } from './groups.ts';
import type { PastRun } from './readRun.ts';
import { median } from './statistics.ts';

/**
 * The longest time of the processor, in seconds, that every group has: the shortest median of a group. Undefined for
 * one group, or if the time of a run was not measured.
 */
export function secondsOfAll(groups: readonly Group[]): number | undefined {
  const medians = groups.map(secondsOf);
  const shortest = Math.min(...medians);
  return groups.length > 1 && medians.every(Number.isFinite) && shortest > 0 ? shortest : undefined;
}

/** The median time of the processor, NaN if that of a run was not measured. */
export function secondsOf({ runs }: Group): number {
  const all = runs.map(({ cpuSeconds }) => cpuSeconds ?? Number.NaN);
  return all.every(Number.isFinite) ? median(all) : Number.NaN;
}

/** The entry that a run had after this time of the processor, at its mean time of a step; else its first. */
export function entryAfter({ entries, last, cpuSeconds = 0 }: PastRun, seconds: number): Entry {
  if (cpuSeconds <= seconds) return last;
  const steps = (last.at * seconds) / cpuSeconds;
  return entries.findLast(({ at }) => at <= steps) ?? entries[0];
}
