import { dataOf } from '../tensor.ts';
import { type Noise, requireNoise } from './noise.ts';

/** A source that keeps the signs it has drawn. */
export interface Recording extends Noise {
  /** The signs drawn so far, in order; `replay(draws)` plays them back. */
  readonly draws: readonly number[];
  split(): Recording;
}

/**
 * Draws from `noise` and keeps the signs. Sources split from it append to the same list, in the order of the
 * calls, so `replay` can play back the whole family. Draws of other kinds are not kept.
 */
export function recording(noise: Noise): Recording {
  requireNoise(noise, 'recording');
  return recordingInto([], noise);
}

/** A recording that appends to an existing list. */
export function recordingInto(draws: number[], noise: Noise): Recording {
  return {
    draws,
    signs(shape) {
      const signs = noise.signs(shape);
      for (const sign of dataOf(signs)) draws.push(sign);
      return signs;
    },
    normal: (shape) => noise.normal(shape),
    uniform: (shape) => noise.uniform(shape),
    integer: (below) => noise.integer(below),
    coin: (probability) => noise.coin(probability),
    snapshot() {
      const { length } = draws;
      const goBack = noise.snapshot?.();
      return () => {
        if (goBack === undefined) return;
        goBack();
        draws.length = length;
      };
    },
    split: () => recordingInto(draws, noise.split()),
    save: () => ({ kind: 'recording', draws: [...draws], noise: noise.save() }),
  };
}
