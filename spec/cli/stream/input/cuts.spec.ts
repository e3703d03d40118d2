import { expect } from 'chai';
import fc from 'fast-check';
import { readRows } from '../../../../cli/stream/input/readData.ts';
import { DataError } from '../../../../lib/index.ts';
import type { RowData, SymbolData } from '../../../../trainers/streams/given/config.ts';
import { Problem } from '../../../../trainers/streams/reading/problem.ts';
import type { Source } from '../../../../trainers/streams/reading/source.ts';
import { readSymbols } from '../../../../trainers/streams/reading/symbolReader.ts';
import { size } from '../../../support/size.ts';
import { bytesOf, sourceOf } from '../../learning.ts';
import { rows } from '../../sessions.ts';

/** The output of a reader: its entries, problems as their sentences, and its final error. */
async function allOf(
  read: (source: Source) => AsyncIterable<readonly unknown[]>,
  chunks: readonly Uint8Array[],
): Promise<unknown[]> {
  const entries: unknown[] = [];
  try {
    for await (const batch of read(sourceOf(chunks)))
      for (const entry of batch) entries.push(entry instanceof Problem ? entry.sentence : entry);
  } catch (error) {
    expect(error).to.be.instanceOf(DataError);
    entries.push(error);
  }
  return entries;
}

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [
    ...places.map((place) => Math.floor(place * (bytes.length + 1))).sort((a, b) => a - b),
    bytes.length,
  ];
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

const textsOf = (...parts: readonly string[]) => fc.constantFrom(...parts).map((part) => [...bytesOf(part)]);
const broken = fc.constantFrom<number[]>(
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f],
  [0xed, 0xa0, 0x80],
  [0x80],
  [0xc0, 0xaf],
  [0],
  [0xfe],
);
const common = textsOf('a', 'é', '語', '🐻', '\ufeff', ' ', '\t', '\n', '\r\n', '\r', '\u2028', '\u0301');
const begin = fc.constantFrom(
  '',
  '\ufeff',
  '\ufeff\ufeff',
  '\u0000',
  'PK\u0003\u0004',
  '%PDF-',
  'a\u0000b\u0000',
  '\u001f\u008b',
  'P',
  'R',
);

/** Bytes that begin in one of these ways and continue with any of these parts. */
function bytesFrom(
  starts: fc.Arbitrary<string>,
  ...parts: readonly fc.Arbitrary<number[]>[]
): fc.Arbitrary<Uint8Array> {
  const rest = fc.array(
    fc.oneof({ arbitrary: common, weight: 3 }, ...parts.map((arbitrary) => ({ arbitrary, weight: 4 }))),
    {
      maxLength: 30,
    },
  );
  return fc
    .tuple(begin, starts, rest)
    .map(([first, start, more]) => Uint8Array.from([...bytesOf(first + start), ...more.flat()]));
}

const symbols: SymbolData = { kind: 'text', unit: 'character', symbols: 9 };
const csv: RowData = { ...rows, comment: '#' };
const cells = textsOf(
  '1',
  '2.5',
  ',',
  ',',
  '"',
  '"',
  '""',
  'x',
  '#',
  '1,x\n',
  '2,"y"\r\n',
  '"3","z\n"\n',
  '1,"a""b"\n',
  '4,u',
  ';',
);
const json = textsOf(
  '{"a":1,"k":"x"}',
  '{"a":NaN}',
  '{',
  '}',
  '[',
  '"',
  '\\',
  '12345678901234567890',
  '{"k":9007199254740993}\n',
);

const readers: readonly (readonly [
  string,
  (source: Source) => AsyncIterable<readonly unknown[]>,
  fc.Arbitrary<Uint8Array>,
])[] = [
  [
    'bytes',
    (source) => readSymbols([source], { ...symbols, unit: 'byte' }),
    bytesFrom(fc.constant(''), broken),
  ],
  ['characters', (source) => readSymbols([source], symbols), bytesFrom(fc.constant(''), broken)],
  [
    'an alphabet',
    (source) => readSymbols([source], { ...symbols, alphabet: 'aé\n' }),
    bytesFrom(fc.constant(''), broken),
  ],
  [
    'words',
    (source) => readSymbols([source], { ...symbols, unit: 'word' }),
    bytesFrom(
      fc.constant(''),
      textsOf('word', "don't", 'x'.repeat(255), '語'.repeat(200), '-', '3.14', '.'),
      broken,
    ),
  ],
  [
    'CSV',
    (source) => readRows([source], csv),
    bytesFrom(
      fc.constantFrom(
        'a,k\n',
        'a,k\r\n',
        'a,k\r',
        '"a","k"\n',
        '#c\r\na,k\n',
        'k,"a"\r\n',
        '"a\n",a,k\n',
        'a',
      ),
      cells,
      cells,
      broken,
    ),
  ],
  [
    'NDJSON',
    (source) => readRows([source], { ...rows, kind: 'ndjson' }),
    bytesFrom(fc.constantFrom('', '{"a":1}\n', '\n \n['), json, json, broken),
  ],
];

describe('cli/stream: records never depend on where the bytes are cut', () => {
  for (const [name, read, bytes] of readers)
    it(`${name}`, async () => {
      const places = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
        maxLength: 6,
      });
      let taken = 0;
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(bytes, places, async (content, at) => {
          const whole = await allOf(read, [content]);
          if (whole.at(-1) instanceof Error) refused++;
          taken += whole.length;
          const plain = (entries: readonly unknown[]) =>
            entries.map((entry) => (entry instanceof Error ? entry.message : entry));
          expect(plain(await allOf(read, cutAt(content, at)))).to.deep.equal(plain(whole));
          expect(
            plain(
              await allOf(
                read,
                Array.from(content, (byte) => Uint8Array.of(byte)),
              ),
            ),
          ).to.deep.equal(plain(whole));
        }),
        { seed: 1, numRuns: size(240, 600) },
      );
      // The texts have to be neither all refused nor all without records.
      expect(taken).to.be.above(size(160, 400));
      if (name !== 'bytes') expect(refused).to.be.within(size(4, 10), size(236, 590));
    });

  it('a record of the greatest length, and one that is longer', async () => {
    for (const [data, line] of [
      [csv, (length: number) => `1,${'x'.repeat(length - 3)}\n`],
      [
        { ...rows, kind: 'ndjson' } as const,
        (length: number) => `{"a":1,"n":"${'x'.repeat(length - 15)}"}\n`,
      ],
    ] as const)
      for (const length of [2 ** 20 + 1, 2 ** 20 + 2]) {
        const content = bytesOf(`${data.kind === 'csv' ? 'a,k\n' : ''}${line(length)}${line(20)}`);
        const ends = [content.length, 1000, 2 ** 20 - 1, 2 ** 20 + 4].map((size) => {
          const chunks = Array.from({ length: Math.ceil(content.length / size) }, (_, i) =>
            content.subarray(i * size, (i + 1) * size),
          );
          return allOf((source) => readRows([source], data), chunks);
        });
        const [first, ...others] = (await Promise.all(ends)).map((entries) => entries.map(String));
        for (const other of others) expect(other).to.deep.equal(first);
        expect(first.some((entry) => entry.includes('is longer than'))).to.equal(length > 2 ** 20 + 1);
      }
  });
});
