import { DataError } from '../../lib/index.ts';

/** The longest record that is read, in bytes: data that never end a line must not fill the memory. */
export const longestRecord = 2 ** 20;

/**
 * The lines of a file, some at a time, without their ends (LF or CRLF), in whatever chunks the bytes arrive.
 * @throws DataError for a line of more than `longestRecord` bytes.
 */
export async function* linesOf(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  let held: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  const hold = (part: Uint8Array) => {
    held.push(part);
    length += part.length;
    if (length > longestRecord)
      throw new DataError(`${name}, line ${line}: it is longer than ${longestRecord} bytes; is the format right?`);
  };
  const release = () => {
    const whole = Buffer.concat(held);
    held = [];
    length = 0;
    line++;
    return whole.at(-1) === 0x0d ? whole.subarray(0, -1) : whole;
  };
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      hold(chunk.subarray(start, end));
      lines.push(release());
      start = end + 1;
    }
    if (start < chunk.length) hold(chunk.subarray(start));
    yield lines;
  }
  if (length > 0) yield [release()];
}
