import type { MetricsRecord } from '../training/metrics.ts';
import type { Curve, Point } from './plots.ts';

/** The loss of the latest steps over time, in the unit of the task. */
export function windowCurve(label: string, records: readonly MetricsRecord[]): Curve {
  return { label, points: pointsOf(records, ({ recent }) => recent) };
}

/** The mean loss of all steps so far. */
export function meanCurve(label: string, records: readonly MetricsRecord[]): Curve {
  return { label, points: pointsOf(records, ({ mean }) => mean) };
}

export function gradientCurve(label: string, records: readonly MetricsRecord[]): Curve {
  return { label, points: pointsOf(records, ({ gradientNorm }) => gradientNorm).filter(([, y]) => y > 0) };
}

/** The bits of each yardstick on the latest symbols. */
export function yardstickCurves(records: readonly MetricsRecord[]): Curve[] {
  return Object.keys(records[0]?.baselines ?? {}).map((label) => ({
    label,
    isReference: true,
    points: pointsOf(records, ({ baselines }) => baselines[label].recent),
  }));
}

function pointsOf(records: readonly MetricsRecord[], figure: (record: MetricsRecord) => number): Point[] {
  return records
    .map((record) => [record.step, figure(record)] as const)
    .filter(([, y]) => Number.isFinite(y));
}
