import type { Position } from './position.ts';
import type { Figures } from './scores.ts';
import type { Report, Unit } from './session.ts';

/** One line of metrics.ndjson. There is no time of day in it, so that the same run writes the same bytes. */
export interface StreamRecord {
  readonly records: number;
  readonly skipped: number;
  /** How many predictions have been scored. */
  readonly scored: number;
  readonly unit: Unit;
  /** The mean score of the network, of all predictions and of the recent ones. */
  readonly mean: number;
  readonly recent: number;
  readonly gradientNorm: number;
  /** The same for what it is compared with. */
  readonly baselines: Readonly<Record<string, Figures>>;
}

export function recordOf({ records, skipped }: Position, { unit, scored, figures, gradientNorm }: Report): StreamRecord {
  const { network, ...baselines } = figures;
  return { records, skipped, scored, unit, ...network, gradientNorm, baselines };
}
