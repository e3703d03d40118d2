import { fromBase64 } from '../kernels/wasm/base64.ts';
import { decodeLzma } from './lzma.ts';

/**
 * The bytes of a text that .ci/build-browser.mjs has packed: their number, a colon, and their LZMA data in base64. None
 * for an empty text, which stands for the kernels that are left out.
 */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  if (text === '') return new Uint8Array(0);
  const [size, data = ''] = text.split(':');
  return decodeLzma(fromBase64(data), Number(size));
}
