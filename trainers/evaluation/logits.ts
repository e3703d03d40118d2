import type { Mark } from './evaluation.ts';

/** -log2 of the probability of a class under logits. */
export function bitsOf(logits: ArrayLike<number>, index: number): number {
  const most = logits[mostProbable(logits)];
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i] - most);
  return (Math.log(total) - (logits[index] - most)) / Math.LN2;
}

/** The first of the classes with the largest logit. */
export function mostProbable(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
}

/**
 * How a prediction by logits went.
 * @param scores the bits that the class which came took, of the network and then of others.
 */
export function markOf(logits: ArrayLike<number>, came: number, scores: ArrayLike<number>): Mark {
  const best = mostProbable(logits);
  // From the bits of the class that came, so that the exponentials of all classes need not be added up again.
  const confidence = Math.min(1, Math.exp(logits[best] - logits[came] - scores[0] * Math.LN2));
  const isRight = best === came;
  return { scores, best: { confidence, isRight }, error: isRight ? 0 : 1 };
}
