import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { readRows } from '../../../../cli/stream/input/readData.ts';
import { DataError } from '../../../../lib/index.ts';
import type { RowData, SymbolData } from '../../../../trainers/streams/given/config.ts';
import { textSources } from '../../../../trainers/streams/reading/foreign.ts';
import type { Source } from '../../../../trainers/streams/reading/source.ts';
import { readSymbols } from '../../../../trainers/streams/reading/symbolReader.ts';
import { sourceOf } from '../../learning.ts';
import { rows } from '../../sessions.ts';

const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf16 = (text: string, littleEndian = true) =>
  Uint8Array.from(text, (character) => character.charCodeAt(0)).reduce<number[]>(
    (all, low) => all.concat(littleEndian ? [low, 0] : [0, low]),
    [],
  );
const csv = 'a,k\n1,x\n';

/** The kind of a file, in the words of the sentence. */
const kinds: readonly (readonly [bytes: Uint8Array, says: string])[] = [
  [gzipSync(csv), 'a gzip file: decompress it with gzip -d'],
  [
    latin('PK\x03\x04rest'),
    'a zip archive, as .npz, .pt, .xlsx and .docx are: unpack it, or export it as CSV',
  ],
  [latin('\x28\xb5\x2f\xfdrest'), 'a zstd file: decompress it with zstd -d'],
  [latin('\xfd7zXZ\0rest'), 'an xz file: decompress it with xz -d'],
  [latin('BZh91AY&SYrest'), 'a bzip2 file: decompress it with bzip2 -d'],
  [latin('PAR1\x15\x04'), 'a Parquet file: export it as CSV'],
  [latin('ARROW1\0\0'), 'an Arrow (Feather) file: export it as CSV'],
  [latin('\x93NUMPY\x01\0'), 'a NumPy .npy file: write it as CSV with numpy.savetxt'],
  [latin('SQLite format 3\0'), 'a SQLite database: export it as CSV'],
  [latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), 'an old Excel or Word document: export it as CSV'],
  [latin('%PDF-1.7\n'), 'a PDF document: extract its text, as with pdftotext'],
  [latin('\x89PNG\r\n\x1a\n'), 'a PNG image, not text'],
  [latin('\xff\xd8\xff\xe0'), 'a JPEG image, not text'],
  [
    Uint8Array.from([0xff, 0xfe, ...utf16(csv)]),
    'text in UTF-16: make it UTF-8, as iconv -f UTF-16 -t UTF-8 does',
  ],
  [
    Uint8Array.from([0xfe, 0xff, ...utf16(csv, false)]),
    'text in UTF-16: make it UTF-8, as iconv -f UTF-16 -t UTF-8 does',
  ],
  [Uint8Array.from(utf16(csv)), 'text in UTF-16LE: make it UTF-8, as iconv -f UTF-16LE -t UTF-8 does'],
  [Uint8Array.from(utf16(csv, false)), 'text in UTF-16BE: make it UTF-8, as iconv -f UTF-16BE -t UTF-8 does'],
  [
    Uint8Array.from([0xff, 0xfe, 0, 0, 97, 0, 0, 0]),
    'text in UTF-32: make it UTF-8, as iconv -f UTF-32 -t UTF-8 does',
  ],
  [
    Uint8Array.from([97, 0, 0, 0, 44, 0, 0, 0]),
    'text in UTF-32LE: make it UTF-8, as iconv -f UTF-32LE -t UTF-8 does',
  ],
  [Uint8Array.from(utf16('a')), 'text in UTF-16LE: make it UTF-8, as iconv -f UTF-16LE -t UTF-8 does'],
];
const text: SymbolData = { kind: 'text', unit: 'character', symbols: 9 };
const readers: readonly ((source: Source) => AsyncIterable<readonly unknown[]>)[] = [
  (source) => readRows([source], rows),
  (source) => readRows([source], { ...rows, kind: 'ndjson' } satisfies RowData),
  (source) => readSymbols([source], text),
  (source) => readSymbols([source], { ...text, unit: 'word' }),
];

async function outcomeOf(batches: AsyncIterable<readonly unknown[]>): Promise<number | string> {
  let entries = 0;
  try {
    for await (const batch of batches) entries += batch.length;
  } catch (error) {
    expect(error).to.be.instanceOf(DataError);
    expect(entries, 'entries before the refusal').to.equal(0);
    return (error as Error).message;
  }
  return entries;
}

describe('cli/stream: files that are no text in UTF-8', () => {
  it('are named, with the remedy, by every reader, before anything is taken, wherever they are cut', async () => {
    for (const [bytes, says] of kinds)
      for (const read of readers) {
        expect(await outcomeOf(read(sourceOf([bytes])))).to.equal(`data is ${says}`);
        const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
        expect(await outcomeOf(read(sourceOf(single)))).to.equal(`data is ${says}`);
      }
  });

  it('are read by bytes where that is asked for, and refused where it was only not said otherwise', async () => {
    const byByte: SymbolData = { ...text, unit: 'byte', symbols: 256 };
    for (const [bytes, says] of kinds) {
      expect(await outcomeOf(readSymbols([sourceOf([bytes])], byByte))).to.equal(bytes.length);
      const instead = says.includes(':') ? `${says}, or` : `${says.replace(', not text', '')}:`;
      expect(await outcomeOf(readSymbols(textSources([sourceOf([bytes])]), byByte))).to.equal(
        `data is ${instead} read it as it is with --unit byte`,
      );
    }
  });

  it('are not texts that only begin alike, or are short', async () => {
    for (const content of [
      '',
      'a',
      'P',
      'PK',
      'PAR1,x',
      'BZ',
      '%PD',
      'é',
      '🐻',
      '\ufeff',
      '\ufeffa',
      'Rar!',
      'GIF',
      'OggS',
    ])
      expect(
        await outcomeOf(readSymbols([sourceOf([new TextEncoder().encode(content)])], text)),
        content,
      ).to.be.a('number');
  });
});
