import { leavesOf, type Tree } from '../../lib/index.ts';
import { absent } from '../estimators/index.ts';
import type { Step } from './step.ts';

export { absent };

/**
 * One stream, or several that are learnt from as one system: the state, the influence on the state that the window begins with (`absent`
 * in all lanes until the first window is complete), and the steps held.
 */
export interface Lane {
  readonly state: unknown;
  readonly influence: unknown;
  readonly window: readonly HeldStep[];
}

/** What a lane carries, as a tree: an empty one where the influence is absent. */
export function carriedOf({ influence }: Pick<Lane, 'influence'>): Tree {
  return influence === absent ? [] : (influence as Tree);
}

/** A step in the window. */
export type HeldStep = Step<unknown, unknown, unknown, unknown>;

/** Everything of a learner that changes but its noise. A step makes a new one, so that a step that fails changes nothing. */
export interface Memory {
  readonly parameters: unknown;
  /** What the optimiser remembers. */
  readonly moments: unknown;
  readonly gradient: unknown;
  readonly lanes: readonly Lane[];
  /** Calls of `step`. */
  readonly steps: number;
  /** Updates of the parameters. */
  readonly updates: number;
  /** Steps and observations since the last time the window was full. */
  readonly pending: number;
}

/** Whether an estimator carries anything from window to window. */
export function hasInfluence({ lanes }: Memory): boolean {
  return lanes.some((lane) => leavesOf(carriedOf(lane)).length > 0);
}
