import { refuseForeign } from './foreign.ts';
import { Problem } from './problem.ts';
import type { Source } from './source.ts';

/** The most bytes processed at once: a chunk of any size must not multiply in memory. */
const pieceSize = 2 ** 16;

/** Chunks in pieces of at most 64 KiB, which share their memory. */
export async function* piecesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += pieceSize) yield chunk.subarray(at, at + pieceSize);
}

/**
 * The text of a source, piece by piece, without its byte-order mark. It does not depend on where the bytes
 * are cut; U+FFFD replaces bytes that are not UTF-8.
 * @throws DataError for a file of another kind: an archive, a picture, UTF-16 text.
 */
export async function* textOf({ name, open }: Source): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = new Uint8Array(0);
  let isFirst = true;
  const decode = (bytes: Uint8Array) => {
    const text = decoder.decode(bytes);
    if (text === '' || !isFirst) return text;
    isFirst = false;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  };
  for await (const piece of piecesOf(refuseForeign(name, open()))) {
    const bytes = rest.length === 0 ? piece : joined(rest, piece);
    const end = bytes.length - unfinished(bytes);
    rest = bytes.slice(end);
    yield decode(bytes.subarray(0, end));
  }
  if (rest.length > 0) yield decode(rest);
}

/**
 * How many of the last bytes may start a character. A lead byte always starts one, so decoding can resume
 * there.
 */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? back : 0;
  }
  return 0;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** The position in a text that comes in pieces. */
export interface Place {
  /** Advances over a part of a text, by default to its end. */
  pass(text: string, start: number, end?: number): void;
  /** The source, the line and the column, both from 1. */
  where(): string;
  /**
   * The problem of undecodable input. A decoder writes U+FFFD for it; a text that has one already was damaged
   * earlier.
   */
  notText(): Problem;
}

export function createPlace(name: string): Place {
  let line = 1;
  let column = 1;
  const where = () => `${name}, line ${line}, column ${column}`;
  return {
    pass(text, start, end = text.length) {
      for (let at = start; at < end; at++) {
        const unit = text.charCodeAt(at);
        if (unit === 0x0a) {
          line++;
          column = 1;
          // The second half of a surrogate pair belongs to the character before.
        } else if ((unit & 0xfc00) !== 0xdc00) column++;
      }
    },
    where,
    notText: () =>
      new Problem(
        `${where()}: this is not text in UTF-8; use --unit byte for other data, or convert it, as iconv -f LATIN1 -t UTF-8 does`,
      ),
  };
}
