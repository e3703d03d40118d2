import ndarray, { type NdArray } from 'ndarray';
import { allocate, type DType, dtypeOf, type TypedArray } from './dtype.ts';
import { ShapeError } from './errors.ts';
import { formatShape, type Shape, sizeOf } from './shape.ts';

/** A scalar, or arrays of equal lengths nested as deep as the tensor has axes. */
export type NestedArray = number | readonly NestedArray[];

/**
 * An immutable array of numbers with a shape and a dtype.
 *
 * What a program sees as a `Tensor` may be plain numbers, a dual number or a symbol; operations treat them alike.
 * `level` says which: 0 for plain numbers, otherwise the differentiation or trace that the tensor belongs to.
 */
export abstract class Tensor {
  abstract readonly shape: Shape;
  abstract readonly dtype: DType;
  abstract readonly level: number;

  /** The path of this tensor in the user's tree (`parameters.update.w`), for messages. */
  label: string | undefined = undefined;

  /** A view of the values, sharing memory: treat it as read-only. Throws `UnknownValueError` on a symbol. */
  abstract toNdarray(): NdArray<TypedArray>;

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The values as nested arrays; a number for a scalar. */
  toArray(): NestedArray {
    const { data, stride, offset } = this.toNdarray();
    return nest(data, this.shape, stride, offset, 0);
  }

  /** The one value of a tensor with one element. Throws `ShapeError` for any other size. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(`item: a tensor of shape ${formatShape(this.shape)} has ${this.size} elements, not one`);
    const { data, offset } = this.toNdarray();
    return data[offset];
  }
}

/** A tensor that holds numbers: an ndarray with any strides. */
export class ArrayTensor extends Tensor {
  readonly level = 0;
  readonly array: NdArray<TypedArray>;
  readonly dtype: DType;

  constructor(array: NdArray<TypedArray>) {
    super();
    this.array = array;
    this.dtype = dtypeOf(array.data);
  }

  get shape(): Shape {
    return this.array.shape;
  }

  override get size(): number {
    return this.array.size;
  }

  toNdarray(): NdArray<TypedArray> {
    return this.array;
  }
}

/** A tensor over row-major `data`, which is shared, not copied. */
export function fromData(data: TypedArray, shape: Shape): ArrayTensor {
  return new ArrayTensor(ndarray(data, shape as number[]));
}

/** Whether the elements lie in row-major order without gaps. */
export function isContiguous(array: NdArray<TypedArray>): boolean {
  const { shape, stride } = array;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** The elements in row-major order: a view where the layout allows it, a copy otherwise. Treat it as read-only. */
export function dataOf(tensor: Tensor): TypedArray {
  const array = tensor.toNdarray();
  if (isContiguous(array)) return array.data.subarray(array.offset, array.offset + array.size) as TypedArray;
  const copy = allocate(tensor.dtype, array.size);
  copyInto(copy, array);
  return copy;
}

/** Writes the elements of `array` into `target` in row-major order. */
export function copyInto(target: TypedArray, array: NdArray<TypedArray>): void {
  const { data, shape, stride, offset } = array;
  const size = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let at = 0, from = offset; at < size; at++) {
    target[at] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis];
      if (++index[axis] < shape[axis]) break;
      from -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** A view with other strides over the same memory. */
export function viewOf(array: NdArray<TypedArray>, shape: Shape, stride: readonly number[], offset: number): ArrayTensor {
  return new ArrayTensor(ndarray(array.data, shape as number[], stride as number[], offset));
}

function nest(data: TypedArray, shape: Shape, stride: readonly number[], offset: number, axis: number): NestedArray {
  if (axis === shape.length) return data[offset];
  return Array.from({ length: shape[axis] }, (_, i) => nest(data, shape, stride, offset + i * stride[axis], axis + 1));
}
