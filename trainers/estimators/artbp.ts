import { guard, type Noise } from '../../lib/index.ts';
import type { Estimator } from './rule/estimator.ts';
import { carryNothing } from './rule/nothing.ts';
import type { Cost, Sizes } from './step/cost.ts';

export interface ArtbpOptions {
  /** The probability that a segment continues after a step; segments have 1/(1 - keep) steps on average. 0.9 by default. */
  readonly keep?: number;
}

export const artbpOptions = {
  keep: guard.setting(
    guard.between(0, 0.999),
    'the probability that a segment continues after a step',
    'keep',
  ),
} satisfies guard.Checks<ArtbpOptions>;

/** Longer segments do not come up: 0.999^65536 is 3e-29. */
const longest = 2 ** 16;

/**
 * Anticipated reweighted truncated backpropagation, ARTBP (Tallec & Ollivier 2017, arXiv 1705.08209). After each
 * step a coin decides whether the segment continues, with probability `keep`, or ends. At its end all of its losses are
 * pulled back through it, and what passes from a step to the one before is divided by the probability that it could:
 *
 *     δ_s = ∂ℓ_{s+1}/∂s_s + δ_{s+1} J_{s+1}/keep      within a segment,      ∂ℓ_{s+1}/∂s_s at its end
 *
 * so that each term of the gradient is there with the probability by which it is divided: unbiased for the gradient
 * of all losses, in the sum of the gradients of a run, as that of one update depends on where the segment ends. The
 * variance is finite where J contracts by more than √keep. (The paper lets the probability of an end fall as the
 * segment grows older; here it is constant.)
 *
 * Holds the states and inputs of a segment, and takes each step twice: forward, and again on the way back. So one plan
 * for a step serves segments of every length.
 */
export function artbp(options: ArtbpOptions = {}): Estimator {
  const { keep = 0.9 } = guard.options('artbp', options, artbpOptions);
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: 4 * parameters,
    memory: Math.round(state / (1 - keep)),
  });
  return {
    name: 'artbp',
    bias: 'none',
    options: artbpOptions,
    settings: { keep },
    window: longest,
    stride: longest,
    drawLength: (noise) => lengthFrom(noise, keep),
    ...(keep > 0 && { crossing: 1 / keep }),
    restarts: false,
    joint: false,
    cost,
    bind: ({ sizes }) => carryNothing(cost(sizes)),
  };
}

function lengthFrom(noise: Noise, keep: number): number {
  let length = 1;
  while (length < longest && noise.coin(keep)) length++;
  return length;
}
