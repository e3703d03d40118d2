import { kernels, ones, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { add, div, neg, mul as product, scaleBy, square, sub } from '../operations/arithmetic.ts';
import type { SmoothPrimitive } from '../primitive.ts';
import { floatType, sameType } from './checks.ts';
import { greater } from './constant.ts';
import { select } from './indexed.ts';
import { mul } from './mul.ts';

function unary(
  name: string,
  f: (x: number) => number,
  partial: (x: Tensor, result: Tensor) => Tensor,
): SmoothPrimitive {
  return {
    name,
    kind: 'smooth',
    type: ([x]) => floatType(name, x),
    evaluate: ([x]) => kernels.map(x, f),
    partials: [partial],
  };
}

type Partial = (x: Tensor, y: Tensor, result: Tensor) => Tensor;

function binary(
  name: string,
  f: (x: number, y: number) => number,
  ...partials: readonly [Partial, Partial]
): SmoothPrimitive {
  return {
    name,
    kind: 'smooth',
    type: (operands) => sameType(name, operands),
    evaluate: ([x, y]) => kernels.mapPair(x, y, f),
    partials,
  };
}

export const tanh = unary('tanh', Math.tanh, (_, y) => sub(1, square(y)));
export const sigmoid = unary('sigmoid', kernels.sigmoid, (_, y) => product(y, sub(1, y)));
export const exp = unary('exp', Math.exp, (_, y) => y);
/** The derivative is e^x rather than the value plus 1, which would be 0 for values near -1. */
export const expm1 = unary('expm1', Math.expm1, (x) => bind(exp, [x]));
export const log = unary('log', Math.log, (x) => div(1, x));
export const log1p = unary('log1p', Math.log1p, (x) => div(1, add(1, x)));
export const sqrt = unary('sqrt', Math.sqrt, (_, y) => div(0.5, y));
export const sin: SmoothPrimitive = unary('sin', Math.sin, (x) => bind(cos, [x]));
export const cos = unary('cos', Math.cos, (x) => neg(bind(sin, [x])));
export const atan = unary('atan', Math.atan, (x) => div(1, add(1, square(x))));
/** erf'(x) = 2/√π · e^(-x²). */
export const erf = unary('erf', kernels.erf, (x) =>
  scaleBy(bind(exp, [neg(square(x))]), 2 / Math.sqrt(Math.PI)),
);

/**
 * x^y: y x^(y-1) by x, and x^y log x by y. Both products have a strong zero: x^0 has the derivative 0 by x at
 * 0 too, and so does 0^y by y for positive y.
 */
export const pow: SmoothPrimitive = binary(
  'pow',
  kernels.pow,
  (x, y) => bind(mul, [y, bind(pow, [x, sub(y, 1)])], mul.inRules),
  (x, _, result) => bind(mul, [result, bind(log, [x])], mul.inRules),
);

/** The larger of x and y. Equal elements share the derivative equally. */
export const maximum: SmoothPrimitive = binary(
  'maximum',
  Math.max,
  (x, y) => shareOf(x, y),
  (x, y) => shareOf(y, x),
);

/** 1 if x is larger, 0 if y is, else a half. */
function shareOf(x: Tensor, y: Tensor): Tensor {
  const whole = (mask: Tensor) =>
    bind(select, [ones(x.shape, { dtype: x.dtype }), mask], { inverted: false });
  return scaleBy(add(1, sub(whole(bind(greater, [x, y])), whole(bind(greater, [y, x])))), 0.5);
}
