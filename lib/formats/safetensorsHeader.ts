import { DataError } from '../errors.ts';
import { formatShape } from '../shape.ts';
import { byteLengthOf, quote } from './elements.ts';
import { JsonCursor } from './jsonCursor.ts';
import { signatureOf } from './signature.ts';
import { itemSize, type StoredType } from './stored.ts';

/** A tensor in a .safetensors file: bytes `begin` to `end` of the data. */
export interface SafetensorsEntry {
  readonly name: string;
  /** The dtype's name in the file. */
  readonly code: string;
  /** How to read its elements; undefined if none of our dtypes can hold them. */
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

/**
 * The dtypes of the reference implementation (0.8): how to read each, or the bytes per element of those we
 * cannot read.
 */
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
/** The reference implementation's bound. */
export const longestHeader = 100_000_000;
/**
 * Far more than any model has. These bounds keep a parsed header within a few times its length in the file.
 */
const MOST_TENSORS = 2 ** 19;
const MOST_TEXTS = 2 ** 16;
/** More entries than any shape has axes. */
const LONGEST_LIST = 64;

/**
 * Reads and checks the header: 8 bytes of length (little-endian), then JSON, then the data.
 * Source: the format description of the safetensors project.
 * @throws DataError wherever the format is violated. Sizes claimed by the file are checked before allocating.
 */
export function parseSafetensorsHeader(bytes: Uint8Array): SafetensorsHeader {
  const { text, data } = split(bytes);
  const cursor = new JsonCursor(text, 'safetensors: the header');
  const entries: SafetensorsEntry[] = [];
  const names = new Set<string>();
  let metadata: Record<string, string> = Object.create(null);
  cursor.record((name) => {
    addOnce(names, name);
    if (name === '__metadata__') metadata = readMetadata(cursor);
    else entries.push(parseEntry(name, readEntry(cursor, name), data.length));
    if (entries.length > MOST_TENSORS)
      throw new DataError(`safetensors: the header has more than ${MOST_TENSORS} tensors`);
  });
  cursor.expectEnd();
  checkCoverage(entries, data.length);
  return { entries, metadata, data };
}

function split(bytes: Uint8Array): { text: string; data: Uint8Array } {
  if (bytes.length < 8)
    throw new DataError(
      `safetensors: the file has ${bytes.length} bytes, not even the 8 of the header length`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const available = bytes.length - 8;
  if (length > Math.min(longestHeader, available)) {
    const other = signatureOf(bytes)?.name;
    if (other !== undefined || length > longestHeader)
      throw new DataError(`safetensors: it is ${other ?? 'no .safetensors file'}`);
    throw new DataError(
      `safetensors: the header takes ${length} bytes, and ${available} are there; the file is cut off, or no .safetensors file`,
    );
  }
  return { text: decoded(bytes.subarray(8, 8 + length)), data: bytes.subarray(8 + length) };
}

function decoded(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DataError('safetensors: the header is not valid UTF-8');
  }
  if (!text.startsWith('{'))
    throw new DataError(`safetensors: the header must begin with "{", got ${quote(text.slice(0, 8))}`);
  return text;
}

/** The raw entry: its values are unchecked, but none is longer than a shape. */
interface RawEntry {
  dtype?: unknown;
  shape?: unknown;
  data_offsets?: unknown;
}

function readEntry(cursor: JsonCursor, name: string): RawEntry {
  if (cursor.next() !== '{')
    refuse(name, 'the entry must be an object with dtype, shape and data_offsets', scalarOrMark(cursor));
  const entry: RawEntry = {};
  const keys = new Set<string>();
  cursor.record((key) => {
    addOnce(keys, key);
    if (key === 'dtype') entry.dtype = readDtype(cursor, name);
    else if (key === 'shape' || key === 'data_offsets') entry[key] = readList(cursor, name, key);
    else cursor.skip();
  });
  return entry;
}

function readDtype(cursor: JsonCursor, name: string): unknown {
  const dtype = scalarOrMark(cursor);
  if (typeof dtype === 'object' && dtype !== null) refuse(name, 'the dtype must be a string', dtype);
  return dtype;
}

/** A list of scalars, or the scalar in its place. */
function readList(cursor: JsonCursor, name: string, key: string): unknown {
  if (cursor.next() !== '[') return scalarOrMark(cursor);
  const list: unknown[] = [];
  cursor.list(() => {
    if (list.length === LONGEST_LIST)
      throw new DataError(`safetensors: ${quote(name)}: ${key} has more than ${LONGEST_LIST} entries`);
    const entry = scalarOrMark(cursor);
    if (typeof entry === 'object' && entry !== null) refuse(name, `${key} must hold whole numbers`, entry);
    list.push(entry);
  });
  return list;
}

/** A scalar. Where a list or record begins, an empty one unread, for the error message. */
function scalarOrMark(cursor: JsonCursor): unknown {
  const mark = cursor.next();
  if (mark === '[') return [];
  return mark === '{' ? {} : cursor.scalar();
}

function refuse(name: string, sentence: string, got: unknown): never {
  throw new DataError(
    `safetensors: ${quote(name)}: ${sentence}, got ${Array.isArray(got) ? '[…]' : quote(got)}`,
  );
}

/** @throws DataError for a repeated key, however escaped: readers disagree on which of the two counts. */
function addOnce(keys: Set<string>, key: string): void {
  if (keys.has(key)) throw new DataError(`safetensors: the header has the entry ${quote(key)} twice`);
  keys.add(key);
}

function parseEntry(name: string, value: RawEntry, dataLength: number): SafetensorsEntry {
  const where = `safetensors: ${quote(name)}`;
  const code = value.dtype;
  if (typeof code !== 'string' || !Object.hasOwn(TYPES, code))
    throw new DataError(`${where}: the dtype ${quote(code)} is not one of ${Object.keys(TYPES).join(', ')}`);
  const type = TYPES[code];
  if (!Array.isArray(value.shape))
    throw new DataError(`${where}: the shape must be an array, got ${quote(value.shape)}`);
  const needed = byteLengthOf(value.shape, typeof type === 'number' ? type : itemSize(type), where);
  const offsets = value.data_offsets;
  if (
    !Array.isArray(offsets) ||
    offsets.length !== 2 ||
    !offsets.every((offset) => Number.isSafeInteger(offset) && offset >= 0)
  )
    throw new DataError(
      `${where}: data_offsets must be two whole numbers, begin and end, got ${quote(offsets)}`,
    );
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataLength)
    throw new DataError(
      `${where}: data_offsets ${formatShape([begin, end])} do not lie within the ${dataLength} bytes of data`,
    );
  if (end - begin !== needed)
    throw new DataError(
      `${where}: the shape ${formatShape(value.shape)} of ${code} takes ${needed} bytes, and data_offsets hold ${end - begin}`,
    );
  return { name, code, stored: typeof type === 'number' ? undefined : type, shape: value.shape, begin, end };
}

function readMetadata(cursor: JsonCursor): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (cursor.next() !== '{') {
    const value = scalarOrMark(cursor);
    // The reference implementation reads and writes null for no metadata.
    if (value === null) return metadata;
    refuse('__metadata__', 'it must be an object of strings', value);
  }
  const keys = new Set<string>();
  cursor.record((key) => {
    addOnce(keys, key);
    if (keys.size > MOST_TEXTS)
      throw new DataError(`safetensors: __metadata__ has more than ${MOST_TEXTS} texts`);
    const text = scalarOrMark(cursor);
    if (typeof text !== 'string') refuse('__metadata__', `${quote(key)} must be a string`, text);
    metadata[key] = text;
  });
  return metadata;
}

/** Tensors must cover the data without overlaps and gaps, so that a file has no hidden bytes. */
function checkCoverage(entries: readonly SafetensorsEntry[], dataLength: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered)
      throw new DataError(
        `safetensors: ${quote(name)} begins at byte ${begin}, inside the tensor before it, which ends at ${covered}`,
      );
    if (begin > covered)
      throw new DataError(
        `safetensors: bytes ${covered} to ${begin}, before ${quote(name)}, belong to no tensor`,
      );
    covered = end;
  }
  if (covered < dataLength)
    throw new DataError(
      `safetensors: ${dataLength - covered} bytes after the last tensor belong to no tensor`,
    );
}
