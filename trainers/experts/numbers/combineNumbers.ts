import { misfit, requireNumbers, requireWhole } from '../../evaluation/saved.ts';
import { withWeights } from '../common/fixedShare.ts';
import type { Mixer } from '../common/mixer.ts';
import type { Plain } from '../common/tables.ts';

/**
 * For each expert, sums over its savings r, which forget: an expert saves r if the combination is moved towards it. Then
 * the unit of the errors.
 */
export interface NumberMixture {
  /** Σ (r - η r²). */
  readonly gains: number[];
  /** Σ r². */
  readonly squares: number[];
  /** The largest |r|. */
  readonly largest: number[];
  /** The number of squared errors above 0 so far, of the combination. */
  errors: number;
  /** Their running mean: the unit. */
  unit: number;
}

/** The part of all sums that is forgotten with each answer. */
const forgetting = 0.001;
/** The largest squared error, in units: what is lost in one wild moment must not decide for long. */
const mostLoss = 50;
/** The errors in the unit, and the most units that one of them counts: at most it doubles the unit. */
const memory = 500;
/** The first errors are not limited, as there is no unit to compare them with. */
const trusted = 20;

/**
 * Combines experts by Bernstein online aggregation (Wintenberger, "Optimal learning with Bernstein online aggregation",
 * Machine Learning 106, 2017), on the gradient of the squared error. With predictions p and their weighted mean ŷ, in units
 * of the root of the mean squared error,
 *
 *     r_i = 2 (ŷ - y) (ŷ - p_i)
 *     η_i = min(1, 1/(2 max |r_i|), √(ln N / Σ r_i²))
 *     w_i ∝ η_i exp(η_i Σ (r_i - η_i r_i²))
 *
 * As r is linear in the weights, ŷ comes near the best weighted mean of the experts. Each expert has a rate of its own, from
 * how much its r scatter, so that a rare large error of one does not slow down all. The sums and the maximum forget, so
 * that the weights can follow a change.
 *
 * Errors are limited, and each prediction is moved to within √`mostLoss` units of the weighted median, which is all there
 * is before the first error: an expert can be so far off that even a little weight spoils the mean.
 */
export function numberMixer(count: number): Mixer<number, number, NumberMixture> {
  const none = () => new Array<number>(count).fill(0);
  return {
    init: () => ({ gains: none(), squares: none(), largest: none(), errors: 0, unit: 0 }),
    combine(mixture, predictions) {
      const weights = weightsOf(mixture);
      const near = within(weights, predictions, mixture.unit);
      return weights.reduce((sum, weight, i) => sum + weight * near[i], 0);
    },
    update(mixture, predictions, combined, answer) {
      const { gains, squares, largest, unit } = mixture;
      if (unit > 0) {
        const scale = Math.sqrt(unit);
        const most = Math.sqrt(mostLoss);
        const error = Math.max(-most, Math.min(most, (combined - answer) / scale));
        const near = within(weightsOf(mixture), predictions, unit);
        for (let i = 0; i < count; i++) {
          const saving = (2 * error * (combined - near[i])) / scale;
          squares[i] = (1 - forgetting) * squares[i] + saving ** 2;
          largest[i] = Math.max((1 - forgetting) * largest[i], Math.abs(saving));
          gains[i] = (1 - forgetting) * gains[i] + saving - rateOf(mixture, i) * saving ** 2;
        }
      }
      const square = (combined - answer) ** 2;
      if (square === 0) return mixture;
      mixture.errors++;
      const counted = mixture.errors <= trusted ? square : Math.min(square, memory * unit);
      mixture.unit += (counted - unit) / Math.min(memory, mixture.errors);
      return mixture;
    },
    weights: weightsOf,
    completed,
    check({ gains, squares, largest, errors, unit }) {
      requireNumbers('a gain of an expert', gains, 1e8);
      requireNumbers('a sum of squares', squares, 1e8, 0);
      requireNumbers('a largest saving', largest, 1e4, 0);
      for (const [i, most] of largest.entries())
        if (most ** 2 > squares[i] * (1 + 1e-9) + Number.MIN_VALUE)
          throw misfit(`a saving of ${most} is more than the sum of squares ${squares[i]} allows`);
      requireWhole('a number of errors', [errors]);
      requireNumbers('a unit of losses', [unit], 1e220, 0);
      if (unit > 0 !== errors > 0) throw misfit(`a unit of ${unit} is not that of ${errors} errors`);
    },
  };
}

function rateOf({ gains: { length }, squares, largest }: NumberMixture, i: number): number {
  return squares[i] === 0 ? 1 : Math.min(1, 0.5 / largest[i], Math.sqrt(Math.log(length) / squares[i]));
}

function weightsOf(mixture: NumberMixture): number[] {
  const rates = mixture.gains.map((_, i) => rateOf(mixture, i));
  const exponents = mixture.gains.map((gain, i) => rates[i] * gain);
  const most = Math.max(...exponents);
  const parts = exponents.map((exponent, i) => rates[i] * Math.exp(exponent - most));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}

/** The predictions, each moved to within reach of the weighted median. */
function within(weights: readonly number[], predictions: readonly number[], unit: number): number[] {
  const middle = medianOf(weights, predictions);
  const reach = Math.sqrt(mostLoss * unit);
  return predictions.map((prediction) => Math.max(middle - reach, Math.min(middle + reach, prediction)));
}

/** The smallest number that, with all smaller ones, has half of the weight. */
function medianOf(weights: readonly number[], numbers: readonly number[]): number {
  const order = [...numbers.keys()].sort((a, b) => numbers[a] - numbers[b]);
  let sum = 0;
  for (const i of order) {
    sum += weights[i];
    if (sum >= 0.5) return numbers[i];
  }
  return numbers[order[order.length - 1]];
}

/** Earlier versions combined by fixed share: their weights are those to begin with. */
function completed(saved: Plain): Plain {
  const { weights, ...rest } = { ...(withWeights(saved) as { readonly [key: string]: Plain }) };
  if (!Array.isArray(weights) || !weights.every((weight) => typeof weight === 'number' && weight > 0))
    return saved;
  const zeros = weights.map(() => 0);
  return { ...rest, gains: weights.map(Math.log), squares: zeros, largest: zeros };
}
