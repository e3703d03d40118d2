import { kernels, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { LinearPrimitive } from '../primitive.ts';
import { requireIndices } from './checks.ts';
import { byEntries } from './entries.ts';

/** With `batched`, all operands have a leading axis, and each entry is a separate application. */
type Batched = { readonly batched?: true };

/** Rows of x: shape [...ids.shape, ...x.shape without its first axis]. */
export const gather: LinearPrimitive<Batched> = {
  name: 'gather',
  kind: 'linear',
  type([x, ids], { batched }) {
    requireIndices('gather', ids);
    return { shape: [...ids.shape, ...x.shape.slice(batched ? 2 : 1)], dtype: x.dtype };
  },
  evaluate(operands, { batched }) {
    const one = ([x, ids]: readonly Tensor[]) => kernels.gather(x, ids);
    return batched ? byEntries(operands, gather.type(operands, { batched }), one) : one(operands);
  },
  transpose: (cotangent, [ids], { batched, ...rest }, x) =>
    bind(
      scatterAdd,
      [cotangent, ids],
      batched ? { size: x.shape[1], batched, ...rest } : { size: x.shape[0], ...rest },
    ),
};

/** Zeros of shape [size, ...rest], plus the rows of x, of shape [...ids.shape, ...rest], at ids. */
export const scatterAdd: LinearPrimitive<
  Batched & {
    readonly size: number;
    /** A plan keeps the rows until something needs the elements. */
    readonly factored?: true;
  }
> = {
  name: 'scatterAdd',
  kind: 'linear',
  type([x, ids], { size, batched }) {
    requireIndices('scatterAdd', ids);
    return {
      shape: [...(batched ? [x.shape[0]] : []), size, ...x.shape.slice(ids.shape.length)],
      dtype: x.dtype,
    };
  },
  evaluate(operands, { size, batched }) {
    const one = ([x, ids]: readonly Tensor[]) => kernels.scatterAdd(x, ids, size);
    return batched ? byEntries(operands, scatterAdd.type(operands, { size, batched }), one) : one(operands);
  },
  transpose: (cotangent, [ids], { size: _, factored: __, ...rest }) => bind(gather, [cotangent, ids], rest),
};

/** x where the int32 mask is non-zero (zero if inverted), else 0. */
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
