import { addTrees, scaleTree, zerosOf } from '../algebra.ts';
import { requireRange } from '../options.ts';
import type { Optimizer } from './optimizer.ts';
import { asSchedule, type Schedule } from './schedules.ts';

/** Gradient descent: θ ← θ - η g. */
export function sgd({ rate }: { readonly rate: number | Schedule }): Optimizer {
  const schedule = asSchedule(rate);
  return {
    name: 'sgd',
    settings: {},
    rate: schedule,
    init: () => ({}),
    update: (gradient, memory, _, clock) => ({
      update: scaleTree(
        gradient,
        clock.steps((step) => -schedule(step)),
      ),
      memory,
    }),
  };
}

/** Gradient descent with momentum (Polyak 1964): v ← decay v + g, θ ← θ - η v. */
export function momentum({ rate, decay = 0.9 }: { readonly rate: number | Schedule; readonly decay?: number }): Optimizer {
  const schedule = asSchedule(rate);
  requireRange('momentum', { decay }, 0, 1);
  return {
    name: 'momentum',
    settings: { decay },
    rate: schedule,
    init: (parameters) => zerosOf(parameters),
    update(gradient, memory, _, clock) {
      const velocity = addTrees(scaleTree(memory as typeof gradient, decay), gradient);
      return {
        update: scaleTree(
          velocity,
          clock.steps((step) => -schedule(step)),
        ),
        memory: velocity,
      };
    },
  };
}
