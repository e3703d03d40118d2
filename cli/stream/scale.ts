import { clip, trusted } from './normalizer.ts';
import { requireNumbers, requireWhole } from './saved.ts';

/** The running size of changes, with which they are brought to a common scale; a change of zero stays zero. */
export interface Scale {
  /** Counts a change in, as one of ±`clip` sizes if it is larger. */
  add(change: number): void;
  /** The root of the mean square; 0 as long as nothing has changed. */
  readonly size: number;
  /** change / size, within ±`clip`; 0 as long as there is no size. */
  scaled(change: number): number;
  save(): SavedScale;
}

export interface SavedScale {
  readonly count: number;
  /** The mean of the squares. */
  readonly square: number;
}

/** The first `trusted` changes, and those before which nothing had changed, are taken as they come: nothing tells how large they should be. */
export function createScale(saved: SavedScale = { count: 0, square: 0 }): Scale {
  let { count, square } = saved;
  requireWhole('a number of changes', [count]);
  requireNumbers('a square of changes', [square], count === 0 ? 0 : 1e201, 0);
  const within = (change: number, most: number) => Math.max(-most, Math.min(most, change));
  return {
    add(change) {
      const counted = count < trusted || square === 0 ? change : within(change, clip * Math.sqrt(square));
      count++;
      square += (counted ** 2 - square) / count;
    },
    get size() {
      return Math.sqrt(square);
    },
    scaled: (change) => (square === 0 ? 0 : within(change / Math.sqrt(square), clip)),
    save: () => ({ count, square }),
  };
}
