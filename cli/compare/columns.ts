import type { Entry } from './entries.ts';
import type { PastRun } from './readRun.ts';

/** A column of a table: of text, or of numbers. What is missing is undefined. */
export interface Column<Row> {
  readonly name: string;
  readonly isText: boolean;
  of(row: Row): string | number | undefined;
}

/** A line of metrics with its run. */
export interface Line {
  readonly run: PastRun;
  readonly entry: Entry;
}

/** The columns of all lines of metrics: run, settings, and figures. */
export function lineColumns(runs: readonly PastRun[]): Column<Line>[] {
  const baselines = [...new Set(runs.flatMap(({ last }) => Object.keys(last.baselines)))];
  return [
    { name: 'run', isText: true, of: ({ run }) => run.folder },
    ...settingColumns(
      runs.map(({ settings }) => settings),
      ({ run }: Line) => run.settings,
    ),
    { name: 'step', isText: false, of: ({ entry }) => entry.at },
    { name: 'unit', isText: true, of: ({ entry }) => entry.score },
    number('mean', ({ entry }: Line) => entry.mean),
    number('recent', ({ entry }: Line) => entry.recent),
    number('gradient norm', ({ entry }: Line) => entry.gradientNorm),
    ...baselines.flatMap((name) => [
      number(`${name} mean`, ({ entry }: Line) => entry.baselines[name]?.mean),
      number(`${name} recent`, ({ entry }: Line) => entry.baselines[name]?.recent),
    ]),
  ];
}

/** A column of numbers, where one that is not finite is missing. */
export function number<Row>(name: string, of: (row: Row) => number | null | undefined): Column<Row> {
  return {
    name,
    isText: false,
    of(row) {
      const value = of(row);
      return value === null || value === undefined || Number.isNaN(value) ? undefined : value;
    },
  };
}

type Settings = ReadonlyMap<string, string>;

/** A column for each setting; of numbers if every one of them is a number. */
export function settingColumns<Row>(all: readonly Settings[], of: (row: Row) => Settings): Column<Row>[] {
  const names = [...new Set(all.flatMap((settings) => [...settings.keys()]))];
  return names.map((name) => {
    const isText = all.some((settings) => settings.has(name) && !isNumber(settings.get(name) ?? ''));
    return {
      name,
      isText,
      of(row) {
        const value = of(row).get(name);
        return value === undefined || isText ? value : Number(value);
      },
    };
  });
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}
