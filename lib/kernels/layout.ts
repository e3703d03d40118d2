import ops from 'ndarray-ops';
import { allocate } from '../dtype.ts';
import { type Shape, sizeOf, stridesOf } from '../shape.ts';
import { type ArrayTensor, dataOf, fromData, isContiguous, type Tensor, viewOf } from '../tensor.ts';

/** Inserts axes at these positions of `shape`, repeating x along them. Returns a view. */
export function broadcast(x: Tensor, shape: Shape, axes: readonly number[]): ArrayTensor {
  const array = x.toNdarray();
  let from = 0;
  const stride = shape.map((_, axis) => (axes.includes(axis) ? 0 : array.stride[from++]));
  return viewOf(array, shape, stride, array.offset);
}

/** The same elements in row-major order under another shape. A view if the layout allows it. */
export function reshape(x: Tensor, shape: Shape): ArrayTensor {
  const array = x.toNdarray();
  if (isContiguous(array)) return viewOf(array, shape, stridesOf(shape), array.offset);
  return fromData(dataOf(x), shape);
}

/** Axis i of the result is axis `order[i]` of x. Returns a view. */
export function permute(x: Tensor, order: readonly number[]): ArrayTensor {
  const array = x.toNdarray();
  return viewOf(
    array,
    order.map((axis) => array.shape[axis]),
    order.map((axis) => array.stride[axis]),
    array.offset,
  );
}

/** The block from `begin` (inclusive) to `end` (exclusive), one entry per axis. Returns a view. */
export function slice(x: Tensor, begin: readonly number[], end: readonly number[]): ArrayTensor {
  const array = x.toNdarray();
  const offset = begin.reduce((at, start, axis) => at + start * array.stride[axis], array.offset);
  return viewOf(
    array,
    begin.map((start, axis) => end[axis] - start),
    array.stride,
    offset,
  );
}

/** Zeros of `shape` with x placed at `begin`. */
export function pad(x: Tensor, begin: readonly number[], shape: Shape): ArrayTensor {
  const out = fromData(allocate(x.dtype, sizeOf(shape)), shape);
  place(out, x, begin);
  return out;
}

/** Joins tensors along an axis. Their other axes are equal. */
export function concat(parts: readonly Tensor[], axis: number): ArrayTensor {
  const length = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const shape = parts[0].shape.map((own, other) => (other === axis ? length : own));
  const out = fromData(allocate(parts[0].dtype, sizeOf(shape)), shape);
  let start = 0;
  for (const part of parts) {
    const begin = shape.map((_, other) => (other === axis ? start : 0));
    place(out, part, begin);
    start += part.shape[axis];
  }
  return out;
}

function place(out: ArrayTensor, part: Tensor, begin: readonly number[]): void {
  ops.assign(
    slice(
      out,
      begin,
      begin.map((start, axis) => start + part.shape[axis]),
    ).array,
    part.toNdarray(),
  );
}
