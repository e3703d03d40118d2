import { crc32c } from './crc32c.ts';

/**
 * A record of a TFRecord file, after tensorflow/core/lib/io/record_writer.h, little-endian: the length as
 * uint64, its masked CRC-32C as uint32, the data, and their masked CRC-32C.
 */
export function frameRecord(data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(12 + data.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(framed.subarray(0, 8))), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return framed;
}

/**
 * Rotates and shifts a checksum, as the CRC of data that contain CRCs is weak. After
 * tensorflow/core/lib/hash/crc32c.h.
 */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
