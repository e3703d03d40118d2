import { DTypeError, guard, ones, Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { SmoothPrimitive } from '../primitive.ts';
import * as smooth from '../primitives/smooth.ts';
import { mul, scaleBy } from './arithmetic.ts';
import { asTensor, commonShape, type Operand } from './operand.ts';

function apply(primitive: SmoothPrimitive, x: Operand): Tensor {
  return bind(primitive, [asTensor(x, 'float64', primitive.name)]);
}

/** The hyperbolic tangent, element by element. */
export function tanh(x: Operand): Tensor {
  return apply(smooth.tanh, x);
}

/** The logistic function 1 / (1 + e^-x). */
export function sigmoid(x: Operand): Tensor {
  return apply(smooth.sigmoid, x);
}

/** e^x. */
export function exp(x: Operand): Tensor {
  return apply(smooth.exp, x);
}

/** The natural logarithm; NaN below zero. */
export function log(x: Operand): Tensor {
  return apply(smooth.log, x);
}

/** The square root; NaN below zero, and an infinite derivative at zero. */
export function sqrt(x: Operand): Tensor {
  return apply(smooth.sqrt, x);
}

/** The sine of x in radians. */
export function sin(x: Operand): Tensor {
  return apply(smooth.sin, x);
}

/** The cosine of x in radians. */
export function cos(x: Operand): Tensor {
  return apply(smooth.cos, x);
}

/** The error function 2/√π ∫₀ˣ e^(-t²) dt. */
export function erf(x: Operand): Tensor {
  return apply(smooth.erf, x);
}

/** x / y, as x times the reciprocal of y. */
export function div(x: Operand, y: Operand): Tensor {
  if (typeof y === 'number') return scaleBy(asTensor(x, 'float64', 'div'), 1 / y);
  // Here, where both operands are still the ones that the caller knows by name.
  if (x instanceof Tensor) commonShape(x, asTensor(y, x.dtype, 'div'), 'div');
  return mul(x, apply(smooth.reciprocal, y));
}

/**
 * x^exponent for a fixed exponent: products for whole exponents, so that any x will do; e^(exponent · log x) otherwise, which is NaN
 * below zero.
 */
export function pow(x: Operand, exponent: number): Tensor {
  const base = asTensor(x, 'float64', 'pow');
  guard.argument('pow', 'exponent', exponent, guard.number, DTypeError);
  if (exponent === 0.5) return sqrt(base);
  if (!Number.isInteger(exponent)) return exp(scaleBy(log(base), exponent));
  if (exponent < 0) return apply(smooth.reciprocal, pow(base, -exponent));
  let power: Tensor | undefined;
  for (let rest = exponent, factor = base; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = power === undefined ? factor : mul(power, factor);
    if (rest > 1) factor = mul(factor, factor);
  }
  return power ?? ones(base.shape, { dtype: base.dtype });
}
