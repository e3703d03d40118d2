import { NoiseError } from '../errors.ts';
import { describe } from '../guard/index.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * A source of random draws. The next draw depends only on the source and on the calls made on it so far.
 *
 * Sources: `seeded`, a `recording` of another, a `replay` of draws, and every coin flip in turn
 * (`expectation`).
 */
export interface Noise {
  /** Coin flips, each +1 or -1 with probability 1/2: float64, drawn in row-major order. */
  signs(shape: Shape): Tensor;

  /** Writes the draws of `signs` into `target`, for loops that must not allocate. Only `seeded` has it. */
  fillSigns?(target: Float32Array | Float64Array): void;

  /** Standard normal draws, float64. @throws NoiseError if the source holds signs only. */
  normal(shape: Shape): Tensor;

  /** Uniform draws in [0, 1), float64. @throws NoiseError if the source holds signs only. */
  uniform(shape: Shape): Tensor;

  /**
   * A whole number from 0 to below - 1, each equally likely.
   * @throws NoiseError if `below` is not a whole number from 1 to 2^53 - 1, or the source holds signs only.
   */
  integer(below: number): number;

  /**
   * A coin flip that comes up true with this probability.
   * @throws NoiseError unless it is a number from 0 to 1, or if the source holds signs only.
   */
  coin(probability: number): boolean;

  /**
   * Returns a function that rewinds the source to this point, so that a failed step can draw the same values
   * again. Without it, a learner cannot undo its draws.
   */
  snapshot?(): () => void;

  /** An independent source. Every call returns another one. */
  split(): Noise;

  /** Plain data for JSON; `restoreNoise` resumes from it exactly. @throws NoiseError inside `expectation`. */
  save(): SavedNoise;
}

/** Key (the seed), step and stream of a seeded source: two 32-bit words each, low word first. */
export type SeededWords = readonly [number, number, number, number, number, number];

/** The return value of `save`. */
export type SavedNoise =
  | { readonly kind: 'seeded'; readonly words: SeededWords }
  | { readonly kind: 'replay'; readonly draws: readonly number[]; readonly position: number }
  | { readonly kind: 'recording'; readonly draws: readonly number[]; readonly noise: SavedNoise };

/** @throws NoiseError unless `noise` is a noise source (from untyped code). @internal */
export function requireNoise(noise: Noise, who: string): void {
  const draws = ['signs', 'normal', 'uniform', 'integer', 'coin', 'split', 'save'] as const;
  const isSource =
    typeof noise === 'object' && noise !== null && draws.every((draw) => typeof noise[draw] === 'function');
  if (!isSource)
    throw new NoiseError(`${who}: needs a source of noise, such as seeded(1), got ${describe(noise)}`);
}

/** @throws NoiseError unless it is a number from 0 to 1. */
export function requireProbability(probability: number): void {
  if (!(typeof probability === 'number' && probability >= 0 && probability <= 1))
    throw new NoiseError(`coin: ${describe(probability)} is not a probability; use a number from 0 to 1`);
}

/** Throws for a draw other than signs from a source that has only signs. */
export function signsOnly(who: string, what: string): never {
  throw new NoiseError(`${who}: holds signs only and has no ${what}; draw signs, or use seeded(seed)`);
}
