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

/** The elementwise product in which a zero is strong: 0 where the product is NaN because one factor is 0 and the other is not finite. */
export function strongMul(x: Tensor, y: Tensor): ArrayTensor {
  return mapPair(x, y, strongProduct);
}

/** x y, and 0 where that is NaN because one of the two is 0. */
export function strongProduct(x: number, y: number): number {
  const product = x * y;
  return Number.isNaN(product) && (x === 0 || y === 0) ? 0 : product;
}

/** The elementwise quotient of equal shapes and dtypes. */
export function div(x: Tensor, y: Tensor): ArrayTensor {
  return mapPair(x, y, (a, b) => a / b);
}

/** The quotient in which a zero is strong: 0 where it is NaN because x is 0 or y infinite, as x times the reciprocal of y has it. */
export function strongDiv(x: Tensor, y: Tensor): ArrayTensor {
  return mapPair(x, y, (a, b) => {
    const quotient = a / b;
    return Number.isNaN(quotient) && (a === 0 || Math.abs(b) === Number.POSITIVE_INFINITY) ? 0 : quotient;
  });
}

/** f of every pair of elements of equal shapes and dtypes. */
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

/** An int32 mask: 1 where x > y, 0 elsewhere, also where either is NaN. */
export function greater(x: Tensor, y: Tensor): ArrayTensor {
  const out = empty('int32', x.shape);
  ops.gt(out, x.toNdarray(), y.toNdarray());
  return new ArrayTensor(out);
}

/** x where the mask is not 0 (where it is 0, when inverted), and 0 elsewhere, whatever x holds there. */
export function select(x: Tensor, mask: Tensor, inverted: boolean): ArrayTensor {
  const [values, flags] = [dataOf(x), dataOf(mask)];
  const out = allocate(x.dtype, values.length);
  for (let i = 0; i < out.length; i++) if ((flags[i] !== 0) !== inverted) out[i] = values[i];
  return fromData(out, x.shape);
}

/** f of every element. */
export function map(x: Tensor, f: (value: number) => number): ArrayTensor {
  const values = dataOf(x);
  const out = allocate(x.dtype, values.length);
  for (let i = 0; i < out.length; i++) out[i] = f(values[i]);
  return fromData(out, x.shape);
}

function empty(dtype: DType, shape: Shape): NdArray<TypedArray> {
  return ndarray(allocate(dtype, sizeOf(shape)), shape as number[]);
}
