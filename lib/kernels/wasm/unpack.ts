declare const atob: (base64: string) => string;

/** The bytes of a text in base64. The bundle for browsers has lib/portable/unpack.ts in its place. */
export function unpack(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
