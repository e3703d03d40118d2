import { kernels, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { neg, mul as product, scaleBy, square, sub } from '../operations/arithmetic.ts';
import type { SmoothPrimitive } from '../primitive.ts';
import { floatType } from './checks.ts';

function unary(name: string, f: (x: number) => number, partial: (x: Tensor, result: Tensor) => Tensor): SmoothPrimitive {
  return {
    name,
    kind: 'smooth',
    type: ([x]) => floatType(name, x),
    evaluate: ([x]) => kernels.map(x, f),
    partials: [partial],
  };
}

export const tanh = unary('tanh', Math.tanh, (_, y) => sub(1, square(y)));
export const sigmoid = unary('sigmoid', kernels.sigmoid, (_, y) => product(y, sub(1, y)));
export const exp = unary('exp', Math.exp, (_, y) => y);
export const log = unary('log', Math.log, (x) => bind(reciprocal, [x]));
export const reciprocal: SmoothPrimitive = unary(
  'reciprocal',
  (x) => 1 / x,
  (_, y) => neg(square(y)),
);
export const sqrt = unary('sqrt', Math.sqrt, (_, y) => scaleBy(bind(reciprocal, [y]), 0.5));
export const sin: SmoothPrimitive = unary('sin', Math.sin, (x) => bind(cos, [x]));
export const cos = unary('cos', Math.cos, (x) => neg(bind(sin, [x])));
/** erf'(x) = 2/√π · e^(-x²). */
export const erf = unary('erf', kernels.erf, (x) => scaleBy(bind(exp, [neg(square(x))]), 2 / Math.sqrt(Math.PI)));
