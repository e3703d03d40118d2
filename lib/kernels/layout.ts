import ops from 'ndarray-ops';
import ndarray from 'ndarray';
import { allocate } from '../dtype.ts';
import { type Shape, sizeOf, stridesOf } from '../shape.ts';
import { type ArrayTensor, dataOf, fromData, isContiguous, type Tensor, viewOf } from '../tensor.ts';

/** Inserts axes of the given positions in `shape`, repeating x along them; a view. */
export function broadcast(x: Tensor, shape: Shape, axes: readonly number[]): ArrayTensor {
  const array = x.toNdarray();
  let from = 0;
  const stride = shape.map((_, axis) => (axes.includes(axis) ? 0 : array.stride[from++]));
  return viewOf(array, shape, stride, array.offset);
}

/** The same elements in row-major order under another shape; a view where the layout allows it. */
export function reshape(x: Tensor, shape: Shape): ArrayTensor {
  const array = x.toNdarray();
  if (isContiguous(array)) return viewOf(array, shape, stridesOf(shape), array.offset);
  return fromData(dataOf(x), shape);
}

/** Axis i of the result is axis `order[i]` of x; a view. */
export function permute(x: Tensor, order: readonly number[]): ArrayTensor {
  const array = x.toNdarray();
  return viewOf(array, order.map((axis) => array.shape[axis]), order.map((axis) => array.stride[axis]), array.offset);
}

/** The block from `begin` (inclusive) to `end` (exclusive), one entry an axis; a view. */
export function slice(x: Tensor, begin: readonly number[], end: readonly number[]): ArrayTensor {
  const array = x.toNdarray();
  const offset = begin.reduce((at, start, axis) => at + start * array.stride[axis], array.offset);
  return viewOf(array, begin.map((start, axis) => end[axis] - start), array.stride, offset);
}

/** Zeros of `shape` with x placed at `begin`. */
export function pad(x: Tensor, begin: readonly number[], shape: Shape): ArrayTensor {
  const out = fromData(allocate(x.dtype, sizeOf(shape)), shape);
  const target = slice(out, begin, begin.map((start, axis) => start + x.shape[axis]));
  ops.assign(ndarray(target.array.data, target.array.shape, target.array.stride, target.array.offset), x.toNdarray());
  return out;
}
