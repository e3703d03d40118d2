import { fixedShare, type Share } from './fixedShare.ts';
import type { Mixer } from './mixer.ts';

const settings = { rate: 1, share: 0.002 };
/** Smaller probabilities count as this one, so that a loss is finite. */
const least = 1e-300;

/**
 * The mean of the experts' probabilities, by weights of fixed share with log losses at rate 1: a Bayesian
 * mixture. It needs (ln N + k ln(N/α) + T ln(1/(1-α))) / ln 2 bits more than the best sequence of experts
 * with k changes at most.
 */
export function categoryMixer(count: number): Mixer<readonly number[], number, Share> {
  const shares = fixedShare(settings);
  return {
    init: () => shares.init(count),
    combine: ({ weights }, predictions) =>
      predictions[0].map((_, c) => weights.reduce((sum, weight, i) => sum + weight * predictions[i][c], 0)),
    update: (share, predictions, combined, answer) =>
      shares.update(
        share,
        predictions.map((p) => lossOf(p[answer])),
        lossOf(combined[answer]),
      ),
    weights: ({ weights }) => weights,
    check: shares.check,
  };
}

function lossOf(probability: number): number {
  return -Math.log(Math.max(least, probability));
}
