import { add, cos, exp, log, matmul, mul, neg, sin, sqrt, sub } from '../../autodiff/index.ts';
import { guard, type Noise, type Shape, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { type Initializer, normal } from '../initializers.ts';
import { draw, init, initializers, requireRoom, size } from '../options.ts';
import { project } from '../project.ts';
import { type RingOptions, ringChecks, ringOf } from './ring.ts';

/** A complex tensor as two real ones. */
type Complex = { readonly re: Tensor; readonly im: Tensor };

/** Parameters of a linear recurrent unit. */
export type LruParameters = {
  /** ν = log(-log|λ|), [units]. */
  readonly nu: Tensor;
  /** θ = log(arg λ), [units]. */
  readonly theta: Tensor;
  /** log γ, [units]. */
  readonly gamma: Tensor;
  /** B, [inputs, units]: input-major, so that a class index picks a row. */
  readonly b: Complex;
  /** C, [outputs, units]. */
  readonly c: Complex;
  /** D, [inputs, outputs]. */
  readonly d: Tensor;
};

/** Hidden state, each part [units]. */
export type LruState = { readonly re: Tensor; readonly im: Tensor };

/** How the matrices are drawn. */
export interface LruInitializers {
  /** For both parts of B. Default: normal with deviation 1/√(2 inputs). */
  readonly input?: Initializer;
  /** For both parts of C. Default: normal with deviation 1/√units. */
  readonly output?: Initializer;
  /** For D. Default: normal with deviation 1/√inputs. */
  readonly feedthrough?: Initializer;
}

export interface LruOptions extends RingOptions {
  readonly inputs: number;
  /** The number of complex units. The state has twice as many numbers. */
  readonly units: number;
  /** The length of the output. Default: that of the input, as in the paper. */
  readonly outputs?: number;
  readonly init?: LruInitializers;
}

/**
 * The linear recurrent unit (Orvieto et al. 2023, arXiv 2303.06349, section 3; online: Zucchet et al. 2023,
 * arXiv 2305.15947, eq. 1):
 *
 *     λ  = exp(-exp(ν) + i exp(θ))        |λ| < 1 for every ν
 *     h' = λ∘h + γ∘(B x)                  complex
 *     y  = Re(C h') + D x
 *
 * γ is trained as exp(gamma) and starts at √(1-|λ|²), so that all units start with states of the same size.
 * The recurrence is linear and diagonal: exact RTRL takes two numbers, a real and an imaginary part, per
 * parameter. Nonlinearity belongs in the readout.
 *
 * The state is { re, im }; the output is y, of shape [outputs].
 * @throws ConfigurationError for sizes that are not whole numbers above zero, or invalid radii.
 */
export function lru(options: LruOptions): Cell<LruParameters, LruState, Input> {
  const own = guard.options('lru', options, checks, 'lru({ inputs: 2, units: 16 })');
  const { inputs, units, outputs = inputs } = own;
  const init = initializers('lru', own.init, ['input', 'output', 'feedthrough']);
  requireRoom('lru', units * (3 + 2 * (inputs + outputs)) + inputs * outputs, 'use fewer units');
  const ring = ringOf('lru', units, own);
  const initial = {
    input: init.input ?? normal(1 / Math.sqrt(2 * inputs)),
    output: init.output ?? normal(1 / Math.sqrt(units)),
    feedthrough: init.feedthrough ?? normal(1 / Math.sqrt(inputs)),
  };
  return cellOf({
    name: 'lru',
    outputs,
    init(noise) {
      const { nu, theta, squared } = ring(noise);
      return {
        nu,
        theta,
        gamma: log(sqrt(sub(1, squared))),
        b: complex(initial.input, noise, [inputs, units]),
        c: complex(initial.output, noise, [outputs, units]),
        d: draw('lru', initial.feedthrough, noise, [inputs, outputs]),
      };
    },
    start: () => ({ re: zeros([units]), im: zeros([units]) }),
    step({ nu, theta, gamma, b, c, d }, h, x) {
      for (const [name, part] of [
        ['b', b],
        ['c', c],
      ] as const)
        guard.argument('lru.step', `params.${name}`, part, guard.record);
      const [modulus, phase] = [exp(neg(exp(nu))), exp(theta)];
      const lambda = { re: mul(modulus, cos(phase)), im: mul(modulus, sin(phase)) };
      const scale = exp(gamma);
      const re = add(sub(mul(lambda.re, h.re), mul(lambda.im, h.im)), mul(scale, project(x, b.re)));
      const im = add(add(mul(lambda.re, h.im), mul(lambda.im, h.re)), mul(scale, project(x, b.im)));
      const output = add(sub(matmul(c.re, re), matmul(c.im, im)), project(x, d));
      return { state: { re, im }, output };
    },
  });
}

function complex(initializer: Initializer, noise: Noise, shape: Shape): Complex {
  const part = () => draw('lru', initializer, noise, shape);
  return { re: part(), im: part() };
}

const checks: guard.Checks<LruOptions> = {
  inputs: size,
  units: size,
  outputs: guard.count,
  ...ringChecks,
  init,
};
