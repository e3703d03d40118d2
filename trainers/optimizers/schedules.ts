import { requireRange } from '../options.ts';

/** A learning rate for each time step, counted from 0. */
export type Schedule = (step: number) => number;

/** The same rate always. */
export function constant(rate: number): Schedule {
  requireRange('constant', { rate }, 0);
  return () => rate;
}

/** gamma / (1 + alpha √t), which Tallec & Ollivier (2017) use throughout. */
export function inverseSqrt(gamma: number, alpha = 1): Schedule {
  requireRange('inverseSqrt', { gamma, alpha }, 0);
  return (step) => gamma / (1 + alpha * Math.sqrt(step));
}

/** Half a cosine from `rate` down to `floor` over `steps` steps, and `floor` from then on (Loshchilov & Hutter 2017, eq. 5). */
export function cosine(rate: number, steps: number, floor = 0): Schedule {
  requireRange('cosine', { rate, floor }, 0);
  requireRange('cosine', { steps }, 1);
  return (step) => floor + ((rate - floor) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)))) / 2;
}

/** A rate given as a number or as a schedule. */
export function asSchedule(rate: number | Schedule): Schedule {
  return typeof rate === 'number' ? constant(rate) : rate;
}
