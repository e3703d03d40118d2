import { expect } from 'chai';
import fc from 'fast-check';
import {
  DataError,
  dataOf,
  readSafetensors,
  readSafetensorsMetadata,
  safetensorsLeftOut,
  type Tensor,
  TreeError,
  tensor,
  withSafetensorsMetadata,
  writeSafetensors,
  zeros,
} from '../../../lib/index.ts';
import { size } from '../../support/size.ts';
import { samples } from '../tensors.ts';
import { bytesOf, concatBytes, mutationsOf } from './mutations.ts';

/** A file with this header text and these data bytes. */
function safetensors(header: string, data: readonly number[] = [], length = header.length): Uint8Array {
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(length), true);
  return concatBytes(prefix, bytesOf(header), data);
}

/** A file with this header text and no data, for long headers. */
function withHeader(header: string): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 8);
  return file;
}

const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`, dtype = 'I32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

const bytesIn = (x: Tensor) => {
  const data = dataOf(x);
  return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
};

const texts = fc.string({ unit: 'grapheme', maxLength: 6 });
const names = fc
  .oneof(fc.constantFrom('w', '__proto__', 'constructor', 'update.w', '0', ''), texts)
  .filter((name) => name !== '__metadata__');

describe('safetensors', () => {
  it('reads back what it writes, bit for bit, whatever the names', () => {
    const entries = fc.uniqueArray(fc.tuple(names, samples), { maxLength: 5, selector: ([name]) => name });
    fc.assert(
      fc.property(
        entries,
        fc.dictionary(texts, texts, { maxKeys: 3 }),
        fc.nat(9),
        (list, metadata, offset) => {
          const record: Record<string, Tensor> = Object.create(null);
          for (const [name, { x }] of list) record[name] = x;
          const file = writeSafetensors(record, metadata);
          const buffer = new Uint8Array(file.length + offset);
          buffer.set(file, offset);
          const again = readSafetensors(buffer.subarray(offset));
          expect(Object.keys(again)).to.deep.equal(Object.keys(record));
          for (const [name, { x }] of list) {
            expect([again[name].dtype, again[name].shape]).to.deep.equal([x.dtype, x.shape]);
            expect(bytesIn(again[name])).to.deep.equal(bytesIn(x));
          }
          expect(Object.entries(readSafetensorsMetadata(file))).to.have.deep.members(
            Object.entries(metadata),
          );
          const other = withSafetensorsMetadata(
            writeSafetensors(record, { before: 'and no longer' }),
            metadata,
          );
          expect([...other]).to.deep.equal([...file]);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('writes the documented format: aligned, padded with spaces, wide numbers first', () => {
    const file = writeSafetensors({ a: tensor([1], { dtype: 'float32' }), b: tensor([[2]]) }, { by: 'me' });
    const header = new DataView(file.buffer).getUint32(0, true);
    const text = new TextDecoder().decode(file.subarray(8, 8 + header));
    expect(header % 8).to.equal(0);
    expect(text.trimEnd()).to.equal(
      '{"__metadata__":{"by":"me"},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"b":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}',
    );
    expect(text).to.match(/} *$/);
    expect([...file.subarray(8 + header)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3f]);
  });

  it('reads a file of the reference implementation', () => {
    const text =
      '{"__metadata__":{"m":"1"},"b":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},"z":{"dtype":"F64","shape":[0,2],"data_offsets":[8,8]},' +
      '"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"s":{"dtype":"I32","shape":[],"data_offsets":[16,20]}}   ';
    const file = safetensors(
      text,
      [0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0xfe, 0xff, 0xff, 0xff],
    );
    const { a, b, s, z } = readSafetensors(file);
    expect([a.toArray(), b.toArray(), s.toArray(), z.shape]).to.deep.equal([[1, 2], [[1.5]], -2, [0, 2]]);
    expect({ ...readSafetensorsMetadata(file) }).to.deep.equal({ m: '1' });
  });

  it('reads tensors of other dtypes into dtypes that hold their values', () => {
    const tensors = [
      ['BOOL', '00 01', 'int32', [0, 1]],
      ['U8', '00 ff', 'int32', [0, 255]],
      ['I8', '7f 80', 'int32', [127, -128]],
      ['U16', 'ffff', 'int32', [65535]],
      ['I16', '0080', 'int32', [-32768]],
      ['U32', 'ffffffff', 'float64', [2 ** 32 - 1]],
      ['I64', 'ffffffffffffffff 0000000000002000', 'float64', [-1, 2 ** 53]],
      ['U64', '0100000001000000', 'float64', [2 ** 32 + 1]],
      ['F16', '003c ff7b', 'float32', [1, 65504]],
      ['BF16', '803f c0bf 807f', 'float32', [1, -1.5, 1 / 0]],
      ['F8_E4M3', '38 7e 01 b8', 'float32', [1, 448, 2 ** -9, -1]],
      ['F8_E5M2', '3c 7b 01 7c', 'float32', [1, 57344, 2 ** -16, 1 / 0]],
      ['F32', '0000803f', 'float32', [1]],
    ] as const;
    const bytes: number[] = [];
    const entries = tensors.map(([code, hex, , values]) => {
      const own = hex.match(/[0-9a-f]{2}/g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
      const begin = bytes.length;
      bytes.push(...own);
      return `"${code}":${entry(begin, bytes.length, `[${values.length}]`, code)}`;
    });
    const file = safetensors(`{${entries.join()}}`, bytes);
    const read = readSafetensors(file);
    for (const [code, , dtype, values] of tensors)
      expect([read[code].dtype, read[code].toArray()], code).to.deep.equal([dtype, values]);
    expect({ ...safetensorsLeftOut(file) }).to.deep.equal({});
    // Other metadata leave all data unchanged.
    const again = withSafetensorsMetadata(file, { a: 'b' });
    expect([...again.subarray(again.length - bytes.length)]).to.deep.equal(bytes);
    expect(Object.keys(readSafetensors(again))).to.deep.equal(Object.keys(read));
  });

  it('skips tensors that no dtype can hold, reads the rest, and names those skipped', () => {
    const file = safetensors(
      `{"c":${entry(0, 8, '[1]', 'C64')},"f4":${entry(8, 10, '[4]', 'F4')},"f6":${entry(10, 13, '[4]', 'F6_E2M3')},"w":${entry(13, 17)},` +
        `"id":${entry(17, 33, '[2]', 'I64')},"e":${entry(33, 34, '[1]', 'F8_E8M0')}}`,
      [...new Array<number>(13).fill(0), 7, 0, 0, 0, ...new Array<number>(15).fill(0), 0x40, 0],
    );
    expect(Object.keys(readSafetensors(file))).to.deep.equal(['w']);
    expect(readSafetensors(file).w.toArray()).to.deep.equal([7]);
    const leftOut = safetensorsLeftOut(file);
    expect(Object.keys(leftOut)).to.deep.equal(['c', 'f4', 'f6', 'id', 'e']);
    expect(leftOut.c).to.equal(
      'safetensors: "c": the dtype C64 cannot be read; convert the tensor before saving',
    );
    expect(leftOut.id).to.match(/^safetensors: "id": element 1 is beyond ±2\^53/);
    expect(Object.keys(readSafetensors(withSafetensorsMetadata(file, { a: 'b' })))).to.deep.equal(['w']);
  });

  it('reads metadata that are null, as the reference implementation does', () => {
    const file = safetensors(`{"__metadata__":null,"a":${entry(0, 4)}}`, [5, 0, 0, 0]);
    expect(readSafetensors(file).a.toArray()).to.deep.equal([5]);
    expect(Object.keys(readSafetensorsMetadata(file))).to.deep.equal([]);
  });

  it('reads a file without tensors', () => {
    expect(Object.keys(readSafetensors(safetensors('{}')))).to.deep.equal([]);
    expect(Object.keys(readSafetensors(writeSafetensors({})))).to.deep.equal([]);
    expect(Object.keys(readSafetensorsMetadata(writeSafetensors({})))).to.deep.equal([]);
  });

  it('treats __proto__ as an ordinary name', () => {
    const tensors = readSafetensors(
      safetensors(`{"__proto__":${entry(0, 4)},"__metadata__":{"__proto__":"x"}}`, [1, 0, 0, 0]),
    );
    expect(Object.keys(tensors)).to.deep.equal(['__proto__']);
    expect(Object.getPrototypeOf(tensors)).to.equal(null);
    const metadata = readSafetensorsMetadata(safetensors('{"__metadata__":{"__proto__":"x"}}'));
    expect(Object.entries(metadata)).to.deep.equal([['__proto__', 'x']]);
  });

  it('refuses everything else in one sentence that names the entry', () => {
    const four = [1, 0, 0, 0];
    const eight = [...four, ...four];
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const [file, message] of [
      [new Uint8Array(7), 'the file has 7 bytes'],
      [safetensors('{}', [], 3), 'the header takes 3 bytes, and 2 are there'],
      [concatBytes(new Uint8Array(8).fill(0xff), bytesOf('{}')), 'it is no .safetensors file'],
      [safetensors('{"\xff":1}'), 'not valid UTF-8'],
      [safetensors('\xef\xbb\xbf{}'), 'must begin with "{"'],
      [safetensors(' {}'), 'must begin with "{"'],
      [safetensors('[]'), 'must begin with "{"'],
      [safetensors(''), 'must begin with "{"'],
      [safetensors('{"a":}'), 'not valid JSON'],
      [safetensors('{}x'), 'not valid JSON'],
      [safetensors(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, four), 'the entry "a" twice'],
      [safetensors(`{"a":${entry(0, 4)},"\\u0061":${entry(4, 8)}}`, eight), 'the entry "a" twice'],
      [
        safetensors(`{"a":{"dtype":"I32","dtype":"F32","shape":[],"data_offsets":[0,4]}}`, four),
        'the entry "dtype" twice',
      ],
      [safetensors('{"a":3}'), '"a": the entry must be an object'],
      [safetensors(`{"a":${deep}}`), '"a": the entry must be an object'],
      [safetensors(`{"a":{"dtype":${deep}}}`), '"a": the dtype'],
      [safetensors('{"a":null}'), '"a": the entry must be an object'],
      [
        safetensors(`{"a":${entry(0, 4, '[2]', 'F128')}}`, four),
        '"a": the dtype "F128" is not one of BOOL, U8',
      ],
      [
        safetensors(`{"a":${entry(0, 4, '[3]', 'F16')}}`, four),
        '"a": the shape [3] of F16 takes 6 bytes, and data_offsets hold 4',
      ],
      [safetensors(`{"a":${entry(0, 4, '[9]', 'F4')}}`, four), '"a": the shape [9] of F4 takes 4.5 bytes'],
      [bytesOf('PK\x03\x04\x14\0\0\0\x08\0'), 'it is a zip archive, as .npz, .pt, .xlsx and .docx are'],
      [safetensors(`{"a":${entry(0, 4, '[1]', 'constructor')}}`, four), '"a": the dtype "constructor"'],
      [safetensors('{"a":{"shape":[1],"data_offsets":[0,4]}}', four), '"a": the dtype nothing'],
      [safetensors(`{"a":${entry(0, 4, '1')}}`, four), '"a": the shape must be an array, got 1'],
      [safetensors(`{"a":${entry(0, 4, '[-1]')}}`, four), '"a": the shape [-1] has a length'],
      [safetensors(`{"a":${entry(0, 4, '[0.5]')}}`, four), '"a": the shape [0.5]'],
      [safetensors(`{"a":${entry(0, 4, '["1"]')}}`, four), '"a": the shape ["1"]'],
      [safetensors(`{"a":${entry(0, 4, '[1e300]')}}`, four), '"a": the shape'],
      [
        safetensors(`{"a":${entry(0, 4, '[94906267,94906267,2]')}}`, four),
        '"a": the shape [94906267,94906267,2] is too large',
      ],
      [safetensors(`{"a":${entry(0, 4, `[${'1,'.repeat(40)}1]`)}}`, four), '"a": the shape has 41 axes'],
      [
        safetensors('{"a":{"dtype":"I32","shape":[1]}}', four),
        '"a": data_offsets must be two whole numbers, begin and end, got nothing',
      ],
      [safetensors('{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4,8]}}', four), 'got [0,4,8]'],
      [safetensors('{"a":{"dtype":"I32","shape":[1],"data_offsets":[-4,0]}}', four), 'got [-4,0]'],
      [safetensors('{"a":{"dtype":"I32","shape":[1],"data_offsets":["0",4]}}', four), 'got ["0",4]'],
      [
        safetensors('{"a":{"dtype":"I32","shape":[0],"data_offsets":[4,0]}}', four),
        '"a": data_offsets [4,0] do not lie within the 4 bytes',
      ],
      [safetensors(`{"a":${entry(0, 8)}}`, four), '"a": data_offsets [0,8] do not lie within the 4 bytes'],
      [
        safetensors(`{"a":${entry(0, 4, '[2]')}}`, four),
        '"a": the shape [2] of I32 takes 8 bytes, and data_offsets hold 4',
      ],
      [
        safetensors(`{"a":${entry(0, 8)},"b":${entry(4, 8)}}`, eight),
        '"b" begins at byte 4, inside the tensor before it, which ends at 8',
      ],
      [safetensors(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, four), 'inside the tensor before it'],
      [safetensors(`{"a":${entry(4, 8)}}`, eight), 'bytes 0 to 4, before "a", belong to no tensor'],
      [safetensors(`{"a":${entry(0, 4)}}`, eight), '4 bytes after the last tensor belong to no tensor'],
      [safetensors('{}', four), '4 bytes after the last tensor'],
      [safetensors('{"__metadata__":[]}'), '"__metadata__": it must be an object of strings'],
      [safetensors('{"__metadata__":{"x":1}}'), '"__metadata__": "x" must be a string, got 1'],
      [safetensors(`{"${'n'.repeat(500)}":3}`), '…'],
    ] as const) {
      expect(() => readSafetensors(file), message).to.throw(DataError, message);
      expect(() => readSafetensorsMetadata(file), message).to.throw(DataError, message);
    }
  });

  it('finds keys, not strings that look like keys', () => {
    const file = safetensors(
      '{"__metadata__":{"a":"\\"a\\":{","b":"a","c":"{[:]}\\\\"},"a":{"dtype":"I32","shape":[0],"data_offsets":[0,0],"b":[{"a":1},{"a":1}]}}',
    );
    expect(Object.keys(readSafetensors(file))).to.deep.equal(['a']);
  });

  it('reads a header of some megabytes', () => {
    const text = 'x'.repeat(5_000_000);
    expect(readSafetensorsMetadata(writeSafetensors({}, { text })).text.length).to.equal(text.length);
  });

  it('refuses headers that would cost more memory than their length, without building their contents', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const good = '"dtype":"F32","shape":[0],"data_offsets":[0,0]';
    const many = (count: number, entry: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => entry(i)).join();
    const most: (readonly [header: string, message: string])[] = size(
      [],
      [[`{${many(530_000, (i) => `"k${i}":{${good}}`)}}`, 'the header has more than 524288 tensors']],
    );
    for (const [header, message] of [
      ...most,
      [`{"a":${deep}}`, '"a": the entry must be an object with dtype, shape and data_offsets, got […]'],
      [`{"a":{"more":${deep}}}`, 'the header is nested more than 128 deep'],
      [`{"a":{"more":${'{"x":'.repeat(20_000)}1${'}'.repeat(20_000)}}}`, 'nested more than 128 deep'],
      [`{"a":{"dtype":${deep}}}`, '"a": the dtype must be a string, got […]'],
      [`{"a":{"shape":${deep}}}`, '"a": shape must hold whole numbers, got […]'],
      [`{"a":{"shape":[${'1,'.repeat(20_000)}1]}}`, '"a": shape has more than 64 entries'],
      [
        `{"a":{${good.replace('[0,0]', `[${'0,'.repeat(20_000)}0]`)}}}`,
        '"a": data_offsets has more than 64 entries',
      ],
      [`{"__metadata__":${deep}}`, '"__metadata__": it must be an object of strings, got […]'],
      [`{"__metadata__":{"x":${deep}}}`, '"x" must be a string, got […]'],
      [`{"__metadata__":{${many(70_000, (i) => `"k${i}":""`)}}}`, '__metadata__ has more than 65536 texts'],
      [`{${many(1_000, (i) => `"k${i}":{${good}}`)},"k7":{${good}}}`, 'the entry "k7" twice'],
      [`{"a":{${many(1_000, (i) => `"k${i}":0`)},"k9":0}}`, 'the entry "k9" twice'],
    ] as const)
      expect(() => readSafetensorsMetadata(withHeader(header)), message).to.throw(DataError, message);
    // Further entries are skipped, however flat or wide.
    expect(
      Object.keys(readSafetensors(safetensors(`{"a":{"more":[${'[],'.repeat(20_000)}[]],${good}}}`))),
    ).to.deep.equal(['a']);
  });

  it('writes no file that it cannot read', () => {
    expect(() => writeSafetensors({ __metadata__: zeros([1]) })).to.throw(DataError, '__metadata__');
    expect(() => writeSafetensors({ a: { b: zeros([1]) } as unknown as Tensor })).to.throw(
      TreeError,
      'the entry "a" is not a tensor',
    );
    expect(() => writeSafetensors({}, { a: 3 as unknown as string })).to.throw(
      DataError,
      'the metadata "a" must be a string, got number',
    );
    expect(() => writeSafetensors({ '\ud800': zeros([1]) })).to.throw(DataError, 'well-formed');
    expect(() => writeSafetensors({}, { a: '\udc00' })).to.throw(DataError, 'well-formed');
  });

  it('writes no header longer than those it reads', () => {
    const long = { text: 'x'.repeat(1e8) };
    const says = /^safetensors: a header of 96 MiB could not be read again, and 96 MiB is the most/;
    const writers = [
      () => writeSafetensors({}, long),
      () => withSafetensorsMetadata(writeSafetensors({}), long),
    ];
    for (const write of size(writers.slice(0, 1), writers)) expect(write).to.throw(DataError, says);
  });

  it('throws only DataError on damaged files, and leaves Object.prototype alone', () => {
    const files = [
      writeSafetensors({ a: tensor([[1, 2, 3]], { dtype: 'float32' }), b: tensor([4, 5]) }, { k: 'v' }),
      safetensors(`{"a":${entry(0, 4)},"__proto__":${entry(4, 8)}}   `, [1, 0, 0, 0, 2, 0, 0, 0]),
      safetensors(`{"a":${entry(0, 4, '[]', 'F32')}}`, [1, 0, 0, 0]),
    ];
    const before = Object.getOwnPropertyNames(Object.prototype);
    // Inserted or deleted bytes make the header length wrong; three files in four have it corrected.
    const damaged = fc
      .tuple(mutationsOf(files.map((file) => file.subarray(8))), fc.nat(3))
      .map(([rest, mode]) => {
        const header = mode === 0 ? 64 : rest.lastIndexOf(0x7d) + 1;
        return concatBytes([header & 0xff, header >> 8, 0, 0, 0, 0, 0, 0], rest);
      });
    const { read, refused } = readAll(damaged, 5000);
    // Both must happen, or the mutations are too wild or too tame to be a test.
    expect(Math.min(read, refused)).to.be.greaterThan(size(50, 100));
    expect(Object.getOwnPropertyNames(Object.prototype)).to.deep.equal(before);
  });

  it('accepts exactly the headers that tile the data', () => {
    const shape = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 });
    const field = fc.record({
      dtype: fc.constantFrom('I32', 'F32', 'F64'),
      shape,
      begin: fc.nat(3),
      extra: fc.constantFrom(0, 0, 0, 0, 4),
    });
    const headers = fc
      .tuple(fc.array(field, { maxLength: 3 }), fc.nat(4), fc.boolean())
      .map(([fields, size, tiled]) => {
        let at = 0;
        const tensors = fields.map(({ dtype, shape: lengths, begin, extra }) => {
          const bytes =
            lengths.reduce((product, length) => product * length, dtype === 'F64' ? 8 : 4) +
            (tiled ? 0 : extra);
          const from = tiled ? at : begin * 4;
          at = from + bytes;
          return { dtype, shape: lengths, data_offsets: [from, at] };
        });
        return { tensors, size: tiled ? at : size * 4 };
      });
    const counts = { yes: 0, no: 0 };
    fc.assert(
      fc.property(headers, ({ tensors, size }) => {
        const owners = new Array<number>(size).fill(0);
        let good = true;
        for (const { dtype, shape: lengths, data_offsets } of tensors) {
          const bytes = lengths.reduce((product, length) => product * length, dtype === 'F64' ? 8 : 4);
          if (data_offsets[1] - data_offsets[0] !== bytes || data_offsets[1] > size) good = false;
          for (let i = data_offsets[0]; i < data_offsets[1]; i++) owners[i] = (owners[i] ?? 0) + 1;
          // An empty tensor lies between two others, not inside one.
          if (
            bytes === 0 &&
            tensors.some(
              (other) => other.data_offsets[0] < data_offsets[0] && data_offsets[0] < other.data_offsets[1],
            )
          )
            good = false;
        }
        good = good && owners.every((count) => count === 1);
        const text = JSON.stringify(Object.fromEntries(tensors.map((info, i) => [`t${i}`, info])));
        const read = () => readSafetensors(safetensors(text, new Array<number>(size).fill(0)));
        if (good) expect(Object.keys(read()).length).to.equal(tensors.length);
        else expect(read).to.throw(DataError);
        counts[good ? 'yes' : 'no']++;
      }),
      { seed: 2, numRuns: size(1000, 2000) },
    );
    expect(Math.min(counts.yes, counts.no)).to.be.greaterThan(100);
  });
});

/** The numbers of files read and refused. Fails for any error but a DataError of one line. */
function readAll(files: fc.Arbitrary<Uint8Array>, numRuns: number): { read: number; refused: number } {
  const counts = { read: 0, refused: 0 };
  fc.assert(
    fc.property(files, (file) => {
      try {
        for (const x of Object.values(readSafetensors(file))) x.toArray();
        counts.read++;
      } catch (error) {
        expect(error).to.be.instanceOf(DataError);
        expect((error as Error).message).to.match(/^safetensors: [^\n]{10,300}$/);
        counts.refused++;
      }
    }),
    { seed: 1, numRuns },
  );
  return counts;
}
