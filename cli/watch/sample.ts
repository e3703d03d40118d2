import type { Trail } from '../../trainers/evaluation/trail.ts';

/** The state of a run at one moment, as sent to the page. */
export interface Sample {
  /** Records, or steps, so far. */
  readonly step: number;
  /** Records, or steps, a second since the previous sample. */
  readonly rate: number;
  /** The scores: first of what is served, then of the others. */
  readonly figures: Readonly<Record<string, { readonly mean: number; readonly recent: number }>>;
  readonly gradientNorm: number;
  /** The norms of the estimator's influence; empty if it carries none. */
  readonly influence: Readonly<Record<string, number>>;
}

/** The constants of a run. */
export interface Heading {
  readonly title: string;
  readonly folder: string;
  readonly unit: string;
  /** The number of predictions in a recent figure. */
  readonly recent: number;
  /** The unit that a run counts. */
  readonly noun: 'records' | 'steps';
}

/** The events by which a page follows a run. `begin` comes first, and again after a reconnection. */
export interface LiveEvents {
  readonly begin: {
    readonly heading: Heading;
    readonly samples: readonly Sample[];
    readonly trail: Trail | null;
  };
  readonly sample: { readonly sample: Sample; readonly trail: Trail | null };
  readonly end: { readonly sentence: string };
}
