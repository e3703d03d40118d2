import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readRows } from '../../../../cli/stream/input/readData.ts';
import type { RowData, SymbolData } from '../../../../trainers/streams/given/config.ts';
import type { Source } from '../../../../trainers/streams/reading/source.ts';
import { readSymbols } from '../../../../trainers/streams/reading/symbolReader.ts';
import { size } from '../../../support/size.ts';
import { bytesOf } from '../../learning.ts';
import { rows } from '../../sessions.ts';

/** Data that repeat one part without end. */
interface Endless {
  readonly name: string;
  readonly read: (source: Source) => AsyncIterable<readonly unknown[]>;
  readonly begin?: string;
  /** Comes again and again. */
  readonly part: string;
  /** Entries a part, problems among them; undefined where the reading ends with a sentence. */
  readonly entries?: number;
}

const text = (unit: SymbolData['unit']): Endless['read'] => {
  return (source) => readSymbols([source], { kind: 'text', unit, symbols: 256 });
};
const [bytes, characters, words] = [text('byte'), text('character'), text('word')];
const data: RowData = { ...rows, comment: '#' };
const csv: Endless['read'] = (source) => readRows([source], data);
const json: Endless['read'] = (source) => readRows([source], { ...data, kind: 'ndjson' });
const begin = 'a,k\n';

export const endless: readonly Endless[] = [
  { name: 'bytes', read: bytes, part: ' ', entries: 1 },
  { name: 'characters of white space', read: characters, part: ' ', entries: 1 },
  { name: 'characters of four bytes', read: characters, part: '🐻', entries: 1 },
  { name: 'words: spaces', read: words, part: ' ', entries: 0 },
  { name: 'words: line ends', read: words, part: '\n', entries: 1 },
  { name: 'words: letters', read: words, part: 'y'.repeat(256), entries: 1 },
  { name: 'words: wide spaces', read: words, part: '\u3000', entries: 0 },
  { name: 'words: accents', read: words, part: '\u0301'.repeat(256), entries: 1 },
  { name: 'CSV: a field', read: csv, begin, part: 'x' },
  { name: 'CSV: a quoted field', read: csv, begin: `${begin}"`, part: 'x\n' },
  { name: 'CSV: quotes in a quoted field', read: csv, begin: `${begin}"`, part: '""' },
  { name: 'CSV: commas', read: csv, begin, part: ',' },
  { name: 'CSV: a stray quote', read: csv, begin, part: 'x"' },
  { name: 'CSV: a header', read: csv, part: 'x,' },
  { name: 'CSV: empty lines', read: csv, begin, part: '\n', entries: 0 },
  { name: 'CSV: empty lines before the header', read: csv, part: '\r\n' },
  { name: 'CSV: a comment', read: csv, begin: `${begin}#`, part: '#', entries: 0 },
  { name: 'CSV: comments', read: csv, begin, part: '#\n', entries: 0 },
  { name: 'CSV: rows with a fault', read: csv, begin, part: `x"${'y'.repeat(61)}\n`, entries: 1 },
  { name: 'NDJSON: a line', read: json, part: '{"a":' },
  { name: 'NDJSON: spaces', read: json, part: ' ' },
  { name: 'NDJSON: empty lines', read: json, part: '\n', entries: 0 },
  { name: 'NDJSON: blank lines', read: json, part: ' \t\r\n', entries: 0 },
  {
    name: 'NDJSON: deep lists',
    read: json,
    part: `{"n":${'['.repeat(2 ** 16)}${']'.repeat(2 ** 16)}}\n`,
    entries: 1,
  },
  {
    name: 'NDJSON: deep objects',
    read: json,
    part: `{"n":${'{"m":'.repeat(2 ** 13)}1${'}'.repeat(2 ** 13)}}\n`,
    entries: 1,
  },
  {
    name: 'NDJSON: long numbers',
    read: json,
    part: `{"n":[${'1234567890123456789,'.repeat(2 ** 14)}1]}\n`,
    entries: 1,
  },
  { name: 'NDJSON: lines with a fault', read: json, part: `{"a":${'x'.repeat(58)}\n`, entries: 1 },
];

export interface Outcome {
  readonly entries: number;
  readonly sentence: string | undefined;
  /** How much more memory was in use at any later moment than after the first piece, in bytes. */
  readonly growth: number;
}

/** How often the memory in use is measured, which takes most of the time. */
const looks = size(2, 3);

/** Reads this many bytes of it, in pieces of about the given size. */
export async function readOn(
  { read, begin: start = '', part }: Endless,
  total: number,
  pieceSize: number,
): Promise<Outcome> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const own = bytesOf(part);
  const count = Math.max(1, Math.floor(pieceSize / own.length));
  const piece = Uint8Array.from({ length: count * own.length }, (_, i) => own[i % own.length]);
  let least: number | undefined;
  let growth = 0;
  async function* open(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytesOf(start);
    let nextLook = 0;
    let pieces = 0;
    for (let given = 0; given < total; given += piece.length) {
      // The reader has read all earlier pieces when it asks for more.
      if (given >= nextLook) {
        const now = used();
        least ??= now;
        growth = Math.max(growth, now - least);
        nextLook += total / looks;
      }
      yield piece;
      // For the time limit of a test that would not come to an end.
      if (++pieces % 1000 === 0) await setImmediate();
    }
  }
  let entries = 0;
  try {
    for await (const batch of read({ name: 'data', open })) entries += batch.length;
  } catch (error) {
    return { entries, sentence: (error as Error).message, growth };
  }
  return { entries, sentence: undefined, growth };
}
