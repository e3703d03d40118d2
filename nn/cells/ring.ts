import { add, log, mul } from '../../autodiff/index.ts';
import { ConfigurationError, guard, type Noise, type Tensor } from '../../lib/index.ts';

/** Where the eigenvalues λ = exp(-exp(ν) + i exp(θ)) of complex units start. */
export interface RingOptions {
  /**
   * λ starts uniform on the ring between these radii, 0 ≤ smallest < largest ≤ 1. Default [0, 1]; for long
   * memory use [0.9, 0.999].
   */
  readonly radii?: readonly [smallest: number, largest: number];
  /**
   * λ starts with a phase between 0 and this many radians. Default and maximum 2π; for long sequences use
   * π/10.
   */
  readonly maxPhase?: number;
}

export const ringChecks: guard.Checks<RingOptions> = {
  radii: {
    what: 'two numbers with 0 <= smallest < largest <= 1',
    holds: (value) => guard.listOf('', Number.isFinite).holds(value) && (value as unknown[]).length === 2,
  },
  maxPhase: guard.number,
};

/**
 * Draws λ uniform on a ring (Orvieto et al. 2023, arXiv 2303.06349, lemma 3.2): |λ|² uniform between the squared
 * radii, the phase uniform. Returns ν, θ and |λ|², each [units].
 * @throws ConfigurationError for invalid radii or phases, at once.
 */
export function ringOf(
  who: string,
  units: number,
  { radii = [0, 1], maxPhase = 2 * Math.PI }: RingOptions,
): (noise: Noise) => { readonly nu: Tensor; readonly theta: Tensor; readonly squared: Tensor } {
  const [smallest, largest] = radii;
  if (!(smallest >= 0 && smallest < largest && largest <= 1))
    throw new ConfigurationError(
      `${who}: radii must be two numbers with 0 <= smallest < largest <= 1, got ${String(smallest)} and ${String(largest)}`,
    );
  if (!(maxPhase > 0 && maxPhase <= 2 * Math.PI))
    throw new ConfigurationError(`${who}: maxPhase must be above 0 and at most 2π, got ${String(maxPhase)}`);
  return (noise) => {
    // Stay inside the interval: log is infinite at its ends.
    const inside = () => add(mul(noise.uniform([units]), 1 - 2 * margin), margin);
    const squared = add(mul(inside(), largest ** 2 - smallest ** 2), smallest ** 2);
    return {
      nu: log(mul(log(squared), -0.5)),
      theta: log(mul(inside(), maxPhase)),
      squared,
    };
  };
}

const margin = 1e-6;
