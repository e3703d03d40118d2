import { seeded } from '../../lib/index.ts';

/** The median; NaN for no values. Values that are not finite count as the largest. */
export function median(values: readonly number[]): number {
  const sorted = values.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value));
  sorted.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Difference {
  readonly mean: number;
  /** The 95 % interval, from `fewest` pairs on. */
  readonly interval?: readonly [low: number, high: number];
  readonly pairs: number;
}

/** Of fewer pairs, the interval is that from the least to the most, however often it misses the mean. */
const fewest = 5;
const resamples = 10_000;

/**
 * The mean of paired differences with its bootstrap interval: the 2.5 % and 97.5 % quantiles of the means of
 * 10,000 resamples (Efron and Tibshirani 1993, chapter 13). Undefined for no pair, and if one is not finite.
 */
export function pairedDifference(differences: readonly number[]): Difference | undefined {
  const pairs = differences.length;
  if (pairs === 0 || !differences.every(Number.isFinite)) return undefined;
  const mean = differences.reduce((sum, value) => sum + value, 0) / pairs;
  if (pairs < fewest) return { mean, pairs };
  const noise = seeded(1);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < pairs; i++) sum += differences[noise.integer(pairs)];
    return sum / pairs;
  }).sort((a, b) => a - b);
  const interval = [means[Math.floor(0.025 * resamples)], means[Math.ceil(0.975 * resamples) - 1]] as const;
  return { mean, interval, pairs };
}
