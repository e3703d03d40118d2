import { dataOf } from '../tensor.ts';
import { type Noise, requireNoise } from './noise.ts';

/** A source that remembers the signs it has given. */
export interface Recording extends Noise {
  /** The signs drawn so far, in the order of the draws; `replay(draws)` gives them again. */
  readonly draws: readonly number[];
  split(): Recording;
}

/**
 * Passes everything through to `noise` and keeps the signs. Sources that are split off write to the same list, in the order
 * of the calls, so that `replay` can give the whole family its draws again. Other kinds of draws are not kept.
 */
export function recording(noise: Noise): Recording {
  requireNoise(noise, 'recording');
  return recordingInto([], noise);
}

/** A recording that continues a list of draws. */
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
