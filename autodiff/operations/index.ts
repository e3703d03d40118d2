export { add, div, mul, neg, square, strongMul, sub } from './arithmetic.ts';
export type { AxisOptions, ReduceOptions } from './axes.ts';
export { atan, cos, erf, exp, expm1, log, log1p, pow, sigmoid, sin, sqrt, tanh } from './functions.ts';
export { type GlobalNormOptions, globalNorm } from './globalNorm.ts';
export { broadcastTo, concat, gather, reshape, scatterAdd, slice, stack, transpose } from './layout.ts';
export type { Operand } from './operand.ts';
export {
  abs,
  clip,
  floor,
  greater,
  less,
  maximum,
  minimum,
  relu,
  sign,
  softplus,
  stopGradient,
  where,
} from './piecewise.ts';
export { dot, type MatmulOptions, matmul, outer } from './products.ts';
export { argmax, logSoftmax, logSumExp, max, min, softmax, sum } from './reductions.ts';
export { cumsum, prod } from './scans.ts';
export { mean, norm, std, type VarianceOptions, variance, variance as var } from './statistics.ts';
