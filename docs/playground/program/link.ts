/** Characters of a program that a link may bring. */
const most = 200_000;

/** A program as the end of a link: deflated, in base64url. */
export async function packed(source: string): Promise<string> {
  const stream = new Blob([source]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The program of a link. @throws Error in a sentence if it brings none, or one that is too long. */
export async function unpacked(code: string): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  try {
    const letters = atob(code.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const text = new Blob([bytes])
      .stream()
      .pipeThrough(new DecompressionStream('deflate-raw'))
      .pipeThrough(new TextDecoderStream('utf-8', { fatal: true }));
    const reader = text.getReader();
    for (let next = await reader.read(); !next.done && length <= most; next = await reader.read()) {
      pieces.push(next.value);
      length += next.value.length;
    }
  } catch {
    throw new Error('the program of the link is damaged: copy the whole link');
  }
  if (length > most)
    throw new Error(`the program of the link has more than ${most.toLocaleString('en-US')} characters`);
  return pieces.join('');
}
