import { htmlPage, htmlTable } from '../report/html.ts';
import {
  type Curve,
  drawFigure,
  type Figure,
  highlighting,
  type Level,
  type Point,
} from '../report/plots.ts';
import { type Band, bandOf, viewOf } from './bands.ts';
import type { Entry } from './entries.ts';
import { differing, type Group, groupsOf } from './groups.ts';
import type { PastRun } from './readRun.ts';
import { bestRates, groupTable, nounOf, sharedBaselines, type Table } from './tables.ts';

export interface ReportOptions {
  /** The name of the group that others are compared with; the first one if left out. */
  readonly baseline?: string;
  /** Whether each run is drawn, thinly, in place of the range of its group. */
  readonly isEachDrawn?: boolean;
  /** Known losses. */
  readonly levels?: readonly Level[];
}

/** The comparison of runs: their groups, figures and tables. */
export interface Comparison {
  readonly groups: readonly Group[];
  readonly figures: Readonly<Record<'loss' | 'mean' | 'gradient', Figure>>;
  readonly table: Table;
  readonly rates: Table | undefined;
}

/** @throws UsageError for a baseline that is no group. */
export function comparisonOf(runs: readonly PastRun[], options: ReportOptions = {}): Comparison {
  const groups = groupsOf(runs);
  const [{ score }] = runs;
  const x = nounOf(runs);
  const { levels = [] } = options;
  const isLogarithmic = score !== 'bits';
  const figure = (y: string, of: (entry: Entry) => number, isPower: boolean, references?: Curve[]) => {
    const bands = groups.map((group) => bandOf(group, of));
    const view = viewOf(bands, references === undefined ? [] : lastValues(references, levels), isPower);
    return {
      x,
      y,
      isLogarithmic: isPower,
      curves: [...groups.map((group, i) => curveOf(group, bands[i], of, options)), ...(references ?? [])],
      ...(references && { levels }),
      ...(view && { view }),
    };
  };
  const references = baselineCurves(runs);
  return {
    groups,
    figures: {
      loss: figure(`${score}, latest`, ({ recent }) => recent, isLogarithmic, references),
      mean: figure(`${score}, all so far`, ({ mean }) => mean, isLogarithmic),
      gradient: figure('norm', ({ gradientNorm }) => gradientNorm || Number.NaN, true),
    },
    table: groupTable(groups, options.baseline),
    rates: bestRates(runs),
  };
}

function lastValues(references: readonly Curve[], levels: readonly Level[]): number[] {
  return [
    ...references.flatMap(({ points }) => points.slice(-1).map(([, y]) => y)),
    ...levels.map(({ value }) => value),
  ];
}

function curveOf(
  { name, runs }: Group,
  { median, range }: Band,
  of: (entry: Entry) => number,
  { isEachDrawn }: ReportOptions,
): Curve {
  const isAlone = runs.length === 1;
  return {
    label: isAlone ? name : `${name} (${runs.length})`,
    points: median,
    ...(isEachDrawn && !isAlone && { parts: runs.map(({ entries }) => pointsOf(entries, of)) }),
    ...(!isEachDrawn && !isAlone && { range }),
  };
}

/** A self-contained page. */
export function compareReport(
  runs: readonly PastRun[],
  { groups, figures, table, rates }: Comparison,
  isEachDrawn = false,
): string {
  const count = Math.max(
    ...Object.values(figures).map(({ curves, levels }) => curves.length + (levels?.length ?? 0)),
  );
  const band = isEachDrawn ? 'a thin line is a run' : 'a band reaches from the lowest to the highest run';
  const unequal = differences(groups);
  return htmlPage(
    `Comparison of ${runs.length} runs`,
    [
      `<p>${groups.length === runs.length ? 'No two runs differ in their seeds alone.' : `${groups.length} groups of runs that differ in their seeds alone. A line is the median of a group, and ${band}.`}</p>`,
      htmlTable(table.header, table.rows),
      `<p>${table.note}</p>`,
      ...(rates === undefined ? [] : ['<h2>Best rates</h2>', htmlTable(rates.header, rates.rows)]),
      '<h2>Latest predictions</h2>',
      drawFigure(figures.loss),
      '<h2>All predictions so far</h2>',
      drawFigure(figures.mean),
      '<h2>Norm of the gradient estimate</h2>',
      drawFigure(figures.gradient),
      '<h2>Differences in configuration</h2>',
      unequal.rows.length === 0 ? '<p>There are none.</p>' : htmlTable(unequal.header, unequal.rows),
    ],
    highlighting(count),
  );
}

/** The settings in which the groups differ, a row for each group. */
function differences(groups: readonly Group[]): Pick<Table, 'header' | 'rows'> {
  const names = differing(groups.map(({ runs: [run] }) => run));
  return {
    header: ['group', ...names],
    rows:
      names.length === 0
        ? []
        : groups.map(({ name, runs: [{ settings }] }) => [
            name,
            ...names.map((key) => settings.get(key) ?? ''),
          ]),
  };
}

function baselineCurves(runs: readonly PastRun[]): Curve[] {
  const [{ entries }] = runs;
  return sharedBaselines(runs).map(({ name }) => ({
    label: name,
    isReference: true,
    points: pointsOf(entries, ({ baselines }) => baselines[name]?.recent ?? Number.NaN),
  }));
}

function pointsOf(entries: readonly Entry[], figure: (entry: Entry) => number): Point[] {
  return entries
    .map((entry): Point => [entry.at, figure(entry)])
    .filter(([at, value]) => at > 0 && Number.isFinite(value));
}
