import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { type Column, number, settingColumns } from '../compare/columns.ts';
import { cellOf, text } from '../compare/csv.ts';
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

/** The columns of the results: of each run its settings, how it ended, its last figures, and its times unless left out. */
export function resultColumns(all: readonly Collected[], hasTimes: boolean): Column<Collected>[] {
  const baselines = [...new Set(all.flatMap(({ last }) => Object.keys(last?.baselines ?? {})))];
  const places = new Map(all.map((each, i) => [each, i]));
  const text = (name: string, of: (each: Collected) => string | undefined) => ({ name, isText: true, of });
  return [
    number('index', (each) => places.get(each)),
    text('run', ({ run }) => run.name),
    ...settingColumns(
      all.map(({ settings }) => settings),
      ({ settings }: Collected) => settings,
    ),
    text('status', ({ outcome }) => outcome?.status ?? 'waiting'),
    number('steps taken', ({ outcome }) => outcome?.steps ?? 0),
    text('unit', ({ last }) => last?.score),
    number('mean', ({ last }) => last?.mean),
    number('recent', ({ last }) => last?.recent),
    number('gradient norm', ({ last }) => last?.gradientNorm),
    ...baselines.flatMap((name) => [
      number<Collected>(`${name} mean`, ({ last }) => last?.baselines[name]?.mean),
      number<Collected>(`${name} recent`, ({ last }) => last?.baselines[name]?.recent),
    ]),
    text('sentence', ({ outcome }) => outcome?.sentence),
    ...(hasTimes
      ? [
          number<Collected>('seconds', ({ outcome }) => outcome?.seconds),
          number<Collected>('CPU seconds', ({ outcome }) => outcome?.cpuSeconds),
          number<Collected>('microseconds a step', ({ outcome }) => outcome?.microseconds),
        ]
      : []),
  ];
}

export function resultsCsv(all: readonly Collected[], hasTimes: boolean): string {
  const columns = resultColumns(all, hasTimes);
  return stringify([
    columns.map(({ name }) => text(name)),
    ...all.map((each) => columns.map(({ of }) => cellOf(of(each)))),
  ]);
}
