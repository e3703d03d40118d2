import { guard } from '../../lib/index.ts';
import { addTrees, scaleTree, zerosOf } from '../algebra.ts';
import { type Optimizer, optimizerOf } from './optimizer.ts';
import { asSchedule, rates, type Schedule } from './schedules.ts';

export interface SgdOptions {
  readonly rate: number | Schedule;
}

export interface MomentumOptions extends SgdOptions {
  /** The fraction of the velocity kept, from 0 to 1. Default 0.9. */
  readonly decay?: number;
}

export const sgdOptions = { rate: rates } satisfies guard.Checks<SgdOptions>;

export const momentumOptions = {
  rate: rates,
  decay: guard.setting(guard.between(0, 1), 'the fraction of the velocity that is kept'),
} satisfies guard.Checks<MomentumOptions>;

/** Gradient descent: θ ← θ - η g. */
export function sgd(options: SgdOptions): Optimizer {
  const { rate } = guard.options('sgd', options, sgdOptions, 'sgd({ rate: 0.1 })');
  const schedule = asSchedule(rate);
  return optimizerOf({
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
  });
}

/** Gradient descent with momentum (Polyak 1964): v ← decay v + g, θ ← θ - η v. */
export function momentum(options: MomentumOptions): Optimizer {
  const { rate, decay = 0.9 } = guard.options(
    'momentum',
    options,
    momentumOptions,
    'momentum({ rate: 0.1 })',
  );
  const schedule = asSchedule(rate);
  return optimizerOf({
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
  });
}
