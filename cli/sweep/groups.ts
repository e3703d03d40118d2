import { formatBits, formatLoss } from '../../trainers/evaluation/index.ts';
import { shortName } from '../../trainers/registry/index.ts';
import { differing } from '../compare/groups.ts';
import { median } from '../compare/statistics.ts';
import { formatMicroseconds } from '../terminal/numbers.ts';
import type { Collected } from './collect.ts';
import { shortKey } from './grid.ts';

/** The runs that differ in their seeds alone. */
interface Group {
  readonly labels: readonly string[];
  readonly runs: readonly Collected[];
  readonly middle: number;
}

/**
 * A row for each group of runs that differ in their seeds alone: the settings in which the groups differ, the median
 * of the recent figure and its range, and the median time of a step. The best median comes first.
 */
export function groupTable(
  all: readonly Collected[],
  hasTimes: boolean,
): { header: string[]; rows: string[][] } {
  const keys = telling(all);
  const byLabel = new Map<string, Collected[]>();
  for (const each of all) {
    const label = JSON.stringify(keys.map((key) => each.settings.get(key) ?? ''));
    byLabel.set(label, [...(byLabel.get(label) ?? []), each]);
  }
  const score = all.find(({ last }) => last !== undefined)?.last?.score ?? 'loss';
  const format = (value: number) =>
    Number.isFinite(value) ? (score === 'bits' ? formatBits(value) : formatLoss(value)) : '-';
  const groups = Array.from(byLabel, ([label, runs]): Group => {
    const labels = JSON.parse(label) as string[];
    return { labels, runs, middle: median(recents(runs)) };
  }).sort((a, b) => rank(a.middle) - rank(b.middle));
  const names = keys.map(shortKey);
  const long = new Set(groups.flatMap(({ labels }) => labels));
  // Two files of the same short name keep their paths.
  const shortened = (label: string) =>
    [...long].some((other) => other !== label && shortName(other) === shortName(label))
      ? label
      : shortName(label);
  return {
    header: [
      // Two settings of the same short name keep their paths.
      ...(names.length === 0
        ? ['runs of']
        : names.map((name, i) => (names.indexOf(name) === names.lastIndexOf(name) ? name : keys[i]))),
      'done',
      `${score}, median`,
      'least',
      'most',
      ...(hasTimes ? ['a step'] : []),
    ],
    rows: groups.map(({ labels, runs, middle }) => {
      const values = recents(runs);
      const done = runs.filter(({ outcome }) => outcome?.status === 'done').length;
      const times = runs.flatMap(({ outcome }) => outcome?.microseconds ?? []);
      return [
        ...(labels.length === 0 ? [runs[0].run.config.experiment] : labels).map(shortened),
        `${done} of ${runs.length}`,
        format(middle),
        format(Math.min(...values)),
        format(Math.max(...values)),
        ...(hasTimes ? [formatMicroseconds(times.length === 0 ? null : median(times))] : []),
      ];
    }),
  };
}

/** The settings in which the runs differ, without the seeds and without those that follow from others. */
function telling(all: readonly Collected[]): string[] {
  const keys = differing(all);
  return keys.filter((key, i) => {
    const named = `${groupOf(key)}name`;
    const isDefault = key !== named && keys.includes(named) && isConstantIn(all, key, named);
    // As the stride, which is the window if left out.
    const isCopy = keys
      .slice(0, i)
      .some((other) => groupOf(other) === groupOf(key) && isEqualTo(all, key, other));
    return !isDefault && !isCopy;
  });
}

/** Whether a setting follows from another one, as the defaults of an estimator do from its name. */
function isConstantIn(all: readonly Collected[], key: string, other: string): boolean {
  const seen = new Map<string | undefined, string | undefined>();
  return all.every(({ settings }) => {
    const [of, value] = [settings.get(other), settings.get(key)];
    if (!seen.has(of)) seen.set(of, value);
    return seen.get(of) === value;
  });
}

/** Whether a setting is the same as another one wherever it is there. */
function isEqualTo(all: readonly Collected[], key: string, other: string): boolean {
  return all.every(({ settings }) => !settings.has(key) || settings.get(key) === settings.get(other));
}

function groupOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.') + 1);
}

/** The recent figures of runs that are over; a diverged one is worse than any number. */
function recents(runs: readonly Collected[]): number[] {
  return runs.flatMap(({ outcome, last }) => {
    if (outcome?.status === 'diverged') return [Number.POSITIVE_INFINITY];
    return outcome?.status === 'done' && last !== undefined ? [last.recent] : [];
  });
}

function rank(value: number): number {
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}
