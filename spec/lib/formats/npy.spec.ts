import { expect } from 'chai';
import fc from 'fast-check';
import { DataError, dataOf, readNpy, tensor, writeNpy, zeros } from '../../../lib/index.ts';
import { samples } from '../tensors.ts';
import { bytesOf, concatBytes, mutationsOf } from './mutations.ts';

const MAGIC = '\x93NUMPY';

/** A .npy file with this header text and these data bytes. */
function npy(header: string, data: Uint8Array | readonly number[] = [], version: 1 | 2 | 3 = 1): Uint8Array {
  const [low, high] = [header.length & 0xff, header.length >> 8];
  return concatBytes(bytesOf(MAGIC), [version, 0, low, high], version === 1 ? [] : [0, 0], bytesOf(header), data);
}

const dictionary = (descr: string, order: string, shape: string) =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

/** The bits, so that NaN and -0 count. */
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

  it('writes what NumPy writes', () => {
    const header = `${dictionary('<f4', 'False', '(2, 1)').padEnd(117)}\n`;
    expect([...writeNpy(tensor([[1], [-2]], { dtype: 'float32' }))]).to.deep.equal([
      ...npy(header, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]),
    ]);
    expect([...writeNpy(tensor(-1, { dtype: 'int32' }))]).to.deep.equal([
      ...npy(`${dictionary('<i4', 'False', '()').padEnd(117)}\n`, [0xff, 0xff, 0xff, 0xff]),
    ]);
    expect([...writeNpy(zeros([0]))]).to.deep.equal([...npy(`${dictionary('<f8', 'False', '(0,)').padEnd(117)}\n`)]);
  });

  it('reads versions 2 and 3, and headers of any length', () => {
    for (const version of [1, 2, 3] as const)
      for (const spaces of [0, 1, 300]) {
        const x = readNpy(npy(dictionary('<i4', 'False', '(2,)') + ' '.repeat(spaces), [1, 0, 0, 0, 2, 0, 0, 0], version));
        expect([x.dtype, x.toArray()]).to.deep.equal(['int32', [1, 2]]);
      }
  });

  it('reads big-endian numbers', () => {
    expect(readNpy(npy(dictionary('>i4', 'False', '(2,)'), [0, 0, 1, 2, 0xff, 0xff, 0xff, 0xfe])).toArray()).to.deep.equal([
      258, -2,
    ]);
    expect(readNpy(npy(dictionary('>f8', 'False', '()'), [0x3f, 0xf8, 0, 0, 0, 0, 0, 0])).item()).to.equal(1.5);
    expect(readNpy(npy(dictionary('>f4', 'False', '()'), [0xc0, 0x20, 0, 0])).item()).to.equal(-2.5);
  });

  it('turns Fortran order into row-major order', () => {
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

  it('takes the keys in any order, with any quotes and commas that Python allows', () => {
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
      [bytesOf('PK\x03\x04'), 'not a .npy file'],
      [bytesOf(MAGIC), 'cut off after 6 bytes'],
      [concatBytes(bytesOf(MAGIC), [1, 0, 5]), 'cut off'],
      [concatBytes(bytesOf(MAGIC), [4, 0, 5, 0, 0, 0]), 'format version 4.0 is not known'],
      [concatBytes(bytesOf(MAGIC), [1, 1, 5, 0, 0, 0]), 'format version 1.1'],
      [concatBytes(bytesOf(MAGIC), [1, 0, 0xff, 0xff]), 'the header takes 65535 bytes, and 0 are there'],
      [concatBytes(bytesOf(MAGIC), [2, 0, 0xff, 0xff, 0xff, 0xff]), 'the header takes 4294967295 bytes'],
      [npy('\xff'), 'not text'],
      [npy(''), 'needs "{" at character 0, got the end'],
      [npy('{}'), 'no dtype'],
      [npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"), 'needs a string'],
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
      [npy(dictionary('<i8', 'False', '(1,)'), [...one, ...one]), 'the dtype "<i8" is not float32, float64 or int32'],
      [npy(dictionary('|O', 'False', '(1,)'), one), 'the dtype "|O"'],
      [npy(dictionary('=f4', 'False', '(1,)'), one), 'the dtype "=f4"'],
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

  it('throws nothing but DataError on damaged files', () => {
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
    ];
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(mutationsOf(files), (file) => {
        try {
          const x = readNpy(file);
          expect(dataOf(x).byteLength).to.be.at.most(file.length);
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
    // Both must happen, or the mutations are too wild or too tame to mean anything.
    expect(Math.min(read, refused)).to.be.greaterThan(100);
  });
});
