import { ones, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { SmoothPrimitive } from '../primitive.ts';
import * as smooth from '../primitives/smooth.ts';
import { mul } from './arithmetic.ts';
import { asTensor, broadcastPair, type Operand } from './operand.ts';

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

/** log(1 + x), without losing the digits of a small x. */
export function log1p(x: Operand): Tensor {
  return apply(smooth.log1p, x);
}

/** e^x - 1, without losing the digits of a small x. */
export function expm1(x: Operand): Tensor {
  return apply(smooth.expm1, x);
}

/** The angle whose tangent is x, in radians, from -π/2 to π/2. */
export function atan(x: Operand): Tensor {
  return apply(smooth.atan, x);
}

/**
 * x^exponent, of two tensors or of a tensor and a number, as in C and NumPy: NaN for a negative x and a
 * fractional exponent, and 1 if x is 1 or the exponent 0, whatever the other is.
 *
 * Its derivatives are exponent · x^(exponent-1), which is 0 if the exponent is, and x^exponent · log x, which
 * is 0 if x is and the exponent is positive.
 */
export function pow(x: Operand, exponent: Operand): Tensor {
  // Simple exponents need no power in the program.
  if (typeof exponent === 'number') {
    const base = asTensor(x, 'float64', 'pow');
    if (exponent === 0) return ones(base.shape, { dtype: base.dtype });
    if (exponent === 1) return base;
    if (exponent === 2) return mul(base, base);
  }
  return bind(smooth.pow, broadcastPair(x, exponent, 'pow'));
}
