import { dataOf, type Tensor } from '../../../lib/index.ts';

/**
 * CRC-32 (ISO 3309, reflected, as in zip and PNG) of a text and of named tensors, in hexadecimal. Without it,
 * a learner could resume from a damaged checkpoint with other numbers.
 */
export function checksumOf(text: string, tensors: Readonly<Record<string, Tensor>>): string {
  const encoder = new TextEncoder();
  let crc = update(0xffffffff, encoder.encode(text));
  for (const [name, tensor] of Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const data = dataOf(tensor);
    crc = update(crc, encoder.encode(`${name}:${tensor.dtype}[${tensor.shape.join()}]`));
    crc = update(crc, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function update(crc: number, bytes: Uint8Array): number {
  let value = crc;
  for (let i = 0; i < bytes.length; i++) value = (value >>> 8) ^ table[(value ^ bytes[i]) & 0xff];
  return value;
}
