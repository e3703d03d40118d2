import { add, concat, cos, exp, expm1, mul, neg, relu, sin, sqrt, sub, tanh } from '../../autodiff/index.ts';
import { guard, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { draw, init, initializers, requireRoom, size } from '../options.ts';
import { project } from '../project.ts';
import { type RingOptions, ringChecks, ringOf } from './ring.ts';

/** Parameters of recurrent trace units. */
export type RtuParameters = {
  /** ν = log(-log r), [units]. */
  readonly nu: Tensor;
  /** θ = log ϑ, [units]. */
  readonly theta: Tensor;
  /** W₁ and W₂, each [inputs, units]: input-major, so that a class index picks a row. */
  readonly w1: Tensor;
  readonly w2: Tensor;
};

/** The two coordinates of each unit, each [units]. */
export type RtuState = { readonly h1: Tensor; readonly h2: Tensor };

export interface RtuOptions extends RingOptions {
  readonly inputs: number;
  /** The number of units. State and output have twice as many numbers. */
  readonly units: number;
  /** f, in the recurrence: `linear` (default), `tanh` or `relu`. */
  readonly activation?: 'linear' | 'tanh' | 'relu';
  /** How W₁ and W₂ are drawn. Default: uniform within ±1/√inputs. */
  readonly init?: { readonly input?: Initializer };
}

const activations = { linear: (x: Tensor) => x, tanh, relu } as const;

/**
 * Recurrent trace units (Elelimy, White, Bowling & White 2024, arXiv 2409.01449): a linear recurrent unit in
 * real numbers, each unit a rotation and contraction of the plane.
 *
 *     r   = exp(-exp(ν)),  ϑ = exp(θ),  g = r cos ϑ,  φ = r sin ϑ,  γ = √(1-r²)
 *     h1' = f(g∘h1 - φ∘h2 + γ∘(W₁ x))
 *     h2' = f(g∘h2 + φ∘h1 + γ∘(W₂ x))
 *
 * No unit sees another one, so exact RTRL takes two numbers per parameter. r and ϑ start as in `lru`, whose γ
 * is a parameter of its own. With a linear f, nonlinearity belongs in the readout.
 *
 * The state is { h1, h2 }; the output is both in one vector, [2 units].
 * @throws ConfigurationError for an unknown activation, bad sizes or invalid radii.
 */
export function rtu(options: RtuOptions): Cell<RtuParameters, RtuState, Input> {
  const own = guard.options('rtu', options, checks, 'rtu({ inputs: 2, units: 16 })');
  const { inputs, units, activation = 'linear' } = own;
  const { input = fanIn(inputs) } = initializers('rtu', own.init, ['input']);
  requireRoom('rtu', 2 * units * (inputs + 1), 'use fewer units');
  const ring = ringOf('rtu', units, own);
  const f = activations[activation];
  return cellOf({
    name: 'rtu',
    outputs: 2 * units,
    init(noise) {
      const { nu, theta } = ring(noise);
      const weights = () => draw('rtu', input, noise, [inputs, units]);
      return { nu, theta, w1: weights(), w2: weights() };
    },
    start: () => ({ h1: zeros([units]), h2: zeros([units]) }),
    step({ nu, theta, w1, w2 }, { h1, h2 }, x) {
      const [rate, angle] = [exp(nu), exp(theta)];
      const r = exp(neg(rate));
      const [g, phi] = [mul(r, cos(angle)), mul(r, sin(angle))];
      // 1 - r² = -expm1(-2 exp(ν)), without the cancellation where r is close to 1.
      const gamma = sqrt(neg(expm1(mul(rate, -2))));
      const next1 = f(add(sub(mul(g, h1), mul(phi, h2)), mul(gamma, project(x, w1))));
      const next2 = f(add(add(mul(g, h2), mul(phi, h1)), mul(gamma, project(x, w2))));
      return { state: { h1: next1, h2: next2 }, output: concat([next1, next2]) };
    },
  });
}

const checks: guard.Checks<RtuOptions> = {
  inputs: size,
  units: size,
  activation: guard.oneOf('linear', 'tanh', 'relu'),
  ...ringChecks,
  init,
};
