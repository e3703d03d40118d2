import type { Mark } from './evaluation.ts';

/** -log2 of the probability of a class under logits. */
export function bitsOf(logits: ArrayLike<number>, index: number): number {
  const most = logits[mostProbable(logits)];
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i] - most);
  return (Math.log(total) - (logits[index] - most)) / Math.LN2;
}

/** The first class with the largest logit. */
export function mostProbable(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
}

/**
 * The outcome of a prediction by logits.
 * @param scores the bits of the class that came, for the network and then for others.
 */
export function markOf(logits: ArrayLike<number>, came: number, scores: ArrayLike<number>): Mark {
  const best = mostProbable(logits);
  // Derived from the bits of the class that came, to avoid summing all exponentials again.
  const confidence = Math.min(1, Math.exp(logits[best] - logits[came] - scores[0] * Math.LN2));
  const isRight = best === came;
  return { scores, best: { confidence, isRight }, error: isRight ? 0 : 1 };
}
