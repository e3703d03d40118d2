import type { Wish } from '../experiments/config.ts';
import type { MetricsRecord } from '../training/metrics.ts';
import type { Outcome } from '../training/train.ts';

/** The data passed to a worker. */
export interface Assignment {
  readonly wish: Wish;
  readonly folder: string;
}

/** The messages of a worker. To stop it, send the name of a signal. */
export type Message =
  | { readonly kind: 'progress'; readonly step: number }
  | { readonly kind: 'record'; readonly record: MetricsRecord }
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly sentence: string };
