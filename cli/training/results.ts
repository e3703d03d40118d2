import { formatBits } from '../../trainers/evaluation/index.ts';
import { isFileName, shortName, titleOf } from '../../trainers/registry/index.ts';
import type { RunConfig } from '../experiments/config.ts';
import type { Prepared } from '../experiments/experiment.ts';
import { formatCount, formatFigure } from '../terminal/numbers.ts';
import type { Outcome } from './train.ts';

/** The task, network, estimator and optimiser on one line. */
export function describeRun({ experiment, cell, estimator, optimizer, seed, dtype }: RunConfig): string {
  const { name, rate, alpha, clip } = optimizer;
  const schedule =
    rate === undefined ? '' : ` ${rate}${alpha === 0 ? '' : `/(1 + ${alpha === 1 ? '' : alpha}√t)`}`;
  const parts = [
    shortName(experiment),
    cell === undefined
      ? ''
      : `${isFileName(cell.name) ? shortName(cell.name) : cell.name.toUpperCase()} of ${cell.units} units`,
    titleOf(estimator),
    `${shortName(name)}${schedule}${clip === undefined ? '' : `, clipped at ${clip}`}`,
    dtype,
    `seed ${seed}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The results, and the known losses for comparison. */
export function resultRows(
  config: RunConfig,
  { unit, levels, yardsticks }: Prepared,
  { steps, records, reason }: Pick<Outcome, 'steps' | 'records' | 'reason'>,
): [string, string][] {
  const last = records.at(-1);
  const rows: [string, string][] = [['steps', formatCount(steps)]];
  if (reason !== undefined) rows.push(['ended early', reason]);
  if (last === undefined) return rows;
  const { mean, recent: latest, baselines } = last;
  const what = unit === 'bits' ? 'bits per symbol' : 'loss';
  rows.push([`${what}, all steps`, formatFigure(mean, unit)]);
  rows.push([`${what}, last ${formatCount(Math.min(steps, config.lastWindow))}`, formatFigure(latest, unit)]);
  for (const [label, own] of Object.entries(baselines))
    rows.push([label, `${formatBits(own.mean)} bits, last ${formatBits(own.recent)}`]);
  const floor = yardsticks().find(({ isFloor }) => isFloor);
  const lowest = floor && baselines[floor.label];
  if (lowest !== undefined) {
    const [above, latelyAbove] = [mean - lowest.mean, latest - lowest.recent];
    rows.push(['above that', `${above.toFixed(4)} bits, last ${latelyAbove.toFixed(4)}`]);
  }
  for (const { label, value } of levels) rows.push([label, formatFigure(value, unit)]);
  return rows;
}
