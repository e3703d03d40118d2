import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { text } from '../compare/csv.ts';
import { type Entry, lastEntry } from '../compare/entries.ts';
import { settingsByPath } from '../compare/readRun.ts';
import { fileNames } from '../training/folder.ts';
import { readOutcome, type SavedOutcome } from '../training/outcome.ts';
import type { GridRun } from './grid.ts';
import { runFolder } from './gridFile.ts';

/** A run of a sweep with what is there of it. */
export interface Collected {
  readonly run: GridRun;
  readonly settings: ReadonlyMap<string, string>;
  /** Undefined if it has not begun. */
  readonly outcome: SavedOutcome | undefined;
  /** The last line of metrics. */
  readonly last: Entry | undefined;
}

/** @throws UsageError or DataError for metrics that cannot be read. */
export function collected(folder: string, runs: readonly GridRun[]): Collected[] {
  return runs.map((run) => {
    const own = runFolder(folder, run);
    const outcome = readOutcome(own);
    return {
      run,
      settings: new Map(settingsByPath(run.config)),
      outcome,
      last: outcome === undefined ? undefined : lastEntry(join(own, fileNames.metrics)),
    };
  });
}

/** One row for each run: its settings, how it ended, its last figures, and its times unless they are left out. */
export function resultsCsv(all: readonly Collected[], hasTimes: boolean): string {
  const keys = [...new Set(all.flatMap(({ settings }) => [...settings.keys()]))];
  const baselines = [...new Set(all.flatMap(({ last }) => Object.keys(last?.baselines ?? {})))];
  const header = [
    'index',
    'run',
    ...keys.map(text),
    'status',
    'steps taken',
    'unit',
    'mean',
    'recent',
    'gradient norm',
    ...baselines.flatMap((name) => [text(`${name} mean`), text(`${name} recent`)]),
    'sentence',
    ...(hasTimes ? ['seconds', 'CPU seconds', 'microseconds a step'] : []),
  ];
  const rows = all.map(({ run, settings, outcome, last }, i) => [
    i,
    text(run.name),
    ...keys.map((key) => setting(settings.get(key) ?? '')),
    outcome?.status ?? 'waiting',
    outcome?.steps ?? 0,
    last?.score ?? '',
    cell(last?.mean),
    cell(last?.recent),
    cell(last?.gradientNorm),
    ...baselines.flatMap((name) => [cell(last?.baselines[name]?.mean), cell(last?.baselines[name]?.recent)]),
    text(outcome?.sentence ?? ''),
    ...(hasTimes
      ? [cell(outcome?.seconds), cell(outcome?.cpuSeconds), cell(outcome?.microseconds ?? undefined)]
      : []),
  ]);
  return stringify([header, ...rows]);
}

/** A number is no formula, whatever its sign. */
function setting(value: string): string {
  return value !== '' && Number.isFinite(Number(value)) ? value : text(value);
}

function cell(value: number | undefined): number | string {
  return value === undefined || Number.isNaN(value) ? '' : value;
}
