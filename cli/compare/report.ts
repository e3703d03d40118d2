import { formatBits, formatLoss } from '../../trainers/evaluation/index.ts';
import { htmlPage, htmlTable } from '../report/html.ts';
import { type Curve, drawFigure, type Point } from '../report/plots.ts';
import { formatCount } from '../terminal/numbers.ts';
import type { Entry } from './entries.ts';
import type { PastRun } from './readRun.ts';

/** The final figures: one row per run, the best recent score first, then the baselines they share. */
export interface FinalTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function finalTable(runs: readonly PastRun[]): FinalTable {
  const { score } = runs[0];
  const format = (value: number) =>
    Number.isFinite(value) ? (score === 'bits' ? formatBits(value) : formatLoss(value)) : 'not finite';
  const byScore = [...runs].sort((a, b) => rank(a.last.recent) - rank(b.last.recent));
  return {
    header: ['run', nounOf(runs), `${score}, latest`, `${score}, all`],
    rows: byScore
      .flatMap(({ folder, last }) => [[folder, formatCount(last.at), format(last.recent), format(last.mean)]])
      .concat(
        baselinesOf(runs).map(([name, { at, recent, mean }]) => [
          name,
          formatCount(at),
          format(recent),
          format(mean),
        ]),
      ),
  };
}

/** The settings in which the runs differ, a row each. */
function differences(runs: readonly PastRun[]): string[][] {
  const keys = [...new Set(runs.flatMap(({ settings }) => [...settings.keys()]))];
  return keys
    .map((key) => [key, ...runs.map(({ settings }) => settings.get(key) ?? '')])
    .filter(([, first, ...others]) => others.some((other) => other !== first));
}

/** A self-contained page. */
export function compareReport(runs: readonly PastRun[]): string {
  const { score } = runs[0];
  const x = nounOf(runs);
  const curves = (figure: (entry: Entry) => number): Curve[] =>
    runs.map(({ folder, entries }) => ({ label: folder, points: pointsOf(entries, figure) }));
  const references = baselineCurves(runs);
  const isLogarithmic = score !== 'bits';
  const { header, rows } = finalTable(runs);
  const unequal = differences(runs);
  return htmlPage(`Comparison of ${runs.length} runs`, [
    htmlTable(header, rows),
    '<h2>Latest predictions</h2>',
    drawFigure({
      x,
      y: `${score}, latest`,
      isLogarithmic,
      curves: [...curves(({ recent }) => recent), ...references],
    }),
    '<h2>All predictions so far</h2>',
    drawFigure({ x, y: `${score}, all so far`, isLogarithmic, curves: curves(({ mean }) => mean) }),
    '<h2>Norm of the gradient estimate</h2>',
    drawFigure({
      x,
      y: 'norm',
      isLogarithmic: true,
      curves: curves(({ gradientNorm }) => gradientNorm || Number.NaN),
    }),
    '<h2>Differences in configuration</h2>',
    unequal.length === 0
      ? '<p>There are none.</p>'
      : htmlTable(['setting', ...runs.map(({ folder }) => folder)], unequal),
  ]);
}

/** The baselines and experts that are the same in all runs: those that learn from equal data in the same way. */
function baselinesOf(
  runs: readonly PastRun[],
): (readonly [name: string, figures: { at: number; recent: number; mean: number }])[] {
  const [{ last }, ...others] = runs;
  return Object.entries(last.baselines)
    .filter(([name, figures]) =>
      others.every((other) => JSON.stringify(other.last.baselines[name]) === JSON.stringify(figures)),
    )
    .map(([name, figures]) => [name, { at: last.at, ...figures }]);
}

function baselineCurves(runs: readonly PastRun[]): Curve[] {
  return baselinesOf(runs).map(([label]) => ({
    label,
    isReference: true,
    points: pointsOf(runs[0].entries, ({ baselines }) => baselines[label]?.recent ?? Number.NaN),
  }));
}

function pointsOf(entries: readonly Entry[], figure: (entry: Entry) => number): Point[] {
  return entries
    .map((entry): Point => [entry.at, figure(entry)])
    .filter(([at, value]) => at > 0 && Number.isFinite(value));
}

export function nounOf([{ command }]: readonly PastRun[]): 'records' | 'steps' {
  return command === 'train' ? 'records' : 'steps';
}

/** Values that are not finite come last. */
function rank(value: number): number {
  return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
}
