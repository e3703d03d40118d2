/**
 * The reference kernels: what each primitive computes, on tensors of any strides and on any platform.
 * Shapes and dtypes have been checked by the time a kernel runs.
 */
export { add, div, greater, map, mapPair, mul, scale, select, strongDiv, strongMul } from './elementwise.ts';
export { gather, scatterAdd } from './indexing.ts';
export { broadcast, concat, pad, permute, reshape, slice } from './layout.ts';
export { matmul } from './matmul.ts';
export { norm } from './norm.ts';
export { allFinite, argmax, cumsum, maxReduce, sum } from './reduce.ts';
export { binade, erf, pow, sigmoid } from './special.ts';
