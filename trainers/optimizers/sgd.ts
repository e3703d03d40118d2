import { mul, type Operand } from '../../autodiff/index.ts';
import { guard, mapTree, type Tree } from '../../lib/index.ts';
import { addTrees, scaleTree, zerosOf } from '../algebra.ts';
import { type Optimizer, optimizerOf } from './optimizer.ts';
import { type RateOptions, rateOptions, ratesOf } from './rates.ts';

export type SgdOptions = RateOptions;

export interface MomentumOptions extends RateOptions {
  /** The fraction of the velocity kept, from 0 to 1. Default 0.9. */
  readonly decay?: number;
}

export const sgdOptions = rateOptions satisfies guard.Checks<SgdOptions>;

export const momentumOptions = {
  ...rateOptions,
  decay: guard.setting(guard.between(0, 1), 'the fraction of the velocity that is kept'),
} satisfies guard.Checks<MomentumOptions>;

/** Gradient descent: θ ← θ - η g. */
export function sgd(options: SgdOptions): Optimizer {
  const rates = ratesOf('sgd', guard.options('sgd', options, sgdOptions, 'sgd({ rate: 0.1 })'));
  return optimizerOf({
    name: 'sgd',
    settings: rates.settings,
    rate: rates.rate,
    init(parameters) {
      rates.requirePaths(parameters);
      return {};
    },
    update: (gradient, memory, _, clock) => ({ update: scaled(gradient, rates.descent(clock)), memory }),
  });
}

/** Gradient descent with momentum (Polyak 1964): v ← decay v + g, θ ← θ - η v. */
export function momentum(options: MomentumOptions): Optimizer {
  const own = guard.options('momentum', options, momentumOptions, 'momentum({ rate: 0.1 })');
  const { decay = 0.9 } = own;
  const rates = ratesOf('momentum', own);
  return optimizerOf({
    name: 'momentum',
    settings: { decay, ...rates.settings },
    rate: rates.rate,
    init(parameters) {
      rates.requirePaths(parameters);
      return zerosOf(parameters);
    },
    update(gradient, memory, _, clock) {
      const velocity = addTrees(scaleTree(memory as typeof gradient, decay), gradient);
      return { update: scaled(velocity, rates.descent(clock)), memory: velocity };
    },
  });
}

/** Every leaf times its own factor. */
function scaled<P>(tree: P, factor: (path: string) => Operand): P {
  return mapTree(tree as Tree, (leaf, path) => mul(leaf, factor(path))) as P;
}
