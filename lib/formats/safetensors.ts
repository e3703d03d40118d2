import type { DType } from '../dtype.ts';
import { DataError, TreeError } from '../errors.ts';
import { bytes as aBytes, record as aRecord, argument, mebibytes } from '../guard/index.ts';
import { fromData, Tensor } from '../tensor.ts';
import { encodeElements, quote } from './elements.ts';
import { longestHeader, parseSafetensorsHeader, type SafetensorsEntry } from './safetensorsHeader.ts';
import { decodeElements, itemSize } from './stored.ts';

const CODES: Readonly<Record<DType, string>> = { float32: 'F32', float64: 'F64', int32: 'I32' };

/**
 * The tensors in a .safetensors file, by name. F32, F64 and I32 are kept; F16, BF16 and F8 become float32;
 * BOOL and whole numbers of 8 and 16 bits become int32; U32, I64 and U64 become float64. Tensors that no
 * dtype can hold are left out; `safetensorsLeftOut` names them. The record has no prototype, so any name is
 * safe.
 * @throws DataError if the bytes are not such a file, or its tensors overlap or leave gaps.
 */
export function readSafetensors(bytes: Uint8Array): Record<string, Tensor> {
  argument('readSafetensors', 'bytes', bytes, aBytes, DataError);
  const { entries, data } = parseSafetensorsHeader(bytes);
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const entry of entries) {
    const tensor = tensorOf(entry, data);
    if (tensor instanceof Tensor) tensors[entry.name] = tensor;
  }
  return tensors;
}

/**
 * The tensors that `readSafetensors` leaves out, by name, each with the reason: complex numbers, floats of 4
 * and 6 bits, and whole numbers beyond ±2^53. @throws DataError as `readSafetensors` does.
 * @internal
 */
export function safetensorsLeftOut(bytes: Uint8Array): Record<string, string> {
  argument('safetensorsLeftOut', 'bytes', bytes, aBytes, DataError);
  const { entries, data } = parseSafetensorsHeader(bytes);
  const reasons: Record<string, string> = Object.create(null);
  for (const entry of entries) {
    const tensor = tensorOf(entry, data);
    if (!(tensor instanceof Tensor)) reasons[entry.name] = tensor.message;
  }
  return reasons;
}

/** The tensor, or the reason why it cannot be read. */
function tensorOf(
  { name, code, stored, shape, begin, end }: SafetensorsEntry,
  data: Uint8Array,
): Tensor | DataError {
  const where = `safetensors: ${quote(name)}`;
  if (stored === undefined)
    return new DataError(`${where}: the dtype ${code} cannot be read; convert the tensor before saving`);
  try {
    return fromData(decodeElements(data.subarray(begin, end), stored, where), [...shape]);
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** The strings under `__metadata__` in a .safetensors file. @throws DataError as `readSafetensors` does. */
export function readSafetensorsMetadata(bytes: Uint8Array): Record<string, string> {
  argument('readSafetensorsMetadata', 'bytes', bytes, aBytes, DataError);
  return parseSafetensorsHeader(bytes).metadata;
}

/**
 * A .safetensors file of these tensors. Data start at a multiple of 8 bytes and float64 comes first, so all
 * is aligned.
 * @throws TreeError for an entry that is not a tensor, DataError for names or metadata the format cannot
 * hold.
 */
export function writeSafetensors(
  record: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  argument(
    'writeSafetensors',
    'what is written',
    record,
    { ...aRecord, what: 'a flat record of tensors by name' },
    TreeError,
  );
  argument('writeSafetensors', 'metadata', metadata, aRecord, DataError);
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header.__metadata__ = checkMetadata(metadata);
  const entries = Object.entries(record).map(([name, x]) => {
    checkEntry(name, x);
    const info = { dtype: CODES[x.dtype], shape: [...x.shape], data_offsets: [0, 0] };
    // The header keeps the record's order, whatever the order of the data.
    header[name] = info;
    return { x, info };
  });
  const parts: Uint8Array[] = [];
  let end = 0;
  // sort() is stable: tensors of one width keep their order.
  for (const { x, info } of entries.sort((a, b) => itemSize(b.x.dtype) - itemSize(a.x.dtype))) {
    const part = encodeElements(x);
    info.data_offsets = [end, end + part.length];
    end += part.length;
    parts.push(part);
  }
  return assemble(JSON.stringify(header), parts, end);
}

/**
 * The same .safetensors file with other metadata. The data are copied once, unchanged.
 * @throws DataError if the bytes are not such a file, or the format cannot hold the metadata.
 */
export function withSafetensorsMetadata(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  argument('withSafetensorsMetadata', 'bytes', bytes, aBytes, DataError);
  argument('withSafetensorsMetadata', 'metadata', metadata, aRecord, DataError);
  const { entries, data } = parseSafetensorsHeader(bytes);
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header.__metadata__ = checkMetadata(metadata);
  for (const { name, code, shape, begin, end } of entries)
    header[name] = { dtype: code, shape, data_offsets: [begin, end] };
  return assemble(JSON.stringify(header), [data], data.length);
}

function assemble(header: string, parts: readonly Uint8Array[], dataLength: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  if (text.length > longestHeader)
    throw new DataError(
      `safetensors: a header of ${mebibytes(text.length)} MiB could not be read again, and ${mebibytes(longestHeader)} MiB is the most; write fewer tensors or shorter metadata`,
    );
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + length);
  let at = 8 + length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function checkEntry(name: string, entry: unknown): void {
  if (name === '__metadata__')
    throw new DataError(
      'writeSafetensors: no tensor can be called __metadata__; the format keeps its texts there',
    );
  requireWellFormed(name, 'name');
  if (!(entry instanceof Tensor))
    throw new TreeError(
      `writeSafetensors: the entry ${quote(name)} is not a tensor; give a flat record of tensors by name`,
    );
}

function checkMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const copy: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== 'string')
      throw new DataError(
        `writeSafetensors: the metadata ${quote(key)} must be a string, got ${typeof text}`,
      );
    requireWellFormed(key, 'metadata key');
    requireWellFormed(text, 'metadata text');
    copy[key] = text;
  }
  return copy;
}

/** JSON can escape half a surrogate pair; other readers of the format refuse it. */
function requireWellFormed(text: string, what: string): void {
  if (/\p{Surrogate}/u.test(text))
    throw new DataError(`writeSafetensors: the ${what} ${quote(text)} is not well-formed Unicode`);
}
