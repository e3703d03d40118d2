import { DataError, TreeError } from '../errors.ts';
import { record as aRecord, argument } from '../guard/index.ts';
import type { Tensor } from '../tensor.ts';
import { requireTensor } from '../tensor.ts';
import { writeNpy } from './npy.ts';

/** Sizes beyond this need the 64-bit fields of ZIP64, which are not written. */
const most = 2 ** 32 - 1;

/**
 * A NumPy .npz file of these tensors, uncompressed, as `numpy.savez` writes it: a ZIP archive with an entry
 * `name.npy` each. The entries have no time of day, so equal tensors make equal bytes.
 * Source: PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16.
 * @throws TreeError for an entry that is not a tensor; DataError for an empty name, and for more than 4 GiB or
 * 65,535 tensors.
 */
export function writeNpz(record: Readonly<Record<string, Tensor>>): Uint8Array {
  const what = { ...aRecord, what: 'a flat record of tensors by name' };
  argument('writeNpz', 'what is written', record, what, TreeError);
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let end = 0;
  for (const [name, x] of Object.entries(record)) {
    if (name === '') throw new DataError('writeNpz: a name is empty');
    requireTensor(x, `writeNpz: ${name}`);
    const [file, content] = [new TextEncoder().encode(`${name}.npy`), writeNpy(x)];
    const fields = entryFields(content, file.length);
    locals.push(bytesOf([...localSignature, ...fields], file), content);
    directory.push(bytesOf([...centralSignature, ...fields, [0, 2], [0, 2], [0, 2], [0, 4], [end, 4]], file));
    end += locals[locals.length - 2].length + content.length;
  }
  const length = directory.reduce((sum, { length }) => sum + length, 0);
  if (end + length > most || directory.length > 0xffff)
    throw new DataError(
      `writeNpz: ${directory.length} tensors of ${end + length} bytes do not fit, write safetensors instead`,
    );
  const last: Field[] = [
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [directory.length, 2],
    [directory.length, 2],
    [length, 4],
    [end, 4],
    [0, 2],
  ];
  return joined([...locals, ...directory, bytesOf(last, new Uint8Array())]);
}

/** A whole number and its width in bytes, little-endian. */
type Field = readonly [value: number, width: number];

const localSignature: readonly Field[] = [[0x04034b50, 4]];
/** Made by version 2.0 of the format, on no particular system. */
const centralSignature: readonly Field[] = [
  [0x02014b50, 4],
  [20, 2],
];

/** The fields that both headers of an entry have: version 2.0, names in UTF-8, stored, on 1 January 1980. */
function entryFields(content: Uint8Array, nameLength: number): readonly Field[] {
  const { length } = content;
  return [
    [20, 2],
    [0x0800, 2],
    [0, 2],
    [0, 2],
    [0x0021, 2],
    [crc32(content), 4],
    [length, 4],
    [length, 4],
    [nameLength, 2],
    [0, 2],
  ];
}

function bytesOf(fields: readonly Field[], name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [, width]) => sum + width, 0) + name.length);
  let at = 0;
  for (const [value, width] of fields)
    for (let i = 0; i < width; i++) bytes[at++] = Math.floor(value / 2 ** (8 * i)) % 256;
  // In the central directory the name comes after all fields too, as nothing else follows it.
  bytes.set(name, at);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The remainders of the bytes for the polynomial of ZIP, 0xedb88320 reflected. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = remainders[(rest ^ bytes[i]) & 0xff] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
