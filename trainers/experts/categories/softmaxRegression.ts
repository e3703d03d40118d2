import { requireNumbers } from '../../evaluation/saved.ts';
import type { CategoryExpert } from './categoryQuestion.ts';

interface Softmax {
  /** One row for each category, of a weight for each input and a constant. */
  readonly weights: Float64Array;
  /** The sum of squared gradients of each weight. */
  readonly squares: Float64Array;
}

/** η, and what is added to the sums of squares. */
const settings = { rate: 0.1, start: 1e-2 };
/** The most weights; of more inputs, the first ones are seen. */
const mostWeights = 2 ** 15;

/**
 * Softmax regression on the inputs of a row, p ∝ exp(W x + b), with a step of AdaGrad (Duchi, Hazan and
 * Singer, "Adaptive subgradient methods", 2011) after each answer.
 */
export function softmaxRegression(categories: number, inputs: number): CategoryExpert<Softmax> {
  const seen = Math.min(inputs, Math.floor(mostWeights / categories) - 1);
  const width = seen + 1;
  return {
    name: 'softmax',
    init: () => ({
      weights: new Float64Array(categories * width),
      squares: new Float64Array(categories * width).fill(settings.start),
    }),
    predict: ({ weights }, question) => probabilities(weights, question.inputs),
    update(state, { inputs: x }, category) {
      const { weights, squares } = state;
      const p = probabilities(weights, x);
      for (let c = 0, at = 0; c < categories; c++) {
        const slope = p[c] - (c === category ? 1 : 0);
        for (let i = 0; i < width; i++, at++) {
          const g = slope * (i < seen ? x[i] : 1);
          if (g === 0) continue;
          squares[at] += g * g;
          weights[at] -= (settings.rate * g) / Math.sqrt(squares[at]);
        }
      }
      return state;
    },
    check({ weights, squares }) {
      requireNumbers('a weight', weights, 1e6);
      requireNumbers('a sum of squares', squares, 1e20, settings.start);
    },
  };

  function probabilities(weights: Float64Array, x: readonly number[]): number[] {
    const logits = new Array<number>(categories);
    for (let c = 0; c < categories; c++) {
      const start = c * width;
      let sum = weights[start + seen];
      for (let i = 0; i < seen; i++) sum += weights[start + i] * x[i];
      logits[c] = sum;
    }
    return softmax(logits);
  }
}

/** exp(z) / Σ exp(z). */
export function softmax(logits: ArrayLike<number>): number[] {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
