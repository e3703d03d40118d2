import { normOf, type Tally } from '../../trainers/evaluation/index.ts';

/**
 * A line of metrics.ndjson. It contains no time of day, so that the same run writes the same bytes. The keys are those
 * of `norewind train`, which has more of them.
 */
export interface MetricsRecord {
  /** The number of completed steps. */
  readonly step: number;
  /** Of all figures: `bits` per symbol if the loss is a code length. */
  readonly unit: 'bits' | 'loss';
  /** The loss of the last step. */
  readonly loss: number;
  /** The mean of all steps so far. */
  readonly mean: number;
  /** The mean over the latest `lastWindow` steps. */
  readonly recent: number;
  /** The Euclidean norm of the latest estimate of the gradient. */
  readonly gradientNorm: number;
  /** By name, the same means of the models that the run is compared with, on the same symbols. */
  readonly baselines: Readonly<Record<string, { readonly mean: number; readonly recent: number }>>;
}

export interface Measured {
  readonly unit: 'bits' | 'loss';
  /** In nats if the unit is bits. */
  readonly loss: Tally;
  /** In the unit. */
  readonly yardsticks: ReadonlyMap<string, Tally>;
  readonly gradient: unknown;
}

export function recordOf({ unit, loss, yardsticks, gradient }: Measured): MetricsRecord {
  const own = (value: number) => (unit === 'bits' ? value / Math.LN2 : value);
  return {
    step: loss.count,
    unit,
    loss: own(loss.last),
    mean: own(loss.mean),
    recent: own(loss.recent()),
    gradientNorm: normOf(gradient),
    baselines: Object.fromEntries(
      Array.from(
        yardsticks,
        ([label, tally]) => [label, { mean: tally.mean, recent: tally.recent() }] as const,
      ),
    ),
  };
}

/** Whether a record is due after this step: at each step first, then whenever the steps have grown by 2 %. */
export function createPace(): (step: number) => boolean {
  let due = 1;
  return (step) => {
    if (step < due) return false;
    due = Math.max(step + 1, Math.ceil(step * 1.02));
    return true;
  };
}
