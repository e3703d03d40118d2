import { createHash } from 'node:crypto';
import { DataError, type Tensor, writeSafetensors } from '../../lib/index.ts';

/**
 * A safetensors file whose metadata have a checksum: the SHA-256 of the whole file with zeros in place of the
 * checksum.
 */
export function seal(
  tensors: Readonly<Record<string, Tensor>>,
  { format, version, ...rest }: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = writeSafetensors(tensors, { format, version, checksum: blank, ...rest });
  const at = placeOf(bytes, blank);
  bytes.set(new TextEncoder().encode(sha256(bytes)), at);
  return bytes;
}

/** @throws DataError if the checksum in the metadata is missing, or does not fit the file. */
export function requireSeal(bytes: Uint8Array, { checksum = '' }: Readonly<Record<string, string>>): void {
  const copy = bytes.slice();
  const at = /^[0-9a-f]{64}$/.test(checksum) ? placeOf(copy, checksum) : -1;
  if (at < 0) throw new DataError('its checksum is missing');
  copy.set(new TextEncoder().encode(blank), at);
  if (sha256(copy) !== checksum) throw new DataError('its content does not fit its checksum');
}

const blank = '0'.repeat(64);

/** The position of a checksum in the header, as the value of its key: other text there cannot pass for it. */
function placeOf(bytes: Uint8Array, checksum: string): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(
    `"checksum":"${checksum}"`,
  );
  return at < 0 ? at : at + '"checksum":"'.length;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
