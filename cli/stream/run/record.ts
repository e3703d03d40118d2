import type { Drift, PredictorFigures, Unit } from '../../../trainers/evaluation/index.ts';
import type { Position, Report } from '../../../trainers/streams/index.ts';

/** One line of metrics.ndjson, the figures being those of the network. There is no time of day in it, so that the same run writes the same bytes. */
export interface StreamRecord extends PredictorFigures {
  readonly records: number;
  readonly skipped: number;
  /** How many predictions have been scored. */
  readonly scored: number;
  readonly unit: Unit;
  readonly gradientNorm: number;
  readonly drift: Drift;
  /** What the network is compared with. */
  readonly baselines: Readonly<Record<string, PredictorFigures>>;
}

export function recordOf({ records, skipped }: Position, { unit, scored, figures, drift, gradientNorm }: Report): StreamRecord {
  const { network, ...baselines } = figures;
  return { records, skipped, scored, unit, ...network, gradientNorm, drift, baselines };
}
