import { DTypeError } from './errors.ts';

/** Element types. `int32` holds indices and masks and never carries a tangent. */
export type DType = 'float32' | 'float64' | 'int32';

/** The dtypes that can be differentiated. */
export type FloatDType = Exclude<DType, 'int32'>;

/** The storage behind a tensor. */
export type TypedArray = Float32Array | Float64Array | Int32Array;

const storage = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** A zero-filled array of `size` elements. @throws DTypeError for a dtype that does not exist (from untyped code). */
export function allocate(dtype: DType, size: number): TypedArray {
  if (!isDType(dtype)) throw new DTypeError(`there is no dtype ${String(dtype)}; use float32, float64 or int32`);
  return new storage[dtype](size);
}

export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  return 'int32';
}

/** Whether a string from outside names a dtype. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(storage, name);
}

export function requireFloat(dtype: DType, who: string): FloatDType {
  if (dtype === 'int32') throw new DTypeError(`${who}: needs float32 or float64, got int32 (indices carry no tangent)`);
  return dtype;
}
