import type { Trail } from '../../trainers/evaluation/trail.ts';

/** How a run stands at one moment, as it is sent to the page. */
export interface Sample {
  readonly records: number;
  /** Records a second since the sample before. */
  readonly rate: number;
  /** The scores of the network and of what it is compared with. */
  readonly figures: Readonly<Record<string, { readonly mean: number; readonly recent: number }>>;
  readonly gradientNorm: number;
  /** The norms of what the estimator carries; none for one that carries nothing. */
  readonly influence: Readonly<Record<string, number>>;
}

/** What does not change while a run lasts. */
export interface Heading {
  readonly title: string;
  readonly folder: string;
  readonly unit: string;
  /** How many predictions a recent figure is the mean of. */
  readonly recent: number;
}

/** The content of the events by which a page follows a run; `begin` comes first, and again to whoever connects again. */
export interface LiveEvents {
  readonly begin: { readonly heading: Heading; readonly samples: readonly Sample[]; readonly trail: Trail | null };
  readonly sample: { readonly sample: Sample; readonly trail: Trail };
  readonly end: { readonly sentence: string };
}
