import type { Wish } from '../experiments/config.ts';
import type { MetricsRecord } from '../training/metrics.ts';
import type { Outcome } from '../training/train.ts';

/** What a worker is given. */
export interface Assignment {
  readonly wish: Wish;
  readonly folder: string;
}

/** What a worker tells. To stop it, the name of a signal is sent. */
export type Message =
  | { readonly kind: 'progress'; readonly step: number }
  | { readonly kind: 'record'; readonly record: MetricsRecord }
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly sentence: string };
