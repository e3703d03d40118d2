import { leavesOf, type Noise, type Tree } from '../../../lib/index.ts';
import { absent, type Estimator } from '../../estimators/index.ts';
import type { Step } from './step.ts';

export { absent };

/**
 * One stream, or several as one system: the state, the steps in the window, and the influence on the first
 * state of the window (`absent` in all lanes until the first window is complete).
 */
export interface Lane {
  readonly state: unknown;
  readonly influence: unknown;
  readonly window: readonly HeldStep[];
}

/** The influence of a lane as a tree; an empty one if it is absent. */
export function carriedOf({ influence }: Pick<Lane, 'influence'>): Tree {
  return influence === absent ? [] : (influence as Tree);
}

/** A step in the window. */
export type HeldStep = Step<unknown, unknown, unknown, unknown>;

/**
 * All mutable state of a learner, except its noise. A step makes a new memory, so a failed step changes
 * nothing.
 */
export interface Memory {
  readonly parameters: unknown;
  /** The memory of the optimiser. */
  readonly moments: unknown;
  readonly gradient: unknown;
  readonly lanes: readonly Lane[];
  /** Calls of `step`. */
  readonly steps: number;
  /** Updates of the parameters. */
  readonly updates: number;
  /** Steps and observations since the last time the window was full. */
  readonly pending: number;
  /** The length of the present window, if the estimator draws it. */
  readonly length?: number;
}

/** The next length, as an entry of a memory; none if the estimator draws none. */
export function drawnLength({ drawLength }: Estimator, noise: Noise): { readonly length?: number } {
  return drawLength === undefined ? {} : { length: drawLength(noise) };
}

/** Whether an estimator carries anything from window to window. */
export function hasInfluence({ lanes }: Memory): boolean {
  return lanes.some((lane) => leavesOf(carriedOf(lane)).length > 0);
}
