import ndarray, { type NdArray } from 'ndarray';
import ops from 'ndarray-ops';
import { allocate, type DType, type TypedArray } from '../dtype.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { ArrayTensor, dataOf, fromData, type Tensor } from '../tensor.ts';

/** x + y, of equal shapes and dtypes. */
export function add(x: Tensor, y: Tensor): ArrayTensor {
  const out = empty(x.dtype, x.shape);
  ops.add(out, x.toNdarray(), y.toNdarray());
  return new ArrayTensor(out);
}

/** The elementwise product of equal shapes and dtypes. */
export function mul(x: Tensor, y: Tensor): ArrayTensor {
  const out = empty(x.dtype, x.shape);
  ops.mul(out, x.toNdarray(), y.toNdarray());
  return new ArrayTensor(out);
}

/** The elementwise product with a strong zero: zero times infinity or NaN is 0 instead of NaN. */
export function strongMul(x: Tensor, y: Tensor): ArrayTensor {
  return mapPair(x, y, strongProduct);
}

/** x y; 0 if the product is NaN because a factor is 0. */
export function strongProduct(x: number, y: number): number {
  const product = x * y;
  return Number.isNaN(product) && (x === 0 || y === 0) ? 0 : product;
}

/** The elementwise quotient of equal shapes and dtypes. */
export function div(x: Tensor, y: Tensor): ArrayTensor {
  return mapPair(x, y, (a, b) => a / b);
}

/**
 * The quotient with a strong zero: 0 instead of NaN if x is 0 or y infinite, like x times the reciprocal of
 * y.
 */
export function strongDiv(x: Tensor, y: Tensor): ArrayTensor {
  return mapPair(x, y, (a, b) => {
    const quotient = a / b;
    return Number.isNaN(quotient) && (a === 0 || Math.abs(b) === Number.POSITIVE_INFINITY) ? 0 : quotient;
  });
}

/** f applied to pairs of elements, of equal shapes and dtypes. */
export function mapPair(x: Tensor, y: Tensor, f: (a: number, b: number) => number): ArrayTensor {
  const [left, right] = [dataOf(x), dataOf(y)];
  const out = allocate(x.dtype, left.length);
  for (let i = 0; i < out.length; i++) out[i] = f(left[i], right[i]);
  return fromData(out, x.shape);
}

/** factor · x. */
export function scale(x: Tensor, factor: number): ArrayTensor {
  const out = empty(x.dtype, x.shape);
  ops.muls(out, x.toNdarray(), factor);
  return new ArrayTensor(out);
}

/** An int32 mask: 1 where x > y, else 0 (also for NaN). */
export function greater(x: Tensor, y: Tensor): ArrayTensor {
  const out = empty('int32', x.shape);
  ops.gt(out, x.toNdarray(), y.toNdarray());
  return new ArrayTensor(out);
}

/** x where the mask is non-zero (zero if inverted), else 0, even if x is NaN there. */
export function select(x: Tensor, mask: Tensor, inverted: boolean): ArrayTensor {
  const [values, flags] = [dataOf(x), dataOf(mask)];
  const out = allocate(x.dtype, values.length);
  for (let i = 0; i < out.length; i++) if ((flags[i] !== 0) !== inverted) out[i] = values[i];
  return fromData(out, x.shape);
}

/** f applied to every element. */
export function map(x: Tensor, f: (value: number) => number): ArrayTensor {
  const values = dataOf(x);
  const out = allocate(x.dtype, values.length);
  for (let i = 0; i < out.length; i++) out[i] = f(values[i]);
  return fromData(out, x.shape);
}

function empty(dtype: DType, shape: Shape): NdArray<TypedArray> {
  return ndarray(allocate(dtype, sizeOf(shape)), shape as number[]);
}
