export { add, mul, neg, square, sub } from './arithmetic.ts';
export { cos, div, erf, exp, log, pow, sigmoid, sin, sqrt, tanh } from './functions.ts';
export { broadcastTo, concat, gather, reshape, scatterAdd, slice, stack, transpose } from './layout.ts';
export type { Operand } from './operand.ts';
export { abs, greater, less, maximum, relu, softplus, stopGradient, where } from './piecewise.ts';
export { dot, type MatmulOptions, matmul, outer } from './products.ts';
export { argmax, logSoftmax, logSumExp, max, mean, type ReduceOptions, softmax, sum } from './reductions.ts';
