import { add, div, mul, type Operand, sqrt, square } from '../../autodiff/index.ts';
import { ConfigurationError, guard, mapTree, type Tree, zipTrees } from '../../lib/index.ts';
import { addTrees, scaleTree, zerosOf } from '../algebra.ts';
import { type Optimizer, optimizerOf } from './optimizer.ts';
import { type RateOptions, rateOptions, ratesOf } from './rates.ts';

export interface AdamOptions extends RateOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

const below1: guard.NumberCheck = {
  ...guard.between(0, 1 - Number.EPSILON),
  what: 'a number of at least 0 and below 1',
};
export const adamOptions = {
  ...rateOptions,
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
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = own;
  const rates = ratesOf('adam', own);
  return optimizerOf({
    name: 'adam',
    settings: { beta1, beta2, epsilon, ...rates.settings },
    rate: rates.rate,
    init(parameters) {
      rates.requirePaths(parameters);
      return { m: zerosOf(parameters), v: zerosOf(parameters) };
    },
    update(gradient, memory, _, clock) {
      const old = memory as { m: typeof gradient; v: typeof gradient };
      // The squares come first: they need the elements of a gradient, which a plan may hold as a row among zeros, and
      // with these m and v move on in one pass.
      const v = decayed(old.v, squares(gradient), beta2, 1 - beta2);
      const m = decayed(old.m, gradient, beta1, 1 - beta1);
      const first = clock.updates((k) => 1 / (1 - beta1 ** k));
      const second = clock.updates((k) => 1 / (1 - beta2 ** k));
      return {
        update: descend(scaleTree(m, first), scaleTree(v, second), rates.descent(clock), epsilon),
        memory: { m, v },
      };
    },
  });
}

export interface RmspropOptions extends RateOptions {
  /** The decay of the mean square. Default 0.9. */
  readonly decay?: number;
  /** In place of `decay`: the mean square covers the later half of all updates, and at most this many. */
  readonly span?: number;
  readonly epsilon?: number;
}

export const rmspropOptions = {
  ...rateOptions,
  decay: guard.setting(guard.between(0, 1), 'the decay of the mean square'),
  span: guard.setting(
    guard.count,
    'the mean square covers the later half of all updates, up to this many; a fixed decay of 0.9 if left out',
    'span',
  ),
  epsilon: guard.setting(guard.between(0), 'added to the root of the mean square'),
} satisfies guard.Checks<RmspropOptions>;

/**
 * RMSprop (Tieleman & Hinton 2012): v ← β v + (1-β) g², θ ← θ - η g / (√v + ε).
 *
 * β is `decay`. With `span` it is 1 - 1/n with n = (k+1)/2 at the k-th update, and at most `span`, as for the
 * long short-term memory of paq8px (v216, its public source): 0 at the first update, so that v is a weighted
 * mean of squares from then on and needs no bias correction.
 * @throws ConfigurationError for both.
 */
export function rmsprop(options: RmspropOptions): Optimizer {
  const own = guard.options('rmsprop', options, rmspropOptions, 'rmsprop({ rate: 0.001 })');
  const { span, epsilon = 1e-8 } = own;
  if (span !== undefined && own.decay !== undefined)
    throw new ConfigurationError('rmsprop: has either a decay or a span');
  const { decay = 0.9 } = own;
  const rates = ratesOf('rmsprop', own);
  const share = (update: number) => 1 / Math.min(span ?? 1, (update + 1) / 2);
  return optimizerOf({
    name: 'rmsprop',
    settings: { ...(span === undefined ? { decay } : { span }), epsilon, ...rates.settings },
    rate: rates.rate,
    init(parameters) {
      rates.requirePaths(parameters);
      return zerosOf(parameters);
    },
    update(gradient, memory, _, clock) {
      const [keep, take] =
        span === undefined
          ? [decay, 1 - decay]
          : [clock.updates((k) => 1 - share(k)), clock.updates((k) => share(k))];
      const v = decayed(memory as typeof gradient, squares(gradient), keep, take);
      return { update: descend(gradient, v, rates.descent(clock), epsilon), memory: v };
    },
  });
}

/** decay · mean + share · sample. */
function decayed<P>(mean: P, sample: P, decay: Operand, share: Operand): P {
  return addTrees(scaleTree(mean, decay), scaleTree(sample, share));
}

function squares<P>(tree: P): P {
  return mapTree(tree as Tree, (leaf) => square(leaf)) as P;
}

/** -η m / (√v + ε). */
function descend<P>(m: P, v: P, descent: (path: string) => Operand, epsilon: number): P {
  return zipTrees(
    m as Tree,
    v as Tree,
    (mean, size, path) => mul(div(mean, add(sqrt(size), epsilon)), descent(path)),
    'optimizer',
  ) as P;
}
