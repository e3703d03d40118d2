import type { DType } from '../dtype.ts';
import { DataError } from '../errors.ts';
import { bytes as aBytes, argument } from '../guard/index.ts';
import { formatShape, type Shape, stridesOf } from '../shape.ts';
import { dataOf, fromData, requireTensor, type Tensor, viewOf } from '../tensor.ts';
import { byteLengthOf, encodeElements, quote } from './elements.ts';
import { parseNpyHeader } from './npyHeader.ts';
import { signatureOf } from './signature.ts';
import { decodeElements, itemSize, type StoredType } from './stored.ts';

// "\x93NUMPY"
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Far more than NumPy writes or reads by default (10 000). */
const LONGEST_HEADER = 0xffff;
const TYPES: Readonly<Record<string, StoredType>> = {
  ...{
    b1: 'bool',
    u1: 'uint8',
    i1: 'int8',
    u2: 'uint16',
    i2: 'int16',
    u4: 'uint32',
    i4: 'int32',
    u8: 'uint64',
    i8: 'int64',
  },
  ...{ f2: 'float16', f4: 'float32', f8: 'float64' },
};
/** Other dtypes that NumPy writes, by their first letter, and the reason for refusing them. */
const REFUSED: Readonly<Record<string, string>> = {
  O: "Python objects (a pickle), which are not read: convert with x.astype('float64') before saving",
  S: "texts: convert with x.astype('float64'), or to indices with np.unique(x, return_inverse=True), before saving",
  U: "texts: convert with x.astype('float64'), or to indices with np.unique(x, return_inverse=True), before saving",
  M: "dates: convert with x.astype('datetime64[ms]').astype('int64') before saving",
  m: "durations: convert with x.astype('timedelta64[ms]').astype('int64') before saving",
  c: 'complex numbers: save x.real and x.imag',
  f: "floats of more than 64 bits: convert with x.astype('float64') before saving",
  V: "bytes without a type (as bfloat16 is saved): convert with x.astype('float32') before saving",
};
const CODES: Readonly<Record<DType, string>> = { float32: '<f4', float64: '<f8', int32: '<i4' };

/**
 * The tensor in a NumPy .npy file: format version 1, 2 or 3, either byte order, row-major or Fortran order
 * (converted to row-major). float32, float64 and int32 are kept; float16 becomes float32; bool and whole
 * numbers of 8 and 16 bits become int32; uint32, int64 and uint64 become float64.
 * Source: NumPy Enhancement Proposal 1 and `numpy.lib.format`.
 * @throws DataError for bytes of any other kind, a length other than the header's, and whole numbers beyond
 * ±2^53.
 */
export function readNpy(bytes: Uint8Array): Tensor {
  argument('readNpy', 'bytes', bytes, aBytes, DataError);
  const { text, end } = headerText(bytes);
  const header = parseNpyHeader(text);
  const { shape } = header;
  const { type, littleEndian } = typeOf(header.descr);
  const needed = byteLengthOf(shape, itemSize(type), 'npy');
  const given = bytes.length - end;
  if (needed !== given)
    throw new DataError(
      `npy: the shape ${formatShape(shape)} of ${type} takes ${needed} bytes, and ${given} follow the header`,
    );
  const data = decodeElements(bytes.subarray(end), type, 'npy', littleEndian);
  if (!header.fortranOrder) return fromData(data, shape);
  const stored = fromData(data, [...shape].reverse());
  const view = viewOf(stored.toNdarray(), shape, stridesOf([...shape].reverse()).reverse(), 0);
  return fromData(dataOf(view), shape);
}

/** The element type of a `descr` such as `<f8`. */
function typeOf(descr: string): { readonly type: StoredType; readonly littleEndian: boolean } {
  const [order, code] = [descr[0], descr.slice(1)];
  const type = Object.hasOwn(TYPES, code) ? TYPES[code] : undefined;
  if (type !== undefined && (order === '<' || order === '>' || (order === '|' && itemSize(type) === 1)))
    return { type, littleEndian: order !== '>' };
  const why =
    type === undefined && Object.hasOwn(REFUSED, code[0] ?? '')
      ? `holds ${REFUSED[code[0]]}`
      : "is not one of numbers in byte order < or >; convert with x.astype('<f8') before saving";
  throw new DataError(`npy: the dtype ${quote(descr)} ${why}`);
}

/**
 * The tensor as a .npy file, version 1.0, row-major, little-endian. @throws UnknownValueError on a symbol.
 */
export function writeNpy(x: Tensor): Uint8Array {
  requireTensor(x, 'writeNpy');
  const data = encodeElements(x);
  const header = `{'descr': '${CODES[x.dtype]}', 'fortran_order': False, 'shape': ${formatTuple(x.shape)}, }`;
  // The data start at a multiple of 64 bytes, after a line feed.
  const begin = Math.ceil((10 + header.length + 1) / 64) * 64;
  const length = begin - 10;
  if (length > LONGEST_HEADER)
    throw new DataError(`writeNpy: the header for ${x.shape.length} axes does not fit format version 1.0`);
  const bytes = new Uint8Array(begin + data.length);
  bytes.set([...MAGIC, 1, 0, length & 0xff, length >> 8]);
  bytes.fill(0x20, 10, begin - 1);
  for (let i = 0; i < header.length; i++) bytes[10 + i] = header.charCodeAt(i);
  bytes[begin - 1] = 0x0a;
  bytes.set(data, begin);
  return bytes;
}

function headerText(bytes: Uint8Array): { text: string; end: number } {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    const other = signatureOf(bytes);
    const what = other === undefined ? 'it does not begin with \\x93NUMPY' : `it is ${other.name}`;
    throw new DataError(
      `npy: this is not a .npy file: ${what}${other?.remedy === undefined ? '' : `; ${other.remedy}`}`,
    );
  }
  const version = bytes[6];
  if (bytes.length >= 8 && (version < 1 || version > 3 || bytes[7] !== 0))
    throw new DataError(
      `npy: format version ${version}.${bytes[7]} is not known; versions 1.0, 2.0 and 3.0 are`,
    );
  const begin = version === 1 ? 10 : 12;
  if (bytes.length < begin)
    throw new DataError(`npy: the file is cut off after ${bytes.length} bytes, inside the preamble`);
  let length = bytes[8] + bytes[9] * 2 ** 8;
  if (version > 1) length += bytes[10] * 2 ** 16 + bytes[11] * 2 ** 24;
  const end = begin + length;
  if (end > bytes.length)
    throw new DataError(`npy: the header takes ${length} bytes, and ${bytes.length - begin} are there`);
  if (length > LONGEST_HEADER)
    throw new DataError(`npy: the header takes ${length} bytes, more than ${LONGEST_HEADER}`);
  try {
    // Versions 1 and 2 are Latin-1, but norewind reads only ASCII headers, and ASCII is UTF-8 too.
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(begin, end)),
      end,
    };
  } catch {
    throw new DataError('npy: the header is not text');
  }
}

function formatTuple(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}
