/** The bytes of a `binary`. The bundle for browsers has lib/portable/unpack.ts in the place of this module. */
export { fromBase64 as unpack } from './base64.ts';
