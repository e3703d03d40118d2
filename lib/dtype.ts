import { DTypeError, ResourceError, ShapeError } from './errors.ts';
import { describe, memory, mostBytes } from './guard/index.ts';

/** Element types. `int32` holds indices and masks and never carries a tangent. */
export type DType = 'float32' | 'float64' | 'int32';

/** The dtypes that can be differentiated. */
export type FloatDType = Exclude<DType, 'int32'>;

/** The storage behind a tensor. */
export type TypedArray = Float32Array | Float64Array | Int32Array;

const storage = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/**
 * A zero-filled array of `size` elements.
 * @throws DTypeError for an unknown dtype (from untyped code), ShapeError for more elements than a tensor may
 * have, ResourceError if the memory is not there.
 * @internal
 */
export function allocate(dtype: DType, size: number): TypedArray {
  if (!isDType(dtype))
    throw new DTypeError(`there is no dtype ${describe(dtype)}; use float32, float64 or int32`);
  if (!Number.isSafeInteger(size) || size < 0) refuseSize(dtype, size);
  const bytes = size * storage[dtype].BYTES_PER_ELEMENT;
  if (bytes > mostBytes) memory('tensor', `${size} elements of ${dtype}`, bytes);
  try {
    return new storage[dtype](size);
  } catch {
    throw new ResourceError(`tensor: there is no memory left for ${size} elements of ${dtype}`);
  }
}

/** The dtype of an array. @throws DTypeError for an array of any other type (from untyped code). */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Int32Array) return 'int32';
  throw new DTypeError(`${describe(data)} has no dtype; use a Float32Array, a Float64Array or an Int32Array`);
}

/** Whether a string from outside names a dtype. */
export function isDType(name: string): name is DType {
  return typeof name === 'string' && Object.hasOwn(storage, name);
}

function refuseSize(dtype: DType, size: unknown): never {
  // Beyond 2⁵³ a product of lengths is no longer exact; so large a tensor fits in no memory anyway.
  if (typeof size === 'number' && size > 0 && !(size < Number.MAX_SAFE_INTEGER))
    memory('tensor', `elements of ${dtype}`, size * 4);
  throw new ShapeError(`tensor: a size is a whole number, zero or more, got ${describe(size)}`);
}

export function requireFloat(dtype: DType, who: string): FloatDType {
  if (dtype === 'int32')
    throw new DTypeError(`${who}: needs float32 or float64, got int32 (indices carry no tangent)`);
  return dtype;
}
