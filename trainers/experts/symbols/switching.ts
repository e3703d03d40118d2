import { requireEntries, requireNear, requireNumbers, requireSame } from '../../evaluation/saved.ts';
import { requireTable } from '../common/tables.ts';

/** Plain data: the weights, positive, with sum 1. */
export interface SwitchingState {
  readonly weights: Float64Array;
  /** The number of answers so far. */
  steps: number;
}

/** A mixture of predictions by their weights, which follow how well each one has predicted. */
export interface Switching {
  init(): SwitchingState;
  /** The probability that the mixture gives to what the predictions give `own` to. */
  predict(state: SwitchingState, own: Float64Array): number;
  /** @param own the probabilities that the predictions gave to what came. */
  update(state: SwitchingState, own: Float64Array): SwitchingState;
}

/**
 * Bayes' mixture with a share that falls with time: Herbster and Warmuth, "Tracking the best expert", 1998,
 * for the logarithmic loss at rate 1, with the switching rates 1/(t+1) of Koolen and de Rooij, "Universal
 * codes from switching strategies", 2013. With weights w, prior π, and p_i the probability of what came:
 *
 *     p = Σ w_i p_i,   v_i = w_i p_i / p,   w_i ← (1 - 1/(t+1)) v_i + π_i / (t+1)
 *
 * Bound, for any predictions and any answers: after T of them, the bits of the mixture exceed those of each
 * prediction i by at most log2(T / π_i). Those of a sequence of predictions that changes at times t_1 … t_k
 * they exceed by at most that, for its first prediction, plus the sum of log2((t_j + 1) / π_j).
 */
export function switching(prior: readonly number[]): Switching {
  const total = prior.reduce((sum, weight) => sum + weight, 0);
  const share = prior.map((weight) => weight / total);
  return {
    init: () => ({ weights: Float64Array.from(share), steps: 0 }),
    predict({ weights }, own) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * own[i];
      return sum;
    },
    update(state, own) {
      const { weights } = state;
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * own[i];
      state.steps++;
      const alpha = 1 / (state.steps + 1);
      for (let i = 0; i < weights.length; i++)
        weights[i] = (1 - alpha) * ((weights[i] * own[i]) / sum) + alpha * share[i];
      return state;
    },
  };
}

/** @throws DataError unless these are weights after that many answers, of as many predictions as the given ones. */
export function unpackSwitching(saved: unknown, own: SwitchingState, answers: number): SwitchingState {
  requireEntries('a combination', saved, ['weights', 'steps']);
  const { weights, steps } = saved as Readonly<Record<keyof SwitchingState, unknown>>;
  const all = requireTable('the weights', weights, Float64Array, own.weights.length);
  requireNumbers('a weight', [...all], 1, Number.MIN_VALUE);
  requireNear(
    'the sum of the weights',
    all.reduce((sum, weight) => sum + weight, 0),
    1,
    1,
  );
  requireSame('the number of answers', steps, answers);
  return { weights: all, steps: answers };
}
