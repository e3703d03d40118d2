import { DataError } from '../errors.ts';
import { formatShape } from '../shape.ts';
import { duplicateKey } from './duplicateKey.ts';
import { byteLengthOf, quote } from './elements.ts';
import { signatureOf } from './signature.ts';
import { itemSize, type StoredType } from './stored.ts';

/** A tensor in a .safetensors file: its bytes are `begin` to `end` of the data. */
export interface SafetensorsEntry {
  readonly name: string;
  /** The dtype as the file has it. */
  readonly code: string;
  /** How its elements are read; undefined where no dtype of ours can hold them. */
  readonly stored: StoredType | undefined;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Record<string, string>;
  readonly data: Uint8Array;
}

/** The dtypes of the reference implementation (0.8): how each is read, or how many bytes an element of one that is not read takes. */
const TYPES: Readonly<Record<string, StoredType | number>> = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  U32: 'uint32',
  I32: 'int32',
  U64: 'uint64',
  I64: 'int64',
  F8_E4M3: 'float8_e4m3',
  F8_E5M2: 'float8_e5m2',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
  C64: 8,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  F6_E2M3: 0.75,
  F6_E3M2: 0.75,
  F4: 0.5,
};
/** The bound of the reference implementation. */
const LONGEST_HEADER = 100_000_000;

/**
 * Reads and checks the header: 8 bytes of length (little-endian), then JSON, then the data.
 * Source: the description of the format in the safetensors project.
 * @throws DataError where anything is not as the format demands; nothing is allocated on the word of the file.
 */
export function parseSafetensorsHeader(bytes: Uint8Array): SafetensorsHeader {
  const { header, data } = split(bytes);
  const entries: SafetensorsEntry[] = [];
  let metadata: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = parseMetadata(value);
    else entries.push(parseEntry(name, value, data.length));
  }
  checkCoverage(entries, data.length);
  return { entries, metadata, data };
}

function split(bytes: Uint8Array): { header: object; data: Uint8Array } {
  if (bytes.length < 8)
    throw new DataError(`safetensors: the file has ${bytes.length} bytes, not even the 8 of the header length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > bytes.length - 8) {
    const other = signatureOf(bytes);
    const why = other === undefined ? 'the file is cut off, or no .safetensors file' : `it is ${other.name}`;
    throw new DataError(`safetensors: the header takes ${length} bytes, and ${bytes.length - 8} are there; ${why}`);
  }
  if (length > LONGEST_HEADER) throw new DataError(`safetensors: the header takes ${length} bytes, more than ${LONGEST_HEADER}`);
  return { header: parseJson(bytes.subarray(8, 8 + length)), data: bytes.subarray(8 + length) };
}

function parseJson(bytes: Uint8Array): object {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DataError('safetensors: the header is not valid UTF-8');
  }
  if (!text.startsWith('{')) throw new DataError(`safetensors: the header must begin with "{", got ${quote(text.slice(0, 8))}`);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new DataError('safetensors: the header is not valid JSON');
  }
  // JSON.parse keeps the last of two equal keys without a word.
  const twice = duplicateKey(text);
  if (twice !== undefined) throw new DataError(`safetensors: the header has the entry ${quote(twice)} twice`);
  return header as object;
}

function parseEntry(name: string, value: unknown, dataLength: number): SafetensorsEntry {
  const where = `safetensors: ${quote(name)}`;
  if (!isRecord(value))
    throw new DataError(`${where}: the entry must be an object with dtype, shape and data_offsets, got ${quote(value)}`);
  const code = value.dtype;
  if (typeof code !== 'string' || !Object.hasOwn(TYPES, code))
    throw new DataError(`${where}: the dtype ${quote(code)} is not one of ${Object.keys(TYPES).join(', ')}`);
  const type = TYPES[code];
  if (!Array.isArray(value.shape)) throw new DataError(`${where}: the shape must be an array, got ${quote(value.shape)}`);
  const needed = byteLengthOf(value.shape, typeof type === 'number' ? type : itemSize(type), where);
  const offsets = value.data_offsets;
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((offset) => Number.isSafeInteger(offset) && offset >= 0))
    throw new DataError(`${where}: data_offsets must be two whole numbers, begin and end, got ${quote(offsets)}`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataLength)
    throw new DataError(`${where}: data_offsets ${formatShape([begin, end])} do not lie within the ${dataLength} bytes of data`);
  if (end - begin !== needed)
    throw new DataError(
      `${where}: the shape ${formatShape(value.shape)} of ${code} takes ${needed} bytes, and data_offsets hold ${end - begin}`,
    );
  return { name, code, stored: typeof type === 'number' ? undefined : type, shape: value.shape, begin, end };
}

function parseMetadata(value: unknown): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  // The reference implementation writes and reads null for none.
  if (value === null) return metadata;
  if (!isRecord(value)) throw new DataError(`safetensors: __metadata__ must be an object of strings, got ${quote(value)}`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new DataError(`safetensors: __metadata__ ${quote(key)} must be a string, got ${quote(text)}`);
    metadata[key] = text;
  }
  return metadata;
}

/** The tensors must cover the data without overlap and without gaps, so that a file has no place to hide anything. */
function checkCoverage(entries: readonly SafetensorsEntry[], dataLength: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered)
      throw new DataError(
        `safetensors: ${quote(name)} begins at byte ${begin}, inside the tensor before it, which ends at ${covered}`,
      );
    if (begin > covered)
      throw new DataError(`safetensors: bytes ${covered} to ${begin}, before ${quote(name)}, belong to no tensor`);
    covered = end;
  }
  if (covered < dataLength)
    throw new DataError(`safetensors: ${dataLength - covered} bytes after the last tensor belong to no tensor`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
