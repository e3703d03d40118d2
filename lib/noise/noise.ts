import { NoiseError } from '../errors.ts';
import { describe } from '../guard/index.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * A source of random draws. What comes next depends on the source and on the calls made on it so far, on nothing else.
 *
 * A source can be `seeded`, kept (`recording`), played back (`replay`), or run through every coin flip (`expectation`).
 */
export interface Noise {
  /** Coin flips, each +1 or -1 with probability 1/2: float64, drawn in row-major order. */
  signs(shape: Shape): Tensor;

  /** What `signs` of as many would draw, written into `target`: for loops that must not allocate. Only `seeded` has it. */
  fillSigns?(target: Float32Array | Float64Array): void;

  /** Standard normal draws, float64. @throws NoiseError where the source holds signs only. */
  normal(shape: Shape): Tensor;

  /** Uniform draws in [0, 1), float64. @throws NoiseError where the source holds signs only. */
  uniform(shape: Shape): Tensor;

  /**
   * A whole number from 0 to below - 1, each equally likely.
   * @throws NoiseError when `below` is not a whole number from 1 to 2^53 - 1, or where the source holds signs only.
   */
  integer(below: number): number;

  /**
   * Remembers this place; the function that it returns goes back to it, so that draws for a step that failed are drawn again. A learner
   * cannot give back what it drew from a source without it.
   */
  snapshot?(): () => void;

  /** A source that is independent of this one; each call gives another. */
  split(): Noise;

  /** Plain data for JSON from which `restoreNoise` continues exactly. @throws NoiseError inside `expectation`. */
  save(): SavedNoise;
}

/** The key (the seed), the step and the stream of a seeded source: two 32-bit words each, the low one first. */
export type SeededWords = readonly [number, number, number, number, number, number];

/** What `save` returns. */
export type SavedNoise =
  | { readonly kind: 'seeded'; readonly words: SeededWords }
  | { readonly kind: 'replay'; readonly draws: readonly number[]; readonly position: number }
  | { readonly kind: 'recording'; readonly draws: readonly number[]; readonly noise: SavedNoise };

/** @throws NoiseError unless it is a source of noise (from untyped code). */
export function requireNoise(noise: Noise, who: string): void {
  const draws = ['signs', 'normal', 'uniform', 'integer', 'split', 'save'] as const;
  const isSource = typeof noise === 'object' && noise !== null && draws.every((draw) => typeof noise[draw] === 'function');
  if (!isSource) throw new NoiseError(`${who}: needs a source of noise, such as seeded(1), got ${describe(noise)}`);
}

/** Refuses a kind of draw on behalf of a source that has only signs. */
export function signsOnly(who: string, what: string): never {
  throw new NoiseError(`${who}: holds signs only and cannot give ${what}; draw signs, or use seeded(seed)`);
}
