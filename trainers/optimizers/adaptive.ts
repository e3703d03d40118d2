import { add, div, mul, sqrt, square } from '../../autodiff/index.ts';
import { guard, mapTree, type Tree, zipTrees } from '../../lib/index.ts';
import { addTrees, scaleTree, zerosOf } from '../algebra.ts';
import { type Clock, type Optimizer, optimizerOf } from './optimizer.ts';
import { asSchedule, rates, type Schedule } from './schedules.ts';

export interface AdamOptions {
  readonly rate: number | Schedule;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

const below1: guard.NumberCheck = {
  ...guard.between(0, 1 - Number.EPSILON),
  what: 'a number of at least 0 and below 1',
};
export const adamOptions = {
  rate: rates,
  beta1: guard.setting(below1, 'the decay of the mean gradient'),
  beta2: guard.setting(below1, 'the decay of the mean square'),
  epsilon: guard.setting(guard.between(0), 'added to the root of the mean square'),
} satisfies guard.Checks<AdamOptions>;

/**
 * Adam (Kingma & Ba 2015, algorithm 1), with its bias corrections:
 *
 *     m ← β1 m + (1-β1) g        v ← β2 v + (1-β2) g²
 *     θ ← θ - η m̂ / (√v̂ + ε),   m̂ = m/(1-β1ᵏ), v̂ = v/(1-β2ᵏ) at the k-th update
 *
 * Not linear in g: an unbiased gradient does not make an unbiased update.
 */
export function adam(options: AdamOptions): Optimizer {
  const own = guard.options('adam', options, adamOptions, 'adam({ rate: 0.001 })');
  const { rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = own;
  const schedule = asSchedule(rate);
  return optimizerOf({
    name: 'adam',
    settings: { beta1, beta2, epsilon },
    rate: schedule,
    init: (parameters) => ({ m: zerosOf(parameters), v: zerosOf(parameters) }),
    update(gradient, memory, _, clock) {
      const old = memory as { m: typeof gradient; v: typeof gradient };
      const m = decayed(old.m, gradient, beta1);
      const v = decayed(old.v, squares(gradient), beta2);
      const first = clock.updates((k) => 1 / (1 - beta1 ** k));
      const second = clock.updates((k) => 1 / (1 - beta2 ** k));
      return {
        update: descend(scaleTree(m, first), scaleTree(v, second), schedule, epsilon, clock),
        memory: { m, v },
      };
    },
  });
}

export interface RmspropOptions {
  readonly rate: number | Schedule;
  readonly decay?: number;
  readonly epsilon?: number;
}

export const rmspropOptions = {
  rate: rates,
  decay: guard.setting(guard.between(0, 1), 'the decay of the mean square'),
  epsilon: guard.setting(guard.between(0), 'added to the root of the mean square'),
} satisfies guard.Checks<RmspropOptions>;

/** RMSprop (Tieleman & Hinton 2012): v ← decay v + (1-decay) g², θ ← θ - η g / (√v + ε). */
export function rmsprop(options: RmspropOptions): Optimizer {
  const {
    rate,
    decay = 0.9,
    epsilon = 1e-8,
  } = guard.options('rmsprop', options, rmspropOptions, 'rmsprop({ rate: 0.001 })');
  const schedule = asSchedule(rate);
  return optimizerOf({
    name: 'rmsprop',
    settings: { decay, epsilon },
    rate: schedule,
    init: (parameters) => zerosOf(parameters),
    update(gradient, memory, _, clock) {
      const v = decayed(memory as typeof gradient, squares(gradient), decay);
      return { update: descend(gradient, v, schedule, epsilon, clock), memory: v };
    },
  });
}

/** decay · mean + (1 - decay) · sample. */
function decayed<P>(mean: P, sample: P, decay: number): P {
  return addTrees(scaleTree(mean, decay), scaleTree(sample, 1 - decay));
}

function squares<P>(tree: P): P {
  return mapTree(tree as Tree, (leaf) => square(leaf)) as P;
}

/** -η m / (√v + ε). */
function descend<P>(m: P, v: P, schedule: Schedule, epsilon: number, clock: Clock): P {
  const rate = clock.steps((step) => -schedule(step));
  return zipTrees(
    m as Tree,
    v as Tree,
    (mean, size) => mul(div(mean, add(sqrt(size), epsilon)), rate),
    'optimizer',
  ) as P;
}
