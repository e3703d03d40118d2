import type { NdArray } from 'ndarray';
import { allocate, type DType, isDType, type TypedArray } from './dtype.ts';
import { DTypeError, ShapeError } from './errors.ts';
import {
  anything,
  argument,
  options as checkOptions,
  describe,
  isRecord,
  memory,
  number,
} from './guard/index.ts';
import { checkShape, formatShape, mostAxes, type Shape, sizeOf } from './shape.ts';
import {
  copyInto,
  dataOf,
  fromData,
  type NestedArray,
  requireTensor,
  requireWithin,
  Tensor,
  type TensorJson,
} from './tensor.ts';

/** Options of every function that makes a tensor. The default dtype is `float64`. */
export interface TensorOptions {
  readonly dtype?: DType;
}

/**
 * A tensor from nested arrays, a typed array (one axis), an ndarray, another tensor or a `TensorJson`.
 *
 * Values are copied. The dtype is `options.dtype`, else the source's own if norewind has it, else float64.
 * @throws ShapeError for ragged arrays, DTypeError for an entry that is not a number, not whole for int32, or too large
 * for float32.
 */
export function tensor(
  values: NestedArray | TypedArray | NdArray | Tensor | TensorJson,
  options: TensorOptions = {},
): Tensor {
  const { dtype } = ownOptions('tensor', options);
  if (values instanceof Tensor) return cast(values, dtype ?? values.dtype);
  requireNo64Bits(values);
  if (ArrayBuffer.isView(values) && 'length' in values)
    return fromList(values, [values.length], dtype ?? dtypeOfView(values));
  if (isNdarray(values)) {
    requireWithin(values, 'tensor');
    const { shape, stride, offset } = values;
    const copy = allocateFor('tensor', shape, {});
    copyInto(copy, { data: numbersIn(values.data), shape, stride, offset });
    return fromList(copy, [...values.shape], dtype ?? dtypeOfView(values.data));
  }
  if (isJson(values)) return fromJson(values, dtype);
  const shape: number[] = [];
  for (let inner: unknown = values; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (shape.length > mostAxes) throw new ShapeError(`tensor: arrays nested more than ${mostAxes} deep`);
  }
  const flat: number[] = [];
  flatten(values, shape, 0, flat, '');
  return fromList(flat, shape, dtype ?? 'float64');
}

/**
 * A tensor with every element equal to `value`. @throws ShapeError for an invalid or impossibly large shape.
 */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return filledWith('full', shape, value, options);
}

export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return filledWith('zeros', shape, 0, options);
}

export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filledWith('ones', shape, 1, options);
}

/** The n×n identity matrix. */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  const data = allocateFor('eye', [n, n], options);
  for (let i = 0; i < n; i++) data[i * (n + 1)] = 1;
  return fromData(data, [n, n]);
}

/** An int32 tensor: class indices, rows to gather, masks. */
export function indices(values: NestedArray | TypedArray): Tensor {
  return tensor(values, { dtype: 'int32' });
}

/**
 * The same values in another dtype. Returns `x` itself if it already has that dtype.
 * @throws DTypeError for a number that it cannot hold, and while differentiating or tracing: the conversion would lose
 * the tangent.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  return castFor('cast', x, dtype);
}

/**
 * `cast` for a caller that has a name for the tensor, which begins the message for a number that does not fit.
 * @internal
 */
export function castFor(who: string, x: Tensor, dtype: DType): Tensor {
  requireTensor(x, 'cast');
  if (x.dtype === dtype) return x;
  if (x.level !== 0)
    throw new DTypeError(
      `cast: from ${x.dtype} to ${dtype} inside a differentiated function; convert before differentiating`,
    );
  return fromList(dataOf(x), x.shape, dtype, who);
}

/** Checks the names of the options; the dtype is checked where it is used. */
function ownOptions(who: string, options: TensorOptions): TensorOptions {
  return checkOptions(who, options, { dtype: anything }, '{ dtype: "float32" }');
}

function filledWith(who: string, shape: Shape, value: number, options: TensorOptions): Tensor {
  const data = allocateFor(who, shape, options);
  argument(who, 'value', value, number, DTypeError);
  if (!Object.is(value, 0)) data.fill(requireFit(value, data, who));
  return fromData(data, [...shape]);
}

function allocateFor(who: string, shape: Shape, options: TensorOptions): TypedArray {
  const { dtype = 'float64' } = ownOptions(who, options);
  const size = sizeOf(checkShape(shape, who));
  memory(who, `${size} elements of shape ${formatShape(shape)}`, size * (dtype === 'float64' ? 8 : 4));
  return allocate(dtype, size);
}

function isJson(value: unknown): value is TensorJson {
  return isRecord(value) && 'dtype' in value && 'shape' in value && 'data' in value;
}

function fromJson({ dtype, shape, data }: TensorJson, wanted: DType = dtype): Tensor {
  if (!isDType(dtype))
    throw new DTypeError(`tensor: there is no dtype ${describe(dtype)}; use float32, float64 or int32`);
  const size = sizeOf(checkShape(shape, 'tensor'));
  if (!Array.isArray(data) || data.length !== size)
    throw new ShapeError(
      `tensor: data must be ${size} numbers for the shape ${formatShape(shape)}, got ${describe(data)}`,
    );
  const numbers = data.map((entry: unknown, i) => {
    if (typeof entry === 'number') return entry;
    if (entry === 'NaN' || entry === 'Infinity' || entry === '-Infinity' || entry === '-0')
      return Number(entry);
    throw new DTypeError(`tensor: entry ${i} of data is ${describe(entry)}, not a number`);
  });
  return fromList(numbers, shape, wanted);
}

function fromList(values: ArrayLike<number>, shape: Shape, dtype: DType, who = 'tensor'): Tensor {
  const data = allocate(dtype, values.length);
  data.set(values);
  if (data instanceof Float32Array) {
    // A finite number minus itself is 0.
    for (let i = 0; i < data.length; i++) if (data[i] - data[i] !== 0) requireWithin32(values[i], who);
  } else if (dtype === 'int32') for (let i = 0; i < values.length; i++) requireFit(values[i], data, who);
  return fromData(data, [...shape]);
}

/**
 * The value, if an array of this type can hold it: storing a fraction in int32 would silently truncate it, and a large
 * number in float32 would become infinite.
 */
function requireFit(value: number, data: TypedArray, who: string): number {
  if (data instanceof Int32Array && value !== (value | 0))
    throw new DTypeError(`${who}: ${value} is not a 32-bit whole number, as int32 needs`);
  if (data instanceof Float32Array) requireWithin32(value, who);
  return value;
}

/**
 * @throws DTypeError for a finite number that float32 would make infinite.
 * @internal
 */
export function requireWithin32(value: number, who: string): void {
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
    throw new DTypeError(
      `${who}: ${value} is beyond float32, whose largest number is 3.4e+38; scale it, or use dtype: 'float64'`,
    );
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

function dtypeOfView(data: unknown): DType {
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Int32Array ? 'int32' : 'float64';
}

/** The numbers of an ndarray, which may have a store of its own. */
function numbersIn(data: NdArray['data']): ArrayLike<number> {
  requireNo64Bits(data);
  if (ArrayBuffer.isView(data)) return data;
  const numbers = Array.isArray(data) ? data : Array.from({ length: data.length }, (_, i) => data.get(i));
  for (const entry of numbers) requireNumber(entry, 'an entry of the ndarray');
  return numbers;
}

function requireNo64Bits(values: unknown): void {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array)
    throw new DTypeError('tensor: 64-bit integers are not a dtype; use float64 or int32');
}

function isNdarray(value: unknown): value is NdArray {
  return isObject(value) && 'stride' in value && 'offset' in value && 'data' in value && isStore(value.data);
}

function isStore(data: unknown): boolean {
  return Array.isArray(data) || ArrayBuffer.isView(data) || (isObject(data) && 'get' in data);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
