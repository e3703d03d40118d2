import { kernels } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { LinearPrimitive } from '../primitive.ts';
import { requireIndices } from './checks.ts';

/** Rows of x: shape [...ids.shape, ...x.shape without its first axis]. */
export const gather: LinearPrimitive = {
  name: 'gather',
  kind: 'linear',
  type([x, ids]) {
    requireIndices('gather', ids);
    return { shape: [...ids.shape, ...x.shape.slice(1)], dtype: x.dtype };
  },
  evaluate: ([x, ids]) => kernels.gather(x, ids),
  transpose: (cotangent, [ids], _, x) => bind(scatterAdd, [cotangent, ids], { size: x.shape[0] }),
};

/** Zeros of shape [size, ...rest] with the rows of x, of shape [...ids.shape, ...rest], added at ids. */
export const scatterAdd: LinearPrimitive<{ readonly size: number }> = {
  name: 'scatterAdd',
  kind: 'linear',
  type([x, ids], { size }) {
    requireIndices('scatterAdd', ids);
    return { shape: [size, ...x.shape.slice(ids.shape.length)], dtype: x.dtype };
  },
  evaluate: ([x, ids], { size }) => kernels.scatterAdd(x, ids, size),
  transpose: (cotangent, [ids]) => bind(gather, [cotangent, ids]),
};

/** x where the int32 mask is not 0 (where it is 0, when inverted); 0 elsewhere. */
export const select: LinearPrimitive<{ readonly inverted: boolean }> = {
  name: 'select',
  kind: 'linear',
  type([x, mask]) {
    requireIndices('select', mask);
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate: ([x, mask], { inverted }) => kernels.select(x, mask, inverted),
  transpose: (cotangent, [mask], parameters) => bind(select, [cotangent, mask], parameters),
};
