import { exp, mul, square, sub, sum } from '../../autodiff/index.ts';
import {
  dataOf,
  type FloatDType,
  full,
  guard,
  requireFloat,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../lib/index.ts';
import type { Cell } from '../../nn/index.ts';
import { floats, seeds } from './options.ts';
import { type Example, readings, type Task } from './task.ts';

export interface HypergradientOptions {
  /** The number n of coordinates that are optimised. Default 50. */
  readonly coordinates?: number;
  /** The largest curvature over the smallest. Default 1000. */
  readonly condition?: number;
  /** Whether all coordinates share one rate, or each has its own. Default `all`. */
  readonly rateFor?: 'all' | 'each';
  /** The dtype of inputs, targets, the rates and the coordinates. Default float64. */
  readonly dtype?: FloatDType;
  readonly seed?: number;
}

/** The logarithm of the rate: a scalar, or [n]. A type rather than an interface, so that it is a tree. */
export type HypergradientParameters = { readonly logRate: Tensor };

export interface HypergradientTask extends Task<Tensor, Tensor> {
  readonly settings: { readonly coordinates: number; readonly condition: number; readonly rateFor: string };
  /** w' = w - rate ∘ h ∘ (w - x), with the output ½ Σ h w'², a scalar; w, [n], starts at 10. */
  readonly model: Cell<HypergradientParameters, Tensor, Tensor>;
  /** The output itself, the loss of the optimised coordinates. */
  loss(output: Tensor, target: Tensor): Tensor;
  /** The curvatures h, [n], from 1 down, equally spaced in their logarithms. */
  readonly curvatures: Tensor;
}

/**
 * Learns the learning rate of stochastic gradient descent while it descends. The "network" is the optimiser:
 * its state is what it optimises, n coordinates of a noisy quadratic, and its parameter is the rate. An input
 * is the place of the minimum as the step sees it, normal around 0, [n]; the target, a scalar zero, is unused.
 *
 * A larger rate adds noise to the very next loss, and pays off along flat directions only hundreds of steps
 * later, so a gradient through a few steps asks for too small a rate: short-horizon bias. The noisy quadratic
 * is that of Wu, Ren, Liao and Grosse, "Understanding short-horizon bias in stochastic meta-optimization",
 * 2018, with noise of unit variance in each coordinate.
 * @throws ConfigurationError for sizes out of range.
 */
export function hypergradient(options: HypergradientOptions = {}): HypergradientTask {
  const {
    coordinates = 50,
    condition = 1000,
    rateFor = 'all',
    dtype = 'float64',
    seed = 1,
  } = guard.options('hypergradient', options, hypergradientOptions);
  const curvatures = Array.from(
    { length: coordinates },
    (_, i) => condition ** (-i / Math.max(1, coordinates - 1)),
  );
  const target = zeros([], { dtype });
  return {
    name: `hypergradient(${coordinates},${condition},${rateFor})`,
    settings: { coordinates, condition, rateFor },
    model: descent(curvatures, rateFor === 'all' ? [] : [coordinates], dtype),
    loss: (output) => output,
    curvatures: tensor(curvatures, { dtype }),
    ...readings(function* (): Generator<Example<Tensor, Tensor>, never, undefined> {
      const noise = seeded(seed);
      for (;;) yield { input: tensor(dataOf(noise.normal([coordinates])), { dtype }), target };
    }),
  };
}

export const hypergradientOptions = {
  coordinates: guard.setting(guard.whole(1, 2 ** 16), 'coordinates that are optimised'),
  condition: guard.setting(guard.between(1, 1e12), 'the largest curvature over the smallest'),
  rateFor: guard.setting(guard.oneOf('all', 'each'), 'one rate for all coordinates, or each its own'),
  dtype: floats,
  seed: seeds,
} satisfies guard.Checks<HypergradientOptions>;

/** The rate starts at 1/10; above 2 it would diverge, as the largest curvature is 1. */
function descent(
  curvatures: readonly number[],
  shape: readonly number[],
  dtype: FloatDType,
): Cell<HypergradientParameters, Tensor, Tensor> {
  const constants = {
    float32: tensor(curvatures, { dtype: 'float32' }),
    float64: tensor(curvatures, { dtype: 'float64' }),
  };
  return {
    name: 'hypergradient',
    init: () => ({ logRate: full(shape, Math.log(0.1), { dtype }) }),
    start: () => full([curvatures.length], 10, { dtype }),
    step({ logRate }, w, x) {
      const h = constants[requireFloat(w.dtype, 'hypergradient')];
      const next = sub(w, mul(exp(logRate), mul(h, sub(w, x))));
      return { state: next, output: mul(sum(mul(h, square(next))), 0.5) };
    },
  };
}
