import { misfit, requireEntries, requireLength, requireNumbers, requireWhole } from './saved.ts';

/** Looks for a change of the mean of a sequence of numbers from 0 to 1. */
export interface Adwin {
  /** Takes a number. Gives whether the mean has now been found to have changed, and in which direction. */
  add(value: number): 'risen' | 'fallen' | undefined;
  save(): SavedAdwin;
}

export interface SavedAdwin {
  readonly added: number;
  readonly buckets: readonly Bucket[];
}

/** So many numbers in a row: their mean, and the sum of their squared distances from it. */
type Bucket = readonly [count: number, mean: number, squares: number];

interface Cut {
  /** How many buckets lie before it. */
  readonly before: number;
  /** By how much the mean is larger behind it. */
  readonly rise: number;
  /** How many times as large as the bound that is. */
  readonly excess: number;
}

/** The probability of finding a change where there is none; this and the next two as in MOA and River. */
const delta = 0.002;
/** How many numbers lie between two searches. */
const clock = 32;
/** How many buckets of one size there are. */
const bucketsOfSize = 5;

/**
 * Adaptive windowing, ADWIN2 of Bifet and Gavaldà, "Learning from time-changing data with adaptive windowing", 2007. It holds as many
 * of the latest numbers as have one mean. When for some cut in two, with n = n₀ + n₁,
 *
 *     |μ₀ - μ₁| > √(2 σ² d / m) + 2 d / (3 m),   1/m = 1/n₀ + 1/n₁,   d = ln(2 ln n / δ),
 *
 * it drops what is before the cut where the left side is the most times as large as the right one. (The paper drops the oldest bucket,
 * and again as long as there is such a cut; what then remains of the old mean makes one change be found several times.)
 * Numbers are kept in buckets of 1, 2, 4 … whose boundaries are the cuts, so that n numbers take a memory of log n.
 */
export function createAdwin(saved: SavedAdwin = { added: 0, buckets: [] }): Adwin {
  requireOwn(saved);
  let { added } = saved;
  /** The oldest and largest first. */
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

/** @throws DataError unless numbers from 0 to 1 come to this. */
function requireOwn(saved: SavedAdwin): void {
  requireEntries('the window of drift', saved, ['added', 'buckets']);
  const { added, buckets } = saved;
  requireWhole('a number of errors', [added]);
  // One size for each bit of a number, at the most.
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
    // As far from their mean as numbers from 0 to 1 can be.
    requireNumbers('a sum of errors', [squares], count === 1 ? 0 : count * (Math.max(0, mean * (1 - mean)) + 1e-9), 0);
  }
  if (held > added || (added > 0 && held === 0) || (added < clock && held < added))
    throw misfit(`of ${added} errors, the window of drift has ${held}`);
}

/** Joins the two oldest of a size where there are too many of it. */
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
  // By index: a pattern would make an iterator for each number that is added.
  const n0 = older[0];
  const n1 = newer[0];
  const n = n0 + n1;
  const apart = newer[1] - older[1];
  return [n, older[1] + (apart * n1) / n, older[2] + newer[2] + (apart * apart * n0 * n1) / n];
}

/** The cut at which it is clearest that the mean is not the same on both sides; undefined if it may be, at all of them. */
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
    // With fewer than five numbers on a side, the bound is above 1, which no rise is.
    const rise = (total - total0) / n1 - total0 / n0;
    const inverse = 1 / n0 + 1 / n1;
    const excess = Math.abs(rise) / (Math.sqrt((2 * squares * d * inverse) / n) + (2 / 3) * d * inverse);
    if (excess > Math.max(1, clearest?.excess ?? 0)) clearest = { before: i + 1, rise, excess };
  }
  return clearest;
}
