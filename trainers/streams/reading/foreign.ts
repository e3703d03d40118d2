import {
  DataError,
  longestSignature,
  mayBeSignature,
  type Signature,
  signatureOf,
} from '../../../lib/index.ts';
import type { Source, Sources } from './source.ts';

/**
 * Passes the bytes on, unless the first ones show that they are not UTF-8 text. Holds back as many as that
 * takes, so it does not matter where they are cut.
 * @param instead another remedy, as an imperative.
 * @throws DataError for an archive, a document, a picture, or a text in UTF-16 or UTF-32, before anything has
 * come.
 */
export async function* refuseForeign(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  instead?: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const begun: Uint8Array[] = [];
  let head = new Uint8Array(0);
  let isKnown = false;
  for await (const chunk of chunks) {
    if (isKnown) {
      yield chunk;
      continue;
    }
    begun.push(chunk);
    head = new Uint8Array([...head, ...chunk.subarray(0, mostBytes - head.length)]);
    const kind = kindOf(head, false);
    if (kind === 'open') continue;
    refuse(name, kind, instead);
    isKnown = true;
    yield* begun.splice(0);
  }
  if (isKnown) return;
  refuse(name, kindOf(head, true), instead);
  yield* begun;
}

/**
 * The same sources, refused if they are not text: used if bytes were chosen by default rather than by the
 * user.
 */
export async function* textSources(sources: Sources): AsyncGenerator<Source, void, undefined> {
  for await (const { name, open } of sources)
    yield { name, open: () => refuseForeign(name, open(), 'read it as it is with --unit byte') };
}

type Kind = Pick<Signature, 'name' | 'remedy'>;

function refuse(name: string, kind: Kind | 'open' | undefined, instead: string | undefined): void {
  if (kind === undefined || kind === 'open') return;
  const remedies = [kind.remedy, instead].filter((remedy) => remedy !== undefined);
  throw new DataError(
    `${name} is ${kind.name}${remedies.length === 0 ? ', not text' : `: ${remedies.join(', or ')}`}`,
  );
}

const wide = (encoding: string): Kind => ({
  name: `text in ${encoding}`,
  remedy: `make it UTF-8, as iconv -f ${encoding} -t UTF-8 does`,
});

/** Byte-order marks, longer ones first. */
const marks: readonly (readonly [string, readonly number[]])[] = [
  ['UTF-32', [0xff, 0xfe, 0, 0]],
  ['UTF-32', [0, 0, 0xfe, 0xff]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

const mostBytes = Math.max(longestSignature, 4);

/** The kind of the first bytes, if not UTF-8 text; `open` if more of them could change the answer. */
function kindOf(head: Uint8Array, isWhole: boolean): Kind | 'open' | undefined {
  const signature = signatureOf(head);
  if (signature !== undefined) return signature;
  const mayBeWide = head.length < 2 || (head.length < 4 && (head.includes(0) || head[0] >= 0xfe));
  if (!isWhole && (mayBeWide || mayBeSignature(head))) return 'open';
  const mark = marks.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte));
  return mark === undefined ? unmarked(head) : wide(mark[0]);
}

/** UTF-16 or UTF-32 text that starts with ASCII has zero bytes in each character; UTF-8 text has none. */
function unmarked(head: Uint8Array): Kind | undefined {
  if (head.length < 2) return undefined;
  const zeros = Array.from(head.subarray(0, 4), (byte) => (byte === 0 ? '0' : 'x')).join('');
  if (zeros === 'x000') return wide('UTF-32LE');
  if (zeros === '000x') return wide('UTF-32BE');
  if (zeros === 'x0x0' || zeros === 'x0') return wide('UTF-16LE');
  return zeros === '0x0x' || zeros === '0x' ? wide('UTF-16BE') : undefined;
}
