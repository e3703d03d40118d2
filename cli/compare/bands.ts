import type { Point } from '../report/plots.ts';
import { median } from './statistics.ts';

/** The median of a group's runs over time, and the lowest and the highest of them. */
export interface Band {
  readonly median: readonly Point[];
  readonly range: readonly (readonly [x: number, low: number, high: number])[];
}

/** A plot cannot show more points than these. */
const mostPoints = 400;

/** @param figure a figure of an entry; NaN where it has none, which is taken for the worst. */
export function bandOf<E extends { readonly at: number }>(
  { runs }: { readonly runs: readonly { readonly entries: readonly E[] }[] },
  figure: (entry: E) => number,
): Band {
  const own = runs.map(({ entries }) => entries.filter(({ at }) => at > 0));
  const all = [...new Set(own.flatMap((entries) => entries.map(({ at }) => at)))].sort((a, b) => a - b);
  const every = Math.ceil(all.length / mostPoints);
  const grid = all.filter((_, i) => i % every === 0 || i === all.length - 1);
  const places = own.map(() => 0);
  const points: Point[] = [];
  const range: [number, number, number][] = [];
  for (const x of grid) {
    const values: number[] = [];
    own.forEach((entries, i) => {
      while (places[i] + 1 < entries.length && entries[places[i] + 1].at <= x) places[i]++;
      const entry = entries[places[i]];
      // A run that ended has no value any more.
      if (entry === undefined || entry.at > x || (entries.at(-1)?.at ?? 0) < x) return;
      values.push(figure(entry));
    });
    const middle = median(values);
    if (!Number.isFinite(middle)) continue;
    points.push([x, middle]);
    const finite = values.filter(Number.isFinite);
    range.push([x, Math.min(...finite), Math.max(...finite)]);
  }
  return { median: points, range };
}

/** The part of a figure that matters. */
export interface View {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/**
 * Values span what the medians do after the first hundredth of the steps, and the levels near that. Steps begin where
 * the medians enter that range, or a while before the first of them leaves its first plateau. Undefined if there is
 * nothing to see.
 */
export function viewOf(
  bands: readonly Band[],
  levels: readonly number[],
  isLogarithmic: boolean,
): View | undefined {
  const of = isLogarithmic ? Math.log : (value: number) => value;
  const back = isLogarithmic ? Math.exp : (value: number) => value;
  const medians = bands
    .map((band) => band.median.filter(([, y]) => Number.isFinite(of(y))))
    .filter(({ length }) => length > 0);
  if (medians.length === 0) return undefined;
  const end = Math.max(...medians.map((points) => points[points.length - 1][0]));
  const late = medians.flatMap((points) => {
    const own = points.filter(([x]) => x >= end / 100);
    return own.length > 0 ? own : points.slice(-1);
  });
  const heights = late.map(([, y]) => of(y));
  const span = (a: readonly number[]) => Math.max(...a) - Math.min(...a);
  const reach = 1.5 * (span(heights) || Math.abs(heights[0]) || 1);
  const near = levels
    .map(of)
    .filter((y) => y > Math.min(...heights) - reach && y < Math.max(...heights) + reach);
  const inView = [...heights, ...near];
  const margin = 0.06 * (span(inView) || Math.abs(inView[0]) || 1);
  const [low, high] = [Math.min(...inView) - margin, Math.max(...inView) + margin];
  const enters = Math.max(...medians.map((points) => points.find(([, y]) => of(y) <= high)?.[0] ?? end));
  const leaves = Math.min(
    ...medians.map((points) => {
      const before = points.filter(([x]) => x <= end / 100).map(([, y]) => of(y));
      const plateau = before.length === 0 ? of(points[0][1]) : median(before);
      const still = points.filter(([, y]) => Math.abs(of(y) - plateau) < 0.1 * (high - low));
      return still.at(-1)?.[0] ?? 1;
    }),
  );
  const begin = Math.max(1, Math.min(end / 10, Math.max(Math.min(enters, end / 30), leaves / 5)));
  return { x: [begin, end], y: [back(low), back(high)] };
}
