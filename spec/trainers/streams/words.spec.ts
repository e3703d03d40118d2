import { expect } from 'chai';
import fc from 'fast-check';
import { book, readText } from '../../../cli/experiments/textFile.ts';
import type { SymbolData } from '../../../trainers/streams/given/config.ts';
import { Problem } from '../../../trainers/streams/reading/problem.ts';
import { readSymbols, symbolsOf } from '../../../trainers/streams/reading/symbolReader.ts';
import { createWordWriter } from '../../../trainers/streams/reading/words.ts';

const data: SymbolData = { kind: 'text', unit: 'word', symbols: 100 };
const words = (text: string) => symbolsOf(text, data) as string[];

async function read(bytes: Uint8Array, size: number): Promise<string[]> {
  const source = {
    name: 'data',
    async *open() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
  const all: string[] = [];
  for await (const batch of readSymbols([source], data))
    for (const entry of batch) all.push(entry instanceof Problem ? entry.sentence : (entry as string));
  return all;
}

describe('trainers/streams: text by words', () => {
  it('cuts by the rules of Unicode, with line ends and marks as words of their own', () => {
    expect(words('“Don’t stop,” he said -- 3.14 well-known  e.g. things…\r\n\n')).to.deep.equal(
      '“|Don’t|stop|,|”|he|said|-|-|3.14|well|-|known|e.g|.|things|…|\n|\n'.split('|'),
    );
    expect(words('naïve Ünïcode \u0939\u093f\u0928\u094d\u0926\u0940 👩‍🚀!')).to.deep.equal([
      'naïve',
      'Ünïcode',
      '\u0939\u093f\u0928\u094d\u0926\u0940',
      '👩‍🚀',
      '!',
    ]);
  });

  it('returns the same words wherever the bytes are cut', async () => {
    const part = fc.constantFrom(
      'a',
      'Bär',
      '🐻',
      ' ',
      '\n',
      '\r\n',
      "n't",
      '.',
      '\u0301',
      '語',
      'x'.repeat(200),
      '\ufeff',
      '"',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        async (parts, size) => {
          const bytes = new TextEncoder().encode(parts.join(''));
          expect(await read(bytes, size)).to.deep.equal(await read(bytes, 1e6));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('returns words as soon as they are complete', async () => {
    const chunks = ['one tw', 'o, thr', 'ee\n', 'y'.repeat(255), 'y', 'end'];
    const source = {
      name: 'data',
      async *open() {
        for (const chunk of chunks) yield new TextEncoder().encode(chunk);
      },
    };
    const batches: (readonly unknown[])[] = [];
    for await (const batch of readSymbols([source], data)) batches.push(batch);
    expect(batches).to.deep.equal([
      ['one'],
      ['two', ','],
      ['three', '\n'],
      [],
      ['y'.repeat(256)],
      [],
      ['end'],
    ]);
  });

  it('does not keep a word that never ends', async () => {
    const long = await read(new TextEncoder().encode('y'.repeat(2 ** 16)), 1000);
    expect(long).to.deep.equal(Array.from({ length: 256 }, () => 'y'.repeat(256)));
  });

  it('tells the line and column of what is not UTF-8', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('ä b\n c '), 0xff, 0x20, 0x64]);
    const [, , , , problem, last] = await read(bytes, 2);
    expect(problem).to.equal(
      'data, line 2, column 4: this is not text in UTF-8; use --unit byte for other data, or convert it, as iconv -f LATIN1 -t UTF-8 does',
    );
    expect(last).to.equal('d');
  });

  it('writes spaces where they belong', () => {
    const written = (text: string) => {
      const write = createWordWriter();
      return words(text).map(write).join('');
    };
    for (const text of [
      'He said: "Well-known (as it was), isn\'t it?" -- "No." It costs $5.\nNew line; 「日本語のテキスト」と',
      '“Ha,” she said—“ha!”\n\nA/B, C (D) and user@example.org',
    ])
      expect(written(text)).to.equal(text.replace(' -- ', '--'));
    // A quote that is open at the end of a line is closed by it.
    expect(written('"One\n"Two" three')).to.equal('"One\n"Two" three');
    expect(written('- one')).to.equal('-one');
    // Of a book, nine lines in ten come back as they were.
    const lines = readText(book)
      .text.slice(20_000, 60_000)
      .split('\n')
      .map((line) => line.trim());
    const same = lines.filter((line) => written(line) === line.replaceAll(/\s+/g, ' '));
    expect(same.length / lines.length).to.be.above(0.9);
  });
});
