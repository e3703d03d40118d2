import { misfit, requireEntries, requireLength, requireNumbers, requireWhole } from './saved.ts';

/** An interval around each prediction that holds the outcome as often as stated, on any stream. */
export interface Conformal {
  /**
   * The half-width of the interval: null, for everything, while too few outcomes are known for its coverage;
   * -1, for nothing, after it has held too many.
   */
  radius(): number | null;
  /**
   * Compares an outcome with the interval around its prediction.
   * @param distance of the outcome from the prediction.
   * @param radius the half-width that was stated for it.
   */
  add(distance: number, radius: number | null): void;
  /** The number of outcomes, and the share of them within their interval. */
  readonly count: number;
  readonly coverage: number;
  save(): SavedConformal;
}

export interface SavedConformal {
  readonly count: number;
  readonly covered: number;
  readonly level: number;
  /** The latest distances, oldest first. */
  readonly latest: readonly number[];
}

/** The most distances from which a quantile is taken: few enough to follow a change of their size. */
const window = 250;

/**
 * Adaptive conformal inference: Gibbs and Candès, "Adaptive conformal inference under distribution shift",
 * 2021, equation 2. The half-width is the ⌈(n + 1)(1 - α_t)⌉-th smallest of the latest n distances, and
 *
 *     α_{t+1} = α_t + γ (α - err_t),   α = 1 - coverage,   err_t = 1 if the outcome was outside, else 0.
 *
 * On any stream whatsoever, after T outcomes, each known before the next prediction, the share outside
 * differs from α by at most (max(α, 1 - α) + γ) / (γ T), their Proposition 4.1; with outcomes that come h
 * predictions late, by at most (max(α, 1 - α) + h γ) / (γ T).
 * @param target the coverage, between 0 and 1.
 * @param gamma γ, how fast the width follows.
 */
export function createConformal(target: number, gamma = 0.02, saved?: SavedConformal): Conformal {
  const miss = 1 - target;
  if (saved !== undefined) requireOwn(saved, miss, gamma);
  const latest = [...(saved?.latest ?? [])];
  const sorted = Float64Array.from(latest).sort();
  const ordered = [...sorted];
  let { count, covered, level } = saved ?? { count: 0, covered: 0, level: miss };
  return {
    radius() {
      if (level >= 1) return -1;
      const rank = Math.ceil((ordered.length + 1) * (1 - level));
      return rank > ordered.length ? null : ordered[rank - 1];
    },
    add(distance, radius) {
      const isWithin = radius === null || distance <= radius;
      level += gamma * (miss - (isWithin ? 0 : 1));
      count++;
      if (isWithin) covered++;
      ordered.splice(placeOf(ordered, distance), 0, distance);
      latest.push(distance);
      if (latest.length > window) ordered.splice(placeOf(ordered, latest.shift() as number), 1);
    },
    get count() {
      return count;
    },
    get coverage() {
      return count === 0 ? 0 : covered / count;
    },
    save: () => ({ count, covered, level, latest: [...latest] }),
  };
}

/** The first place in ascending order where a number could stand. */
function placeOf(ordered: readonly number[], value: number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @throws DataError unless outcomes can lead to this. */
function requireOwn(saved: SavedConformal, miss: number, gamma: number): void {
  requireEntries('the interval', saved, ['count', 'covered', 'level', 'latest']);
  const { count, covered, level, latest } = saved;
  requireWhole('a number of outcomes', [count]);
  requireWhole('a number of outcomes within the interval', [covered], count + 1);
  requireLength('the list of distances', latest, Math.min(count, window));
  requireNumbers('a distance', latest, Number.MAX_VALUE, 0);
  requireNumbers('a level', [level]);
  // The level is a sum of the outcomes.
  const expected = miss + gamma * (count * miss - (count - covered));
  if (!(Math.abs(level - expected) <= 1e-9 * (1 + count)))
    throw misfit('the level is not that of its outcomes');
}
