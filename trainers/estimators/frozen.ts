import { guard } from '../../lib/index.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import { carryNothing } from './rule/nothing.ts';
import type { Cost, Sizes } from './step/cost.ts';

export type FrozenOptions = Readonly<Record<never, never>>;

export const frozenOptions = {} satisfies guard.Checks<FrozenOptions>;

/**
 * The immediate term alone, with the past frozen: the gradient of the next loss is ∂ℓ/∂θ at the state as it
 * is, and no influence of the parameters on that state is carried, G = 0. It is the baseline that every
 * estimator of G must beat.
 *
 * The readout is learnt exactly, a recurrent weight only by what it does within the step. TBPTT with a window
 * of 1 is the same gradient.
 */
export function frozen(options: FrozenOptions = {}): Estimator {
  guard.options('frozen', options, frozenOptions);
  const cost = ({ parameters }: Sizes): Cost => ({
    time: 3 * parameters,
    memory: 0,
  });
  return {
    name: 'frozen',
    bias: 'approximate',
    options: frozenOptions,
    settings: {},
    ...stepwise,
    cost,
    bind: ({ sizes }) => carryNothing(cost(sizes)),
  };
}
