import { ConfigurationError, guard } from '../../lib/index.ts';
import type { Point } from '../report/plots.ts';

/** The losses of a learner, a number a step; or pairs of a step and a loss. */
export type History = ArrayLike<number> | readonly Point[];

/** The shape of an axis. */
export type Scale = 'linear' | 'log';

/** The points of a history. @throws ConfigurationError that names the history and the place. */
export function pointsOf(name: string, history: unknown): readonly Point[] {
  const refuse = (why: string) => new ConfigurationError(`plot: ${name} ${why}`);
  if (!guard.isList(history) || history instanceof DataView)
    throw refuse(
      `must be losses, as an array of numbers or of [step, loss] pairs, got ${guard.describe(history)}`,
    );
  const points = Array.from(history, (entry, i): Point => {
    if (typeof entry === 'number') return [i + 1, entry];
    if (isPoint(entry)) return entry;
    throw refuse(
      `has at index ${i} neither a number nor a pair of a finite step and a loss, but ${guard.describe(entry)}`,
    );
  });
  if (!points.some(([, y]) => Number.isFinite(y)))
    throw refuse(points.length === 0 ? 'is empty: there is nothing to draw' : 'has no finite loss');
  return points;
}

function isPoint(value: unknown): value is Point {
  return (
    Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && typeof value[1] === 'number'
  );
}

/**
 * At most `most` points: the axis is cut into as many equal stretches, and each becomes the mean of its finite
 * losses, at its last step. A diverged end, which has no finite losses, leaves no point.
 */
export function thinned(points: readonly Point[], scale: Scale, most: number): readonly Point[] {
  const finite = points.filter(([, y]) => Number.isFinite(y));
  if (finite.length <= most) return finite;
  const along = scale === 'log' ? Math.log : (x: number) => x;
  const [least, last] = extent(finite.map(([x]) => along(x)));
  // Means, as a sum of large losses may be beyond the largest number.
  const stretches = new Map<number, { mean: number; count: number; at: number }>();
  for (const [x, y] of finite) {
    const stretch = Math.min(most - 1, Math.floor(((along(x) - least) / (last - least || 1)) * most));
    const { mean, count, at } = stretches.get(stretch) ?? { mean: 0, count: 0, at: x };
    const share = 1 / (count + 1);
    stretches.set(stretch, {
      mean: mean * (1 - share) + y * share,
      count: count + 1,
      at: Math.max(at, x),
    });
  }
  return [...stretches].sort(([a], [b]) => a - b).map(([, { mean, at }]): Point => [at, mean]);
}

/** The least and the greatest of many numbers, more than a call takes as arguments. */
function extent(values: readonly number[]): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}
