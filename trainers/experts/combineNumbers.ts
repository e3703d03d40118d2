import { misfit, requireNumbers, requireWhole } from '../evaluation/saved.ts';
import { fixedShare, type Share } from './fixedShare.ts';
import type { Mixer } from './mixer.ts';

/** The weights of the experts, and the unit of their losses. */
export interface NumberMixture {
  readonly share: Share;
  /** The number of squared errors above 0 so far, of the combination. */
  errors: number;
  /** Their running mean: the unit. */
  unit: number;
}

/** Chosen on 22 series of different kinds, from 100 to 8,760 values. */
const settings = { rate: 1, share: 0.001 };
/** The largest loss, in units: what is lost in one wild moment must not decide for long. */
const mostLoss = 50;
/** The errors in the unit, and the most units that one of them counts: at most it doubles the unit. */
const memory = 500;
/** The first errors are not limited, as there is no unit to compare them with. */
const trusted = 20;

/**
 * Combines experts by fixed share. A loss is the squared error in units of the combination's mean squared
 * error, at most `mostLoss`; the unit is from before the answer. Rare large errors decide the mean square, so
 * the limits are wide: with a median as the unit, the weights would follow the calm between them.
 *
 * The combination is the weighted mean of the predictions, each moved to within √`mostLoss` units of the
 * weighted median, which is all there is before the first error: an expert can be so far off that even a
 * little weight spoils the mean.
 */
export function numberMixer(count: number): Mixer<number, number, NumberMixture> {
  const shares = fixedShare(settings);
  return {
    init: () => ({ share: shares.init(count), errors: 0, unit: 0 }),
    combine({ share: { weights }, unit }, predictions) {
      const middle = medianOf(weights, predictions);
      if (unit === 0) return middle;
      const reach = Math.sqrt(mostLoss * unit);
      return weighted(weights, (i) => Math.max(middle - reach, Math.min(middle + reach, predictions[i])));
    },
    update(mixture, predictions, combined, answer) {
      const { unit } = mixture;
      const square = (combined - answer) ** 2;
      if (unit > 0) {
        const lossOf = (prediction: number) => Math.min(mostLoss, (prediction - answer) ** 2 / unit);
        shares.update(mixture.share, predictions.map(lossOf), lossOf(combined));
      }
      if (square === 0) return mixture;
      mixture.errors++;
      const counted = mixture.errors <= trusted ? square : Math.min(square, memory * unit);
      mixture.unit += (counted - unit) / Math.min(memory, mixture.errors);
      return mixture;
    },
    weights: ({ share }) => share.weights,
    check({ share, errors, unit }) {
      shares.check(share);
      requireWhole('a number of errors', [errors]);
      requireNumbers('a unit of losses', [unit], 1e220, 0);
      if (unit > 0 !== errors > 0) throw misfit(`a unit of ${unit} is not that of ${errors} errors`);
    },
  };
}

function weighted(weights: readonly number[], value: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * value(i);
  return sum;
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
