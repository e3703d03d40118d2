import { allocate, type DType, type TypedArray } from '../dtype.ts';
import { DataError } from '../errors.ts';

/**
 * Number formats that files have and tensors lack. Each is read into a dtype that holds its values exactly.
 */
export type StoredType = DType | keyof typeof others;

type Read = (view: DataView, at: number, littleEndian: boolean) => number;

const others = {
  bool: [1, 'int32', (view, at) => (view.getUint8(at) === 0 ? 0 : 1)],
  uint8: [1, 'int32', (view, at) => view.getUint8(at)],
  int8: [1, 'int32', (view, at) => view.getInt8(at)],
  uint16: [2, 'int32', (view, at, little) => view.getUint16(at, little)],
  int16: [2, 'int32', (view, at, little) => view.getInt16(at, little)],
  uint32: [4, 'float64', (view, at, little) => view.getUint32(at, little)],
  int64: [8, 'float64', (view, at, little) => wide(view, at, little, true)],
  uint64: [8, 'float64', (view, at, little) => wide(view, at, little, false)],
  float16: [2, 'float32', (view, at, little) => small(view.getUint16(at, little), 5, 10, 'infinite')],
  bfloat16: [2, 'float32', (view, at, little) => small(view.getUint16(at, little), 8, 7, 'infinite')],
  float8_e4m3: [1, 'float32', (view, at) => small(view.getUint8(at), 4, 3, 'finite')],
  float8_e5m2: [1, 'float32', (view, at) => small(view.getUint8(at), 5, 2, 'infinite')],
} as const satisfies Readonly<Record<string, readonly [bytes: number, dtype: DType, read: Read]>>;

/** The dtype to read the values into. */
function dtypeFor(stored: StoredType): DType {
  return isOther(stored) ? others[stored][1] : stored;
}

/** Bytes per element in the file. */
export function itemSize(stored: StoredType): number {
  return isOther(stored) ? others[stored][0] : allocate(stored, 0).BYTES_PER_ELEMENT;
}

/**
 * Copies the elements out of `bytes`, whatever its alignment and the byte order of the file and this machine.
 * @throws DataError for a whole number beyond ±2^53, where float64 skips whole numbers.
 */
export function decodeElements(
  bytes: Uint8Array,
  stored: StoredType,
  where: string,
  littleEndian = true,
): TypedArray {
  const data = allocate(dtypeFor(stored), bytes.length / itemSize(stored));
  if (isOther(stored)) {
    const [width, , read] = others[stored];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < data.length; i++) {
      data[i] = read(view, i * width, littleEndian);
      if (width === 8 && Number.isNaN(data[i]))
        throw new DataError(
          `${where}: element ${i} is beyond ±2^53, where float64 no longer has every whole number; convert identifiers to smaller indices, or measurements with x.astype('float64'), before saving`,
        );
    }
    return data;
  }
  // Copy bytes rather than numbers, to keep the bits of a NaN.
  const copy = new Uint8Array(data.buffer);
  copy.set(bytes);
  if (littleEndian !== isLittleEndian()) swapBytes(copy, data.BYTES_PER_ELEMENT);
  return data;
}

export function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}

export function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function isOther(stored: StoredType): stored is keyof typeof others {
  return Object.hasOwn(others, stored);
}

/** A 64-bit whole number within ±2^53; NaN if beyond. */
function wide(view: DataView, at: number, littleEndian: boolean, signed: boolean): number {
  const highAt = at + (littleEndian ? 4 : 0);
  const high = signed ? view.getInt32(highAt, littleEndian) : view.getUint32(highAt, littleEndian);
  const low = view.getUint32(at + (littleEndian ? 0 : 4), littleEndian);
  const isExact = high >= -(2 ** 21) && (high < 2 ** 21 || (high === 2 ** 21 && low === 0));
  return isExact ? high * 2 ** 32 + low : Number.NaN;
}

/**
 * A float of one sign bit, `exponentBits` and `fractionBits` (IEEE 754; bfloat16; OCP FP8, Micikevicius et
 * al. 2022).
 * @param top the meaning of the largest exponent: infinity and NaN, or (E4M3) finite numbers and one NaN.
 */
function small(bits: number, exponentBits: number, fractionBits: number, top: 'infinite' | 'finite'): number {
  const sign = bits >> (exponentBits + fractionBits) === 0 ? 1 : -1;
  const most = 2 ** exponentBits - 1;
  const exponent = (bits >> fractionBits) & most;
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === most && top === 'infinite')
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === most && fraction === 1 - 2 ** -fractionBits) return Number.NaN;
  const bias = 2 ** (exponentBits - 1) - 1;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}
