import { misfit, requireEntries, requireLength, requireNumbers, requireWhole } from './saved.ts';

/** Detects changes of the mean of a sequence of numbers from 0 to 1. */
export interface Adwin {
  /** Adds a number. Returns the direction if the mean is now found to have changed. */
  add(value: number): 'risen' | 'fallen' | undefined;
  save(): SavedAdwin;
}

export interface SavedAdwin {
  readonly added: number;
  readonly buckets: readonly Bucket[];
}

/** A number of consecutive values: their mean, and the sum of their squared distances from it. */
type Bucket = readonly [count: number, mean: number, squares: number];

interface Cut {
  /** The number of buckets before the cut. */
  readonly before: number;
  /** How much larger the mean is after the cut. */
  readonly rise: number;
  /** The rise as a multiple of the bound. */
  readonly excess: number;
}

/** The probability of a false detection. This and the next two as in MOA and River. */
const delta = 0.002;
/** Numbers between two searches. */
const clock = 32;
/** The most buckets of one size. */
const bucketsOfSize = 5;

/**
 * Adaptive windowing, ADWIN2 of Bifet and Gavaldà, "Learning from time-changing data with adaptive
 * windowing", 2007. Holds the latest numbers for as long as their mean does not change. If for some cut in
 * two, with n = n₀ + n₁,
 *
 *     |μ₀ - μ₁| > √(2 σ² d / m) + 2 d / (3 m),   1/m = 1/n₀ + 1/n₁,   d = ln(2 ln n / δ),
 *
 * it drops the numbers before the cut whose left side exceeds the right one the most. (The paper drops the
 * oldest bucket, repeatedly; what then remains of the old mean makes one change be found several times.)
 * Numbers are kept in buckets of 1, 2, 4 … whose boundaries are the cuts, so n numbers take memory of order
 * log n.
 */
export function createAdwin(saved: SavedAdwin = { added: 0, buckets: [] }): Adwin {
  requireOwn(saved);
  let { added } = saved;
  /** Oldest and largest first. */
  const buckets: Bucket[] = [...saved.buckets];
  return {
    add(value) {
      buckets.push([1, value, 0]);
      compress(buckets);
      added++;
      if (added % clock !== 0) return undefined;
      const first = cutOf(buckets);
      for (let cut = first; cut !== undefined; cut = cutOf(buckets)) buckets.splice(0, cut.before);
      return first && (first.rise > 0 ? 'risen' : 'fallen');
    },
    save: () => ({ added, buckets: [...buckets] }),
  };
}

/** @throws DataError unless numbers from 0 to 1 can lead to this. */
function requireOwn(saved: SavedAdwin): void {
  requireEntries('the window of drift', saved, ['added', 'buckets']);
  const { added, buckets } = saved;
  requireWhole('a number of errors', [added]);
  // At most one size per bit of a number.
  requireLength('the list of buckets', buckets, 0, 53 * bucketsOfSize);
  let held = 0;
  let before = Number.MAX_SAFE_INTEGER;
  let ofSize = 0;
  for (const bucket of buckets) {
    requireLength('a bucket', bucket, 3);
    const [count, mean, squares] = bucket;
    requireWhole('a number of errors', [count], before + 1);
    ofSize = count === before ? ofSize + 1 : 1;
    before = count;
    held += count;
    if (!Number.isInteger(Math.log2(count)) || ofSize > bucketsOfSize)
      throw misfit(`a bucket of ${count} errors cannot be there`);
    requireNumbers('a sum of errors', [mean], 1 + 1e-9, 0);
    // The largest spread of numbers from 0 to 1 with this mean.
    requireNumbers(
      'a sum of errors',
      [squares],
      count === 1 ? 0 : count * (Math.max(0, mean * (1 - mean)) + 1e-9),
      0,
    );
  }
  if (held > added || (added > 0 && held === 0) || (added < clock && held < added))
    throw misfit(`of ${added} errors, the window of drift has ${held}`);
}

/** Merges the two oldest buckets of a size that has too many. */
function compress(buckets: Bucket[]): void {
  for (let end = buckets.length; ; ) {
    let start = end - 1;
    while (start > 0 && buckets[start - 1][0] === buckets[end - 1][0]) start--;
    if (end - start <= bucketsOfSize) return;
    buckets.splice(start, 2, join(buckets[start], buckets[start + 1]));
    end = start + 1;
  }
}

/** By Chan, Golub and LeVeque, 1979. */
function join(older: Bucket, newer: Bucket): Bucket {
  // By index: destructuring would allocate an iterator per number.
  const n0 = older[0];
  const n1 = newer[0];
  const n = n0 + n1;
  const apart = newer[1] - older[1];
  return [n, older[1] + (apart * n1) / n, older[2] + newer[2] + (apart * apart * n0 * n1) / n];
}

/** The cut with the clearest difference of means; undefined if there is none. */
function cutOf(buckets: readonly Bucket[]): Cut | undefined {
  let n = 0;
  let total = 0;
  for (const bucket of buckets) {
    n += bucket[0];
    total += bucket[0] * bucket[1];
  }
  let squares = 0;
  for (const bucket of buckets) squares += bucket[2] + bucket[0] * (bucket[1] - total / n) ** 2;
  const d = Math.log((2 * Math.log(n)) / delta);
  let n0 = 0;
  let total0 = 0;
  let clearest: Cut | undefined;
  for (let i = 0; i < buckets.length - 1; i++) {
    n0 += buckets[i][0];
    total0 += buckets[i][0] * buckets[i][1];
    const n1 = n - n0;
    // With fewer than five numbers on a side, the bound is above 1, which no rise can exceed.
    const rise = (total - total0) / n1 - total0 / n0;
    const inverse = 1 / n0 + 1 / n1;
    const excess = Math.abs(rise) / (Math.sqrt((2 * squares * d * inverse) / n) + (2 / 3) * d * inverse);
    if (excess > Math.max(1, clearest?.excess ?? 0)) clearest = { before: i + 1, rise, excess };
  }
  return clearest;
}
