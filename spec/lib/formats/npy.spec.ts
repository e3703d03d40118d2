import { expect } from 'chai';
import fc from 'fast-check';
import { DataError, dataOf, readNpy, tensor, writeNpy, zeros } from '../../../lib/index.ts';
import { samples } from '../tensors.ts';
import { bytesOf, concatBytes, mutationsOf } from './mutations.ts';

const MAGIC = '\x93NUMPY';

/** A .npy file with this header text and these data bytes. */
function npy(header: string, data: Uint8Array | readonly number[] = [], version: 1 | 2 | 3 = 1): Uint8Array {
  const [low, high] = [header.length & 0xff, header.length >> 8];
  return concatBytes(
    bytesOf(MAGIC),
    [version, 0, low, high],
    version === 1 ? [] : [0, 0],
    bytesOf(header),
    data,
  );
}

const dictionary = (descr: string, order: string, shape: string) =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

/** The bits, to tell NaN payloads and -0 apart. */
const bits = (x: Parameters<typeof dataOf>[0]) => {
  const data = dataOf(x);
  return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
};

describe('npy', () => {
  it('reads back what it writes, bit for bit, from any layout', () => {
    fc.assert(
      fc.property(samples, fc.nat(9), ({ x }, offset) => {
        const file = writeNpy(x);
        // The bytes may lie anywhere in a larger buffer.
        const buffer = new Uint8Array(file.length + offset);
        buffer.set(file, offset);
        const again = readNpy(buffer.subarray(offset));
        expect([again.dtype, again.shape]).to.deep.equal([x.dtype, x.shape]);
        expect(bits(again)).to.deep.equal(bits(x));
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it('writes the same bytes as NumPy', () => {
    const header = `${dictionary('<f4', 'False', '(2, 1)').padEnd(117)}\n`;
    expect([...writeNpy(tensor([[1], [-2]], { dtype: 'float32' }))]).to.deep.equal([
      ...npy(header, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]),
    ]);
    expect([...writeNpy(tensor(-1, { dtype: 'int32' }))]).to.deep.equal([
      ...npy(`${dictionary('<i4', 'False', '()').padEnd(117)}\n`, [0xff, 0xff, 0xff, 0xff]),
    ]);
    expect([...writeNpy(zeros([0]))]).to.deep.equal([
      ...npy(`${dictionary('<f8', 'False', '(0,)').padEnd(117)}\n`),
    ]);
  });

  it('reads versions 2 and 3, and headers of any length', () => {
    for (const version of [1, 2, 3] as const)
      for (const spaces of [0, 1, 300]) {
        const x = readNpy(
          npy(dictionary('<i4', 'False', '(2,)') + ' '.repeat(spaces), [1, 0, 0, 0, 2, 0, 0, 0], version),
        );
        expect([x.dtype, x.toArray()]).to.deep.equal(['int32', [1, 2]]);
      }
  });

  it('reads big-endian numbers', () => {
    expect(
      readNpy(npy(dictionary('>i4', 'False', '(2,)'), [0, 0, 1, 2, 0xff, 0xff, 0xff, 0xfe])).toArray(),
    ).to.deep.equal([258, -2]);
    expect(readNpy(npy(dictionary('>f8', 'False', '()'), [0x3f, 0xf8, 0, 0, 0, 0, 0, 0])).item()).to.equal(
      1.5,
    );
    expect(readNpy(npy(dictionary('>f4', 'False', '()'), [0xc0, 0x20, 0, 0])).item()).to.equal(-2.5);
  });

  it('reads every integer type, bool and float16, in either byte order', () => {
    for (const [code, width, hex, dtype, values] of [
      ['b1', 1, '00 01 02', 'int32', [0, 1, 1]],
      ['u1', 1, '00 7f ff', 'int32', [0, 127, 255]],
      ['i1', 1, '00 7f 80', 'int32', [0, 127, -128]],
      ['u2', 2, '0001 ffff', 'int32', [1, 65535]],
      ['i2', 2, '0001 8000', 'int32', [1, -32768]],
      ['u4', 4, '00000001 ffffffff', 'float64', [1, 2 ** 32 - 1]],
      ['i8', 8, '0020000000000000 ffe0000000000000 ffffffffffffffff', 'float64', [2 ** 53, -(2 ** 53), -1]],
      ['i8', 8, '001fffffffffffff 0000000100000002', 'float64', [2 ** 53 - 1, 2 ** 32 + 2]],
      ['u8', 8, '0020000000000000 00000000ffffffff', 'float64', [2 ** 53, 2 ** 32 - 1]],
      ['f2', 2, '3c00 c000 7bff 0001 7c00 fc00 8000', 'float32', [1, -2, 65504, 2 ** -24, 1 / 0, -1 / 0, -0]],
    ] as const) {
      const elements = hex
        .split(' ')
        .map((word) => word.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []);
      for (const order of width === 1 ? ['|', '<'] : ['<', '>']) {
        const data = elements.flatMap((bytes) => (order === '<' ? bytes.toReversed() : bytes));
        const x = readNpy(npy(dictionary(order + code, 'False', `(${values.length},)`), data));
        expect([x.dtype, x.toArray()], order + code).to.deep.equal([dtype, values]);
      }
    }
    expect(readNpy(npy(dictionary('<f2', 'False', '()'), [1, 0x7e])).item()).to.satisfy(Number.isNaN);
    const square = readNpy(npy(dictionary('|u1', 'True', '(2, 2)'), [1, 2, 3, 4]));
    expect(square.toArray()).to.deep.equal([
      [1, 3],
      [2, 4],
    ]);
  });

  it('refuses whole numbers that float64 cannot hold, wherever they stand', () => {
    for (const [code, bytes] of [
      ['<i8', [1, 0, 0, 0, 0, 0, 0x20, 0]],
      ['>i8', [0xff, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
      ['<i8', [0, 0, 0, 0, 0, 0, 0, 0x80]],
      ['<u8', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
      ['>u8', [0, 0x20, 0, 0, 0, 0, 0, 1]],
    ] as const)
      expect(
        () => readNpy(npy(dictionary(code, 'False', '(2,)'), [0, 0, 0, 0, 0, 0, 0, 0, ...bytes])),
        code,
      ).to.throw(DataError, 'npy: element 1 is beyond ±2^53, where float64 no longer has every whole number');
  });

  it('converts Fortran order to row-major order', () => {
    // The first index runs fastest: element [i, j] of shape (2, 3) is at i + 2j.
    const data = [0, 1, 2, 3, 4, 5].flatMap((n) => [n, 0, 0, 0]);
    const x = readNpy(npy(dictionary('<i4', 'True', '(2, 3)'), data));
    expect(x.toArray()).to.deep.equal([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    expect(x.toNdarray().stride).to.deep.equal([3, 1]);
    const cube = readNpy(npy(dictionary('<i4', 'True', '(3, 1, 2)'), data));
    expect(cube.toArray()).to.deep.equal([[[0, 3]], [[1, 4]], [[2, 5]]]);
    expect(readNpy(npy(dictionary('<f8', 'True', '(2, 0)'))).shape).to.deep.equal([2, 0]);
    expect(readNpy(npy(dictionary('<i4', 'True', '()'), [7, 0, 0, 0])).item()).to.equal(7);
  });

  it('accepts the keys in any order, with any quotes and commas that Python allows', () => {
    for (const header of [
      `{"shape":(1,),"fortran_order":False,"descr":"<i4"}`,
      `{ 'fortran_order' : False , 'shape' : ( 1 , ) , 'descr' : '<i4' , }  \n`,
      `{'descr': '<i4', 'fortran_order': False, 'shape': (1L,)}`,
    ])
      expect(readNpy(npy(header, [5, 0, 0, 0])).toArray(), header).to.deep.equal([5]);
  });

  it('refuses everything else in one sentence', () => {
    const one = [1, 0, 0, 0];
    for (const [file, message] of [
      [[], 'not a .npy file'],
      [
        bytesOf('PK\x03\x04'),
        'not a .npy file: it is a zip archive, as .npz, .pt, .xlsx and .docx are; unpack it',
      ],
      [[0x1f, 0x8b, 8, 0], 'not a .npy file: it is a gzip file; decompress it'],
      [bytesOf('\x80\x04\x95'), 'not a .npy file: it is a pickle of Python'],
      [bytesOf(MAGIC), 'cut off after 6 bytes'],
      [concatBytes(bytesOf(MAGIC), [1, 0, 5]), 'cut off'],
      [concatBytes(bytesOf(MAGIC), [4, 0, 5, 0, 0, 0]), 'format version 4.0 is not known'],
      [concatBytes(bytesOf(MAGIC), [1, 1, 5, 0, 0, 0]), 'format version 1.1'],
      [concatBytes(bytesOf(MAGIC), [1, 0, 0xff, 0xff]), 'the header takes 65535 bytes, and 0 are there'],
      [concatBytes(bytesOf(MAGIC), [2, 0, 0xff, 0xff, 0xff, 0xff]), 'the header takes 4294967295 bytes'],
      [npy('\xff'), 'not text'],
      [npy(''), 'needs "{" at character 0, got the end'],
      [npy('{}'), 'no dtype'],
      [
        npy("{'descr': [('a', '<f4'), ('b', '<i8', (3,))], 'fortran_order': False, 'shape': (1,)}"),
        `a structured array with the fields ["a","b"], not numbers: save one of them, as with np.save('field.npy', x["a"])`,
      ],
      [npy(`{'descr': [(('title', 'a'), '<f4'), ("b'", [('c', '|O')])]}`), `the fields ["a","b'","c"]`],
      [npy(`{'descr': [${"('field', '<f4'), ".repeat(20)}]}`), '"field",…], not numbers'],
      [npy("{'descr': ["), 'a structured array with the fields [], not numbers'],
      [npy("{'descr': '<f4', 'shape': (1,)}"), 'fortran_order'],
      [npy("{'descr': '<f4', 'fortran_order': False}"), 'no shape'],
      [npy("{'descr': '<f4', 'descr': '<f4'}"), 'the entry "descr" twice'],
      [npy("{'more': '<f4'}"), 'an unknown entry "more"'],
      [npy("{'__proto__': '<f4'}"), 'an unknown entry "__proto__"'],
      [npy(`${dictionary('<i4', 'False', '(1,)')} x`, one), 'needs the end'],
      [npy(dictionary('<i4', 'False', '(1)'), one), 'needs ","'],
      [npy(dictionary('<i4', 'False', '(,)'), one), 'needs a whole number'],
      [npy(dictionary('<i4', 'False', '(-1,)'), one), 'needs a whole number'],
      [npy(dictionary('<i4', 'False', '(1.5,)'), one), 'needs ","'],
      [npy(dictionary('<i4', 'Falsey', '(1,)'), one), 'needs a string'],
      [
        npy(dictionary('|O', 'False', '(1,)'), one),
        'the dtype "|O" holds Python objects (a pickle), which are not read: convert',
      ],
      [npy(dictionary('<U3', 'False', '(1,)'), one), 'the dtype "<U3" holds texts'],
      [npy(dictionary('|S4', 'False', '(1,)'), one), 'the dtype "|S4" holds texts'],
      [npy(dictionary('<M8[ns]', 'False', '(1,)'), one), 'the dtype "<M8[ns]" holds dates'],
      [npy(dictionary('<m8[s]', 'False', '(1,)'), one), 'the dtype "<m8[s]" holds durations'],
      [
        npy(dictionary('<c16', 'False', '(1,)'), one),
        'the dtype "<c16" holds complex numbers: save x.real and x.imag',
      ],
      [npy(dictionary('<f16', 'False', '(1,)'), one), 'the dtype "<f16" holds floats of more than 64 bits'],
      [
        npy(dictionary('|V2', 'False', '(1,)'), one),
        'the dtype "|V2" holds bytes without a type (as bfloat16 is saved)',
      ],
      [
        npy(dictionary('=f4', 'False', '(1,)'), one),
        'the dtype "=f4" is not one of numbers in byte order < or >',
      ],
      [
        npy(dictionary('|i4', 'False', '(1,)'), one),
        'the dtype "|i4" is not one of numbers in byte order < or >',
      ],
      [npy(dictionary('', 'False', '(1,)'), one), 'the dtype "" is not one of numbers'],
      [npy(dictionary('<constructor', 'False', '(1,)'), one), 'the dtype "<constructor"'],
      [npy(dictionary('<i4', 'False', '(2,)'), one), 'the shape [2] of int32 takes 8 bytes, and 4 follow'],
      [npy(dictionary('<i4', 'False', '(1,)'), [...one, 0]), 'takes 4 bytes, and 5 follow'],
      [npy(dictionary('<f8', 'False', '(1000000000000,)'), one), 'takes 8000000000000 bytes'],
      [npy(dictionary('<f8', 'False', '(9007199254740991,)'), one), 'is too large'],
      [npy(dictionary('<f8', 'False', `(0, ${'94906267, '.repeat(3)})`)), 'is too large'],
      [npy(dictionary('<f8', 'False', `(${'9'.repeat(400)},)`)), 'not a whole number'],
      [npy(dictionary('<i4', 'False', `(${'1, '.repeat(33)})`), one), '33 axes'],
    ] as const)
      expect(() => readNpy(Uint8Array.from(file)), message).to.throw(DataError, message);
  });

  it('throws only DataError on damaged files', () => {
    const files = [
      writeNpy(
        tensor(
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
          { dtype: 'float32' },
        ),
      ),
      npy(dictionary('<i4', 'True', '(2, 1)'), [1, 0, 0, 0, 2, 0, 0, 0]),
      npy(dictionary('>f8', 'False', '(0, 12)'), [], 2),
      npy(dictionary('>i8', 'False', '(2,)'), [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]),
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", [0, 0, 0, 0]),
    ];
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(mutationsOf(files), (file) => {
        try {
          const x = readNpy(file);
          expect(dataOf(x).byteLength).to.be.at.most(4 * file.length);
          x.toArray();
          read++;
        } catch (error) {
          expect(error).to.be.instanceOf(DataError);
          expect((error as Error).message).to.match(/^npy: [^\n]{10,250}$/);
          refused++;
        }
      }),
      { seed: 1, numRuns: 4000 },
    );
    // Both must happen, or the mutations are too wild or too tame to be a test.
    expect(Math.min(read, refused)).to.be.greaterThan(100);
  });
});
