import type { Step } from './transition.ts';

/** One stream, or several that are learnt from as one system: the state, the influence on the state that the window begins with, and the steps held. */
export interface Lane {
  readonly state: unknown;
  readonly influence: unknown;
  readonly window: readonly HeldStep[];
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
