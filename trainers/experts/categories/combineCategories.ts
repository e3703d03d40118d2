import { requireNumbers } from '../../evaluation/saved.ts';
import { fixedShare, withWeights } from '../common/fixedShare.ts';
import type { Mixer } from '../common/mixer.ts';
import { softmax } from './softmaxRegression.ts';

type Distribution = readonly number[];

/** The weights of experts that predict categories. */
export interface CategoryMixture {
  /** Of each expert alone, in order, then of their log-linear mixture; of two experts or more. */
  weights: readonly number[];
  /** The exponents of the log-linear mixture. */
  readonly exponents: number[];
}

/** α of the weights. */
const share = 0.002;
/** Smaller probabilities count as this one, so that a loss is finite. */
const least = 1e-300;
/** η of the exponents, chosen on five streams of different kinds. */
const rate = 0.01;
/** In the log-linear mixture, smaller probabilities count as this one: no expert alone excludes a category. */
const floor = 1e-4;
const mostExponent = 16;

/**
 * The mean, by weights of fixed share, of each expert's probabilities and of their
 * log-linear mixture: a Bayesian mixture. Of N experts, it needs (ln (N+1) + k ln((N+1)/α) + T ln(1/(1-α))) /
 * ln 2 bits more than the best sequence of experts with k changes at most.
 *
 * The log-linear mixture is better than each expert where they know different things:
 *
 *     p(c) ∝ Π p_i(c)^(w_i),   w_i ← w_i + η (ln p_i(y) - Σ p(c) ln p_i(c)),   w_i = 1/N at first
 *
 * The step is that of the gradient of -ln p(y) (Mattern, "Linear and geometric mixtures - analysis", 2013).
 */
export function categoryMixer(count: number): Mixer<Distribution, number, CategoryMixture> {
  const shares = fixedShare(share);
  const isMixed = count > 1;
  /** The experts' distributions, and their mixture. */
  function all(
    { exponents }: CategoryMixture,
    predictions: readonly Distribution[],
  ): readonly Distribution[] {
    if (!isMixed) return predictions;
    const scores = predictions[0].map((_, c) =>
      exponents.reduce((sum, exponent, i) => sum + exponent * logOf(predictions[i][c]), 0),
    );
    return [...predictions, softmax(scores)];
  }
  return {
    init: () => ({
      weights: shares.init(isMixed ? count + 1 : count),
      exponents: isMixed ? new Array<number>(count).fill(1 / count) : [],
    }),
    combine(mixture, predictions) {
      const { weights } = mixture;
      const own = all(mixture, predictions);
      return predictions[0].map((_, c) => weights.reduce((sum, weight, i) => sum + weight * own[i][c], 0));
    },
    update(mixture, predictions, _, answer) {
      const own = all(mixture, predictions);
      mixture.weights = shares.update(
        mixture.weights,
        own.map((p) => lossOf(p[answer])),
      );
      const { exponents } = mixture;
      for (let i = 0; i < exponents.length; i++) {
        let slope = logOf(predictions[i][answer]);
        for (const [c, q] of own[count].entries()) slope -= q * logOf(predictions[i][c]);
        exponents[i] = Math.max(-mostExponent, Math.min(mostExponent, exponents[i] + rate * slope));
      }
      return mixture;
    },
    weights: ({ weights }) => weights,
    completed: withWeights,
    check({ weights, exponents }) {
      shares.check(weights);
      requireNumbers('an exponent', exponents, mostExponent);
    },
  };
}

function logOf(probability: number): number {
  return Math.log(Math.max(floor, probability));
}

function lossOf(probability: number): number {
  return -Math.log(Math.max(least, probability));
}
