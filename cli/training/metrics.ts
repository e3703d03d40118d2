import { normOf, type Tally } from '../../trainers/evaluation/index.ts';
import type { Figure } from '../experiments/condition.ts';

/** A line of metrics.ndjson. It contains no time of day, so that the same run writes the same bytes. */
export interface MetricsRecord {
  /** The number of completed steps. */
  readonly step: number;
  /** The loss of the last step, in nats if it is a code length. */
  readonly loss: number;
  /** The mean loss of all steps so far. */
  readonly meanLoss: number;
  /** The mean loss over the latest `lastWindow` steps. */
  readonly windowLoss: number;
  /** The two means in bits per symbol, if the task predicts symbols. */
  readonly meanBits?: number;
  readonly windowBits?: number;
  /** The Euclidean norm of the latest estimate of the gradient. */
  readonly gradientNorm: number;
  /** Per yardstick, its bits per symbol on the same symbols. */
  readonly yardsticks?: Readonly<Record<string, { readonly meanBits: number; readonly windowBits: number }>>;
}

/** The figures that conditions and displays name, in the unit of the task. */
export function figuresOf(record: MetricsRecord): Readonly<Record<Figure, number>> {
  const { meanBits, meanLoss, windowBits, windowLoss, gradientNorm } = record;
  return { mean: meanBits ?? meanLoss, recent: windowBits ?? windowLoss, gradientNorm };
}

export interface Measured {
  readonly unit: 'bits' | 'loss';
  readonly loss: Tally;
  readonly yardsticks: ReadonlyMap<string, Tally>;
  readonly gradient: unknown;
}

export function recordOf({ unit, loss, yardsticks, gradient }: Measured): MetricsRecord {
  const windowLoss = loss.recent();
  const own = Array.from(
    yardsticks,
    ([label, meter]) => [label, { meanBits: meter.mean, windowBits: meter.recent() }] as const,
  );
  return {
    step: loss.count,
    loss: loss.last,
    meanLoss: loss.mean,
    windowLoss,
    ...(unit === 'bits' ? { meanBits: inBits(loss.mean), windowBits: inBits(windowLoss) } : {}),
    gradientNorm: normOf(gradient),
    ...(own.length === 0 ? {} : { yardsticks: Object.fromEntries(own) }),
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

function inBits(nats: number): number {
  return nats / Math.LN2;
}
