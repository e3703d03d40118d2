import type { NdArray } from 'ndarray';
import { allocate, type DType, type TypedArray } from './dtype.ts';
import { DTypeError, ShapeError } from './errors.ts';
import { checkShape, formatShape, type Shape, sizeOf } from './shape.ts';
import { copyInto, dataOf, fromData, type NestedArray, Tensor } from './tensor.ts';

/** What every function that makes a tensor takes; `float64` when no dtype is given. */
export interface TensorOptions {
  readonly dtype?: DType;
}

/**
 * A tensor from nested arrays, a typed array (one axis), an ndarray or another tensor.
 *
 * A typed array or an ndarray keeps its own dtype when it is one of norewind's and no other is asked for. Values are copied.
 * @throws ShapeError when nested arrays are ragged. @throws DTypeError when an entry is not a number, or not whole for int32.
 */
export function tensor(values: NestedArray | TypedArray | NdArray | Tensor, options: TensorOptions = {}): Tensor {
  if (values instanceof Tensor) return cast(values, options.dtype ?? values.dtype);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array)
    throw new DTypeError('tensor: 64-bit integers are not a dtype; use float64 or int32');
  if (ArrayBuffer.isView(values) && 'length' in values)
    return fromList(values, [values.length], options.dtype ?? dtypeOfView(values));
  if (isNdarray(values)) {
    const copy = allocate('float64', values.size);
    const { data } = values;
    if (Array.isArray(data)) for (const entry of data) requireNumber(entry, 'an entry of the ndarray');
    copyInto(copy, values as NdArray<TypedArray>);
    return fromList(copy, [...values.shape], options.dtype ?? dtypeOfView(values.data));
  }
  const shape: number[] = [];
  for (let inner: unknown = values; Array.isArray(inner); inner = inner[0]) shape.push(inner.length);
  const flat: number[] = [];
  flatten(values as NestedArray, shape, 0, flat, '');
  return fromList(flat, shape, options.dtype ?? 'float64');
}

export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  const data = allocate(options.dtype ?? 'float64', sizeOf(checkShape(shape, 'full')));
  if (!Object.is(value, 0)) data.fill(requireFit(value, data, 'full'));
  return fromData(data, [...shape]);
}

export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 0, options);
}

export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 1, options);
}

/** The n×n identity matrix. */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  const data = allocate(options.dtype ?? 'float64', sizeOf(checkShape([n, n], 'eye')));
  for (let i = 0; i < n; i++) data[i * (n + 1)] = 1;
  return fromData(data, [n, n]);
}

/** An int32 tensor: class indices, rows to gather, masks. */
export function indices(values: NestedArray | TypedArray): Tensor {
  return tensor(values, { dtype: 'int32' });
}

/**
 * The same values in another dtype; the tensor itself when it already has it.
 * @throws DTypeError for a tensor that is being differentiated or traced: its tangent would be lost.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  if (x.level !== 0)
    throw new DTypeError(`cast: from ${x.dtype} to ${dtype} inside a differentiated function; convert before differentiating`);
  return fromList(dataOf(x), x.shape, dtype);
}

function fromList(values: ArrayLike<number>, shape: Shape, dtype: DType): Tensor {
  const data = allocate(dtype, values.length);
  data.set(values);
  if (dtype === 'int32') for (let i = 0; i < values.length; i++) requireFit(values[i], data, 'tensor');
  return fromData(data, [...shape]);
}

/** The value, if an array of this type can hold it: a fraction in an int32 would be cut off without a word. */
function requireFit(value: number, data: TypedArray, who: string): number {
  if (data instanceof Int32Array && value !== (value | 0))
    throw new DTypeError(`${who}: ${value} is not a 32-bit whole number, as int32 needs`);
  return value;
}

function requireNumber(value: unknown, where: string): asserts value is number {
  if (typeof value !== 'number') throw new DTypeError(`tensor: ${where} is ${describe(value)}, not a number`);
}

function flatten(values: unknown, shape: Shape, depth: number, out: number[], at: string): void {
  if (depth === shape.length) {
    if (Array.isArray(values))
      throw new ShapeError(`tensor: the entry at ${at || 'the top'} is an array where others are numbers`);
    requireNumber(values, `the entry at ${at || 'the top'}`);
    out.push(values);
    return;
  }
  if (!Array.isArray(values) || values.length !== shape[depth])
    throw new ShapeError(
      `tensor: ragged arrays: the entry at ${at || 'the top'} is ${describe(values)}, others of its depth have ${shape[depth]} entries (shape ${formatShape(shape)})`,
    );
  for (let i = 0; i < shape[depth]; i++) flatten(values[i], shape, depth + 1, out, `${at}[${i}]`);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value)}`;
}

function dtypeOfView(data: unknown): DType {
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Int32Array ? 'int32' : 'float64';
}

function isNdarray(value: unknown): value is NdArray {
  return typeof value === 'object' && value !== null && 'stride' in value && 'offset' in value && 'data' in value;
}
