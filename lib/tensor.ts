import ndarray, { type NdArray } from 'ndarray';
import { allocate, type DType, dtypeOf, type TypedArray } from './dtype.ts';
import { DTypeError, type NorewindError, ShapeError } from './errors.ts';
import { describe } from './guard/index.ts';
import { arrayText, inspect, typeText } from './print.ts';
import { checkShape, formatShape, type Shape, sizeOf } from './shape.ts';

/** A number (a scalar), or nested arrays with one level per axis and equal lengths within a level. */
export type NestedArray = number | readonly NestedArray[];

/**
 * A tensor in JSON: elements in row-major order, with NaN and infinities as strings. `tensor` reads it back.
 */
export interface TensorJson {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: readonly (number | 'NaN' | 'Infinity' | '-Infinity' | '-0')[];
}

/**
 * An immutable array of numbers with a shape and a dtype.
 *
 * A `Tensor` may hold plain numbers, or be a dual number or a symbol; operations treat them alike. `level`
 * tells them apart: 0 for plain numbers, else the differentiation or trace that the tensor belongs to.
 */
export abstract class Tensor {
  abstract readonly shape: Shape;
  abstract readonly dtype: DType;
  abstract readonly level: number;

  /** The path of this tensor in the user's tree (`parameters.update.w`), for messages. */
  declare label: string | undefined;

  constructor() {
    // V8 takes five times as long to make an object whose class inherits an initialised field, once there are
    // more than four such classes.
    this.label = undefined;
  }

  /** A view of the values, sharing memory: treat it as read-only. @throws UnknownValueError on a symbol. */
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

  /** The value of a tensor with one element. @throws ShapeError for any other size. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(
        `item: a tensor of shape ${formatShape(this.shape)} has ${this.size} elements, not one`,
      );
    const { data, offset } = this.toNdarray();
    return data[offset];
  }

  /**
   * Dtype, shape and abridged values: `float64[3] [1, 2, 3]`. With two or more axes, values start on a new
   * line.
   */
  toString(): string {
    return `${typeText(this.dtype, this.shape)}${this.shape.length > 1 ? '\n' : ' '}${valuesText(this)}`;
  }

  /** All values; `tensor(JSON.parse(text))` restores the tensor. @throws UnknownValueError on a symbol. */
  toJSON(): object {
    return { dtype: this.dtype, shape: [...this.shape], data: Array.from(dataOf(this), jsonNumber) };
  }

  /** The text that Node's `console.log` prints; the type alone deep inside an object. */
  [inspect](depth = 0): string {
    return depth < 0 ? typeText(this.dtype, this.shape) : this.toString();
  }

  /**
   * Returns the text in templates and `String(x)`. Arithmetic on a tensor would silently yield NaN, so it is
   * refused.
   * @throws DTypeError in arithmetic and comparisons.
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw this.operatorError();
  }

  /** The error for `1 - h`, `h1 + h2`, `h > 0` and the like. */
  protected operatorError(): NorewindError {
    return new DTypeError(
      `${this.label ?? 'a tensor'} ${typeText(this.dtype, this.shape)}: ${operatorAdvice}`,
    );
  }
}

/** The operations that replace JavaScript's operators. @internal */
export const operatorAdvice =
  "JavaScript's operators and Math do not work on tensors: use sub(1, h) for 1 - h, add(a, b) for a + b, mul(h, 2) for h * 2, neg(h) for -h, where(greater(h, 0), a, b) for h > 0 ? a : b, h.item() for its number and String(h) for its text";

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? '-0'
      : String(value);
}

/** A tensor that holds numbers: an ndarray with any strides. */
export class ArrayTensor extends Tensor {
  readonly level = 0;
  readonly array: NdArray<TypedArray>;
  readonly dtype: DType;

  /** @throws ShapeError if the array reaches beyond its memory. */
  constructor(array: NdArray<TypedArray>) {
    super();
    requireNdarray(array);
    this.dtype = dtypeOf(array.data);
    requireWithin(array, 'tensor');
    this.array = array;
  }

  get shape(): Shape {
    return this.array.shape;
  }

  override get size(): number {
    return this.array.size;
  }

  toNdarray(): NdArray<TypedArray> {
    const { array } = this;
    if (array.data.length === 0 && array.size > 0)
      throw new ShapeError(
        `${this.label ?? 'a tensor'} ${typeText(this.dtype, this.shape)}: its memory has been transferred, as by postMessage with a transfer list: transfer a copy, data.slice()`,
      );
    return array;
  }
}

/** A tensor over row-major `data`, shared rather than copied. @throws ShapeError if the sizes differ. */
export function fromData(data: TypedArray, shape: Shape): ArrayTensor {
  dtypeOf(data);
  const size = sizeOf(checkShape(shape, 'fromData'));
  if (!(size <= data.length))
    throw new ShapeError(
      `fromData: the shape ${formatShape(shape)} has ${size} elements, the array has ${data.length}`,
    );
  return new ArrayTensor(ndarray(data, shape as number[]));
}

/**
 * @throws DTypeError unless `x` is a tensor. @param what the message's noun, where more than tensors are
 * accepted.
 * @internal
 */
export function requireTensor(x: unknown, who: string, what = 'a tensor'): asserts x is Tensor {
  if (x instanceof Tensor) return;
  const isForeign = typeof x === 'object' && x !== null && 'dtype' in x && 'level' in x;
  const remedy = isForeign
    ? ' of another copy of norewind: two versions are installed'
    : Array.isArray(x) || ArrayBuffer.isView(x)
      ? '; make a tensor of it with tensor(…)'
      : '';
  throw new DTypeError(`${who}: needs ${what}, got ${describe(x)}${remedy}`);
}

/**
 * The values as a tensor prints them, without the type. @throws UnknownValueError on a symbol.
 * @internal
 */
export function valuesText(x: Tensor): string {
  requireTensor(x, 'valuesText');
  return arrayText(x.toNdarray(), x.dtype);
}

/** Whether the elements lie in row-major order without gaps. */
export function isContiguous(array: NdArray<TypedArray>): boolean {
  requireNdarray(array);
  const { shape, stride } = array;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** The elements in row-major order: a view if the layout allows it, else a copy. Treat it as read-only. */
export function dataOf(tensor: Tensor): TypedArray {
  requireTensor(tensor, 'dataOf');
  const array = tensor.toNdarray();
  if (isContiguous(array)) {
    const { data, offset, size } = array;
    // A view of a small array costs more than most kernels: V8 has to move its numbers out of the heap.
    return size === data.length ? data : (data.subarray(offset, offset + size) as TypedArray);
  }
  const copy = allocate(tensor.dtype, array.size);
  copyInto(copy, array);
  return copy;
}

/** The elements of an ndarray and where they lie. */
interface Layout extends Pick<NdArray, 'shape' | 'stride' | 'offset'> {
  readonly data: ArrayLike<number>;
}

/** Writes the elements of an ndarray into `target` in row-major order. */
export function copyInto(target: TypedArray, { data, shape, stride, offset }: Layout): void {
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

/**
 * A view with other strides over the same memory. @throws ShapeError if it would reach beyond that memory.
 */
export function viewOf(
  array: NdArray<TypedArray>,
  shape: Shape,
  stride: readonly number[],
  offset: number,
): ArrayTensor {
  requireNdarray(array);
  checkShape(shape, 'viewOf');
  if (!Array.isArray(stride) || !stride.every(Number.isInteger) || !Number.isInteger(offset))
    throw new ShapeError(
      `viewOf: strides and the offset are whole numbers, got ${formatShape(stride)} and ${describe(offset)}`,
    );
  const view = ndarray(array.data, shape as number[], stride as number[], offset);
  requireWithin(view, 'viewOf');
  return new ArrayTensor(view);
}

function requireNdarray(array: NdArray): void {
  if (!Array.isArray(array?.shape) || !Array.isArray(array.stride))
    throw new ShapeError(`tensor: needs an ndarray, got ${describe(array)}`);
}

/**
 * ndarray itself does not compare its shape with its memory. @throws ShapeError unless every element lies in it.
 * @internal
 */
export function requireWithin(array: NdArray, who: string): void {
  requireNdarray(array);
  const { shape, stride, offset, data } = array;
  let [first, last, isEmpty, isWhole] = [offset, offset, false, true];
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis];
    const reach = (length - 1) * stride[axis];
    if (reach < 0) first += reach;
    else last += reach;
    if (length === 0) isEmpty = true;
    if (!(Number.isInteger(length) && length >= 0 && Number.isInteger(reach))) isWhole = false;
  }
  // An empty view reads nothing, so it cannot be out of range.
  if (!isWhole || !(isEmpty || (first >= 0 && last < data.length)))
    throw new ShapeError(
      `${who}: shape ${formatShape(shape)} with strides ${formatShape(stride)} from element ${offset} on does not lie within ${data.length} elements`,
    );
}

function nest(
  data: TypedArray,
  shape: Shape,
  stride: readonly number[],
  offset: number,
  axis: number,
): NestedArray {
  if (axis === shape.length) return data[offset];
  return Array.from({ length: shape[axis] }, (_, i) =>
    nest(data, shape, stride, offset + i * stride[axis], axis + 1),
  );
}
