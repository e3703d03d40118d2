import { createRequire } from 'node:module';
import { expect } from 'chai';
import { seeded } from '../../../lib/index.ts';
import { decodeLzma } from '../../../lib/portable/lzma.ts';
import { unpack } from '../../../lib/portable/unpack.ts';

interface Lzma {
  compress(data: Uint8Array, level: number): readonly number[];
}

const lzma: Lzma = createRequire(import.meta.url)('lzma');

/** LZMA data without their header. */
const encoded = (data: Uint8Array, level = 9): Uint8Array =>
  Uint8Array.from(lzma.compress(data, level).slice(13));

describe('lib/portable: LZMA', () => {
  const noise = seeded(3);
  const bytes = (size: number, kinds: number) =>
    Uint8Array.from({ length: size }, () => noise.integer(kinds) * 37);
  const far = bytes(9000, 256);
  const all = {
    nothing: new Uint8Array(0),
    'one byte': Uint8Array.of(200),
    'a run': new Uint8Array(20_000).fill(7),
    text: new TextEncoder().encode('to be or not to be, that is the question; '.repeat(300)),
    'noise of few kinds': bytes(8000, 3),
    noise: bytes(3000, 256),
    'copies from far away': Uint8Array.from([...far, ...far.subarray(100, 5000), ...far.subarray(0, 500)]),
  };

  for (const [name, data] of Object.entries(all))
    it(`returns ${name} as it was`, () => {
      for (const level of [1, 9])
        expect(Buffer.compare(decodeLzma(encoded(data, level), data.length), data)).to.equal(0);
    });

  it('is what kernels are unpacked by; those that are left out have no bytes', () => {
    const packed = `${all.text.length}:${Buffer.from(encoded(all.text)).toString('base64')}`;
    expect(Buffer.compare(unpack(packed), all.text)).to.equal(0);
    expect(unpack('')).to.have.length(0);
  });

  it('throws for data that end too early, or copy from before the beginning', () => {
    const cut = encoded(all.text).subarray(0, 40);
    expect(() => decodeLzma(cut, all.text.length)).to.throw(RangeError, 'lzma: the data end too early');
    expect(() => decodeLzma(new Uint8Array(0), 0)).to.throw(RangeError, 'lzma: the data end too early');
    const odd = new Uint8Array(100).fill(255, 1);
    expect(() => decodeLzma(odd, 50)).to.throw(RangeError, 'lzma: a copy reaches beyond the data');
  });
});
