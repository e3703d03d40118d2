import { kernels, ShapeError } from '../../lib/index.ts';
import type { ConstantPrimitive } from '../primitive.ts';
import { floatType, requireIndices, sameType } from './checks.ts';

/** An int32 mask: 1 where x > y. */
export const greater: ConstantPrimitive = {
  name: 'greater',
  kind: 'constant',
  type: (operands) => ({ ...sameType('greater', operands), dtype: 'int32' }),
  evaluate: ([x, y]) => kernels.greater(x, y),
};

/** The largest element over axes, which are removed. */
export const maxReduce: ConstantPrimitive<{ readonly axes: readonly number[] }> = {
  name: 'maxReduce',
  kind: 'constant',
  type: ([x], { axes }) => ({
    ...floatType('maxReduce', x),
    shape: x.shape.filter((_, axis) => !axes.includes(axis)),
  }),
  evaluate: ([x], { axes }) => kernels.maxReduce(x, axes),
};

/** The largest whole number not above x. */
export const floor: ConstantPrimitive = {
  name: 'floor',
  kind: 'constant',
  type: ([x]) => floatType('floor', x),
  evaluate: ([x]) => kernels.map(x, Math.floor),
};

/**
 * The power of two at or below |x|, at least the smallest normal number; 1 for 0, infinity and NaN. Dividing
 * by it is exact.
 */
export const binade: ConstantPrimitive = {
  name: 'binade',
  kind: 'constant',
  type: ([x]) => floatType('binade', x),
  evaluate: ([x]) => kernels.map(x, (value) => kernels.binade(value, x.dtype)),
};

/** Joins two int32 tensors along an axis. Unlike floats, indices are not a sum of padded parts. */
export const join: ConstantPrimitive<{ readonly axis: number }> = {
  name: 'join',
  kind: 'constant',
  type([x, y], { axis }) {
    requireIndices('join', x);
    requireIndices('join', y);
    return {
      shape: x.shape.map((length, own) => (own === axis ? length + y.shape[axis] : length)),
      dtype: 'int32',
    };
  },
  evaluate: ([x, y], { axis }) => kernels.concat([x, y], axis),
};

/**
 * The int32 index of the first NaN along the last axis, else of the first largest element. Removes the axis.
 */
export const argmax: ConstantPrimitive = {
  name: 'argmax',
  kind: 'constant',
  type([x]) {
    floatType('argmax', x);
    if (x.shape.length === 0 || x.shape[x.shape.length - 1] === 0)
      throw new ShapeError(
        `argmax: needs at least one element along the last axis, got shape [${x.shape.join(',')}]`,
      );
    return { shape: x.shape.slice(0, -1), dtype: 'int32' };
  },
  evaluate: ([x]) => kernels.argmax(x),
};
