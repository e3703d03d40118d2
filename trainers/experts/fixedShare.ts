import { misfit, requireNear, requireNumbers, requireSame } from '../evaluation/saved.ts';

/** The weights of several predictors, and what sets the learning rate. */
export interface Share {
  /** Positive, with sum 1: a function of earlier losses alone. */
  readonly weights: number[];
  /** The learning rate η of the next update. */
  rate: number;
  /** The sum of `own - mix` so far: what the served predictions lost beyond the mix losses. */
  gap: number;
  /** The largest `gap` so far. */
  worst: number;
}

export interface FixedShareOptions {
  /** The largest learning rate η. */
  readonly rate: number;
  /** The part α of all weight that is dealt out evenly after each update. */
  readonly share: number;
}

export interface FixedShare {
  init(count: number): Share;
  /**
   * @param losses of the predictors, finite.
   * @param own the loss of the served prediction.
   */
  update(share: Share, losses: readonly number[], own: number): Share;
  /** @throws DataError unless losses can lead to this. */
  check(share: Share): void;
}

/** e^-700 is still a positive number. */
const most = 700;

/**
 * Exponential weights with fixed share: Herbster and Warmuth, "Tracking the best expert", 1998. The learning
 * rate falls only when the served predictions have lost more than it allows: de Rooij, van Erven, Grünwald
 * and Koolen, "Follow the leader if you can, hedge if you must", 2014. With losses ℓ, weights w and rate η:
 *
 *     m = -(1/η) ln Σ w_i exp(-η ℓ_i)                  the mix loss
 *     gap ← gap + own - m,   η' = min(η, ln N / max gap)
 *     v_i ∝ (w_i exp(-η ℓ_i))^(η'/η),   w_i ← (1 - α) v_i + α / N
 *
 * Bound, for any losses: against every sequence of predictors i_1 … i_T with k changes,
 *
 *     Σ own_t ≤ Σ ℓ_{i_t,t} + gap_T + (ln N + k ln(N/α) + T ln(1/(1-α))) / η_T.
 *
 * Proof: -ln w_i/η rises by at most ln N (1/η' - 1/η) if η falls, since Σ v^(η'/η) ≤ N^(1 - η'/η); the rest
 * is that of Herbster and Warmuth. By the choice of η, gap_T ≤ ln N / η_T + the last step's gap; if each loss
 * is in [0, B] and own ≤ Σ w_i ℓ_i, a step's gap is at most η B²/8 (Hoeffding; Cesa-Bianchi and Lugosi,
 * "Prediction, Learning, and Games", 2006, lemma 2.2), so that without changes the regret grows with √T at
 * most. For log losses and η = 1, own = m is the log loss of the mixture: there is no gap.
 */
export function fixedShare({ rate, share: α }: FixedShareOptions): FixedShare {
  return {
    init: (count) => ({
      weights: new Array<number>(count).fill(1 / Math.max(1, count)),
      rate,
      gap: 0,
      worst: 0,
    }),
    update(share, losses, own) {
      const { weights, rate: η } = share;
      const count = weights.length;
      if (count < 2) return share;
      const least = Math.min(...losses);
      let total = 0;
      for (let i = 0; i < count; i++) {
        weights[i] *= Math.exp(-Math.min(most, η * (losses[i] - least)));
        total += weights[i];
      }
      share.gap += own - (least - Math.log(total) / η);
      share.worst = Math.max(share.worst, share.gap);
      share.rate = Math.min(η, Math.log(count) / share.worst);
      const power = share.rate / η;
      let sum = 0;
      for (let i = 0; i < count; i++) {
        weights[i] = power === 1 ? weights[i] / total : (weights[i] / total) ** power;
        sum += weights[i];
      }
      for (let i = 0; i < count; i++) weights[i] = ((1 - α) * weights[i]) / sum + α / count;
      return share;
    },
    check(share) {
      const { weights, gap, worst } = share;
      const count = weights.length;
      requireNumbers('a weight', weights, 1, (α / count) * (1 - 1e-9));
      requireNear(
        'the sum of weights',
        weights.reduce((a, b) => a + b, 0),
        1,
        1,
      );
      requireNumbers('a gap of losses', [gap, worst], 1e20);
      if (worst < Math.max(0, gap)) throw misfit(`a gap of ${gap} is above ${worst}, the largest so far`);
      requireSame(
        'a rate of learning',
        share.rate,
        count < 2 ? rate : Math.min(rate, Math.log(count) / worst),
      );
    },
  };
}
