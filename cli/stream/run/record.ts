import type { Drift, PredictorFigures, Unit } from '../../../trainers/evaluation/index.ts';
import type { Position, Report } from '../../../trainers/streams/index.ts';

/**
 * One line of metrics.ndjson, with the network's figures. It has no time of day, so that equal runs write
 * equal bytes.
 */
export interface StreamRecord extends PredictorFigures {
  readonly records: number;
  readonly skipped: number;
  /** The number of scored predictions. */
  readonly scored: number;
  readonly unit: Unit;
  readonly gradientNorm: number;
  readonly drift: Drift;
  /** The models that the network is compared with. */
  readonly baselines: Readonly<Record<string, PredictorFigures>>;
}

export function recordOf(
  { records, skipped }: Position,
  { unit, scored, figures, drift, gradientNorm }: Report,
): StreamRecord {
  const { network, ...baselines } = figures;
  return { records, skipped, scored, unit, ...network, gradientNorm, drift, baselines };
}
