import { requireNear, requireNumbers } from '../../evaluation/saved.ts';
import type { Plain } from './tables.ts';

/** The weights of several predictors, positive, with sum 1: a function of earlier losses alone. */
export interface FixedShare {
  init(count: number): number[];
  /** @param losses -ln of the probability that each gave to what came, finite. */
  update(weights: readonly number[], losses: readonly number[]): number[];
  /** @throws DataError unless losses can lead to these. */
  check(weights: readonly number[]): void;
}

/** e^-700 is still a positive number. */
const most = 700;

/**
 * Bayes' mixture with fixed share: Herbster and Warmuth, "Tracking the best expert", 1998. With losses ℓ, weights w and
 * N predictors,
 *
 *     v_i ∝ w_i exp(-ℓ_i),   w_i ← (1 - α) v_i + α / N
 *
 * Bound, for any losses: against every sequence of predictors i_1 … i_T with k changes, the mixture loses
 *
 *     -Σ ln Σ w_i exp(-ℓ_i) ≤ Σ ℓ_{i_t,t} + ln N + k ln(N/α) + T ln(1/(1-α)).
 *
 * @param α the part of all weight that is dealt out evenly after each update.
 */
export function fixedShare(α: number): FixedShare {
  return {
    init: (count) => new Array<number>(count).fill(1 / Math.max(1, count)),
    update(weights, losses) {
      const least = Math.min(...losses);
      const parts = weights.map((weight, i) => weight * Math.exp(-Math.min(most, losses[i] - least)));
      const total = parts.reduce((sum, part) => sum + part, 0);
      return parts.map((part) => ((1 - α) * part) / total + α / weights.length);
    },
    check(weights) {
      requireNumbers('a weight', weights, 1, (α / weights.length) * (1 - 1e-9));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (weights.length > 0) requireNear('the sum of weights', total, 1, 1);
    },
  };
}

/** A saved state in which earlier versions kept the weights in a record of their own, with a rate. */
export function withWeights(saved: Plain): Plain {
  if (typeof saved !== 'object' || saved === null || !('share' in saved)) return saved;
  const { share, ...rest } = saved;
  return typeof share === 'object' && share !== null && 'weights' in share
    ? { ...rest, weights: share.weights }
    : saved;
}
