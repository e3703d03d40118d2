import { join } from 'node:path';
import { formatLoss } from '../../trainers/evaluation/index.ts';
import { lastEntry } from '../compare/entries.ts';
import { median } from '../compare/statistics.ts';
import { findingsIn, type KeptFinding } from '../probing/probedRun.ts';
import type { GridRun } from '../sweep/grid.ts';
import { runFolder } from '../sweep/gridFile.ts';
import { formatMicroseconds, formatSeconds } from '../terminal/numbers.ts';
import { fileNames } from '../training/folder.ts';
import { readOutcome } from '../training/outcome.ts';
import { before } from './before.ts';
import type { Cell, Measure, Published, Reproduction } from './reproduction.ts';

/** A cell with its runs, one for each seed. */
export interface CellRuns {
  readonly cell: Cell;
  readonly runs: readonly GridRun[];
}

/** The results of a cell so far. */
export interface CellResult {
  readonly cell: Cell;
  /** Of the runs that are over; infinite for one that diverged. */
  readonly values: readonly number[];
  readonly of: number;
  /** Of the processor, of all its runs together. */
  readonly cpuSeconds: number;
  /** The median time of a step; null if none was timed. */
  readonly microseconds: number | null;
}

/** @throws UsageError or DataError for files that cannot be read. */
export function resultsIn(folder: string, measure: Measure, cells: readonly CellRuns[]): CellResult[] {
  return cells.map(({ cell, runs }) => {
    const outcomes = runs.map((run) => ({
      own: runFolder(folder, run),
      outcome: readOutcome(runFolder(folder, run)),
    }));
    const values = outcomes.flatMap(({ own, outcome }) => {
      if (outcome?.status === 'diverged') return [Number.POSITIVE_INFINITY];
      return outcome?.status === 'done' ? [valueIn(own, measure, cell)] : [];
    });
    const times = outcomes.flatMap(({ outcome }) => outcome?.microseconds ?? []);
    return {
      cell,
      values,
      of: runs.length,
      cpuSeconds: outcomes.reduce((sum, { outcome }) => sum + (outcome?.cpuSeconds ?? 0), 0),
      microseconds: times.length === 0 ? null : median(times),
    };
  });
}

function valueIn(folder: string, measure: Measure, cell: Cell): number {
  if (measure.of === 'run') return lastEntry(join(folder, fileNames.metrics))?.recent ?? Number.NaN;
  return figureOf(findingsIn(folder).at(-1), measure, cell);
}

/** The probe's figure for the estimator of a cell. */
export function figureOf(
  finding: KeptFinding | undefined,
  { figure, block }: Extract<Measure, { readonly of: 'probe' }>,
  { label }: Cell,
): number {
  return finding?.estimators[label]?.blocks[block]?.[figure] ?? Number.NaN;
}

export interface ResultTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A row for each cell: what was published, what is there, how far it is from what was to be expected, and the time. At
 * full length that is the published figure, and else what norewind had at this scale before.
 */
export function resultTable(
  { name, measure }: Reproduction,
  results: readonly CellResult[],
  scale: number,
): ResultTable {
  const earlier = before[name]?.[scale] ?? {};
  const all = results.map((result) => ({
    ...result,
    wanted: scale === 1 ? firstFigure(result.cell) : earlier[result.cell.label],
  }));
  const hasWanted = all.some(({ wanted }) => wanted !== undefined);
  const isProbe = measure.of === 'probe';
  return {
    header: [
      'cell',
      'published',
      ...(scale === 1 || !hasWanted ? [] : [`norewind at ${scale}`]),
      'runs',
      'median',
      'least – most',
      ...(hasWanted ? ['deviation'] : []),
      ...(isProbe ? [] : ['a step']),
      'CPU time',
    ],
    rows: all.map(({ cell, values, of, cpuSeconds, microseconds, wanted }) => {
      const isThere = values.length > 0;
      const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
      return [
        cell.label,
        publishedText(cell.published ?? []),
        ...(scale === 1 || !hasWanted ? [] : [wanted === undefined ? '-' : valueText(measure, wanted)]),
        `${values.length} of ${of}`,
        isThere ? valueText(measure, middle) : '-',
        isThere ? `${valueText(measure, least)} – ${valueText(measure, most)}` : '-',
        ...(hasWanted
          ? [isThere && wanted !== undefined ? deviationText(measure, wanted, middle) : '-']
          : []),
        ...(isProbe ? [] : [formatMicroseconds(microseconds)]),
        formatSeconds(cpuSeconds),
      ];
    }),
  };
}

/** The first figure that is published; undefined if there are only sentences. */
function firstFigure({ published = [] }: Cell): number | undefined {
  return published.find(({ value }) => value !== undefined)?.value;
}

/** Such as `0.155 [recalled], 0.182 [simulated: median of …]`. */
function publishedText(published: readonly Published[]): string {
  return published
    .map(({ tag, value, says }) =>
      value === undefined ? `${says} [${tag}]` : `${value} [${tag}${says === undefined ? '' : `: ${says}`}]`,
    )
    .join(', ');
}

/** A difference of bits or cosines, and a factor of losses or variances. */
function deviationText(measure: Measure, wanted: number, middle: number): string {
  if (!Number.isFinite(middle)) return '-';
  const isDifference = measure.of === 'probe' ? measure.figure === 'cosine' : measure.unit === 'bits';
  if (!isDifference) return `× ${Number((middle / wanted).toPrecision(2))}`;
  const by = middle - wanted;
  return `${by < 0 ? '-' : '+'}${Math.abs(by).toFixed(4)}`;
}

function valueText(measure: Measure, value: number): string {
  if (Number.isNaN(value)) return 'none';
  if (!Number.isFinite(value)) return 'diverged';
  if (measure.of === 'probe') return String(Number(value.toPrecision(3)));
  return measure.unit === 'bits' ? value.toFixed(4) : formatLoss(value);
}
