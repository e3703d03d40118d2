/**
 * The reference kernels: one per primitive, for tensors of any strides on any platform. The caller has
 * checked shapes and dtypes.
 */
export {
  add,
  div,
  greater,
  map,
  mapPair,
  mul,
  scale,
  select,
  strongDiv,
  strongMul,
  strongProduct,
} from './elementwise.ts';
export { gather, scatterAdd } from './indexing.ts';
export { broadcast, concat, pad, permute, reshape, slice } from './layout.ts';
export { matmul } from './matmul.ts';
export { isPlainSquare, norm } from './norm.ts';
export { fewRows } from './pairwise.ts';
export { allFinite, argmax, cumsum, maxReduce, sum } from './reduce.ts';
export { binade, erf, pow, sigmoid } from './special.ts';
