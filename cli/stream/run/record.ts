import type { Drift, PredictorFigures, Unit } from '../../../trainers/evaluation/index.ts';
import type { Position, Report } from '../../../trainers/streams/index.ts';

/**
 * One line of metrics.ndjson, with the figures of what is served, and with the keys of a line of `norewind run`. It has
 * no time of day, so that equal runs write equal bytes.
 */
export interface StreamRecord extends PredictorFigures {
  /** The number of records so far. */
  readonly step: number;
  readonly skipped: number;
  /** The number of scored predictions. */
  readonly scored: number;
  readonly unit: Unit;
  /** The name of what is served: `combination` if there are several experts. Earlier lines have none. */
  readonly served?: string;
  readonly gradientNorm: number;
  readonly drift: Drift;
  /** How the intervals around predicted numbers have fared. */
  readonly interval?: Report['interval'];
  /** The experts, and the models that the served prediction is compared with. */
  readonly baselines: Readonly<Record<string, PredictorFigures>>;
}

export function recordOf(
  { records, skipped }: Position,
  { unit, scored, figures, drift, gradientNorm, interval }: Report,
): StreamRecord {
  const [served] = Object.keys(figures);
  const { [served]: own, ...baselines } = figures;
  return {
    step: records,
    skipped,
    scored,
    unit,
    served,
    ...own,
    gradientNorm,
    drift,
    ...(interval === undefined ? {} : { interval }),
    baselines,
  };
}
