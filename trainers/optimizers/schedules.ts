import { guard } from '../../lib/index.ts';

const notNegative = guard.between(0);

/** The learning rate at each time step, counted from 0. */
export type Schedule = (step: number) => number;

/** The same rate at every step. */
export function constant(rate: number): Schedule {
  guard.argument('constant', 'rate', rate, notNegative);
  return () => rate;
}

/** gamma / (1 + alpha √t), as in all of Tallec & Ollivier (2017); not below `floor`. */
export function inverseSqrt(gamma: number, alpha = 1, floor = 0): Schedule {
  guard.argument('inverseSqrt', 'gamma', gamma, notNegative);
  guard.argument('inverseSqrt', 'alpha', alpha, notNegative);
  guard.argument('inverseSqrt', 'floor', floor, notNegative);
  return (step) => Math.max(floor, gamma / (1 + alpha * Math.sqrt(step)));
}

/** gamma / √(1 + alpha t), not below `floor`: nearly constant until step 1/alpha. */
export function sqrtDecay(gamma: number, alpha: number, floor = 0): Schedule {
  guard.argument('sqrtDecay', 'gamma', gamma, notNegative);
  guard.argument('sqrtDecay', 'alpha', alpha, notNegative);
  guard.argument('sqrtDecay', 'floor', floor, notNegative);
  return (step) => Math.max(floor, gamma / Math.sqrt(1 + alpha * step));
}

/**
 * Half a cosine from `rate` down to `floor` over `steps` steps, then `floor` (Loshchilov & Hutter 2017, eq.
 * 5).
 */
export function cosine(rate: number, steps: number, floor = 0): Schedule {
  guard.argument('cosine', 'rate', rate, notNegative);
  guard.argument('cosine', 'floor', floor, notNegative);
  guard.argument('cosine', 'steps', steps, guard.between(1));
  return (step) => floor + ((rate - floor) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)))) / 2;
}

/** The check that every optimiser applies to its rate. */
export const rates: guard.Check = guard.needed({
  what: 'a number of at least 0 or a schedule, such as inverseSqrt(1e-3, 0.03)',
  holds: (value) => notNegative.holds(value) || typeof value === 'function',
});

/** Turns a number into a constant schedule. */
export function asSchedule(rate: number | Schedule): Schedule {
  if (typeof rate === 'number') return constant(rate);
  return (step) => {
    const now = rate(step);
    if (typeof now !== 'number') guard.argument('schedule', `the rate at step ${step}`, now, guard.number);
    return now;
  };
}
