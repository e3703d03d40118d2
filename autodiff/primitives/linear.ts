import { kernels, type Shape } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { LinearPrimitive } from '../primitive.ts';
import { floatType } from './checks.ts';

/** factor · x. */
export const scale: LinearPrimitive<{ readonly factor: number }> = {
  name: 'scale',
  kind: 'linear',
  type: ([x]) => floatType('scale', x),
  evaluate: ([x], { factor }) => kernels.scale(x, factor),
  transpose: (cotangent, _, parameters) => bind(scale, [cotangent], parameters),
};

/** The sum over axes, which are removed. */
export const sum: LinearPrimitive<{ readonly axes: readonly number[] }> = {
  name: 'sum',
  kind: 'linear',
  type: ([x], { axes }) => ({
    ...floatType('sum', x),
    shape: x.shape.filter((_, axis) => !axes.includes(axis)),
  }),
  evaluate: ([x], { axes }) => kernels.sum(x, axes),
  transpose: (cotangent, _, { axes }, x) => bind(broadcast, [cotangent], { shape: x.shape, axes }),
};

/** The running sums along an axis, from its end if reversed. */
export const cumsum: LinearPrimitive<{ readonly axis: number; readonly reverse: boolean }> = {
  name: 'cumsum',
  kind: 'linear',
  type: ([x]) => floatType('cumsum', x),
  evaluate: ([x], { axis, reverse }) => kernels.cumsum(x, axis, reverse),
  transpose: (cotangent, _, { axis, reverse }) => bind(cumsum, [cotangent], { axis, reverse: !reverse }),
};

/** Repeats x along new axes at the given positions of `shape`. */
export const broadcast: LinearPrimitive<{ readonly shape: Shape; readonly axes: readonly number[] }> = {
  name: 'broadcast',
  kind: 'linear',
  type: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate: ([x], { shape, axes }) => kernels.broadcast(x, shape, axes),
  transpose: (cotangent, _, { axes }) => bind(sum, [cotangent], { axes }),
};

/** The same elements in row-major order under another shape. */
export const reshape: LinearPrimitive<{ readonly shape: Shape }> = {
  name: 'reshape',
  kind: 'linear',
  type: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate: ([x], { shape }) => kernels.reshape(x, shape),
  transpose: (cotangent, _, __, x) => bind(reshape, [cotangent], { shape: x.shape }),
};

/** Axis i of the result is axis order[i] of x. */
export const permute: LinearPrimitive<{ readonly order: readonly number[] }> = {
  name: 'permute',
  kind: 'linear',
  type: ([x], { order }) => ({ shape: order.map((axis) => x.shape[axis]), dtype: x.dtype }),
  evaluate: ([x], { order }) => kernels.permute(x, order),
  transpose: (cotangent, _, { order }) =>
    bind(permute, [cotangent], { order: order.map((__, axis) => order.indexOf(axis)) }),
};

/** The block from begin (inclusive) to end (exclusive). */
export const slice: LinearPrimitive<{ readonly begin: readonly number[]; readonly end: readonly number[] }> =
  {
    name: 'slice',
    kind: 'linear',
    type: ([x], { begin, end }) => ({ shape: begin.map((start, axis) => end[axis] - start), dtype: x.dtype }),
    evaluate: ([x], { begin, end }) => kernels.slice(x, begin, end),
    transpose: (cotangent, _, { begin }, x) => bind(pad, [cotangent], { begin, shape: x.shape }),
  };

/** Zeros of `shape` with x placed at begin. */
export const pad: LinearPrimitive<{ readonly begin: readonly number[]; readonly shape: Shape }> = {
  name: 'pad',
  kind: 'linear',
  type: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate: ([x], { begin, shape }) => kernels.pad(x, begin, shape),
  transpose: (cotangent, _, { begin }, x) =>
    bind(slice, [cotangent], { begin, end: begin.map((start, axis) => start + x.shape[axis]) }),
};
