import { constants, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { seeded } from '../../../lib/index.ts';
import { inflate } from '../../../lib/portable/inflate.ts';
import { unpack } from '../../../lib/portable/unpack.ts';

describe('lib/portable: inflate', () => {
  const noise = seeded(3);
  const bytes = (size: number, kinds: number) =>
    Uint8Array.from({ length: size }, () => noise.integer(kinds) * 37);
  const all = {
    nothing: new Uint8Array(0),
    'one byte': Uint8Array.of(200),
    'a run': new Uint8Array(70_000).fill(7),
    text: new TextEncoder().encode('to be or not to be, that is the question; '.repeat(300)),
    'noise of few kinds': bytes(30_000, 3),
    noise: bytes(70_000, 256),
  };
  const ways = {
    dynamic: { level: 9 },
    fixed: { strategy: constants.Z_FIXED },
    stored: { level: 0 },
  };

  for (const [name, data] of Object.entries(all))
    for (const [way, options] of Object.entries(ways))
      it(`returns ${name}, ${way}, as it was`, () => {
        const result = inflate(deflateRawSync(data, options), data.length);
        expect(Buffer.compare(result, data)).to.equal(0);
      });

  it('is what kernels are unpacked by; those that are left out have no bytes', () => {
    const packed = `${all.text.length}:${deflateRawSync(all.text).toString('base64')}`;
    expect(Buffer.compare(unpack(packed), all.text)).to.equal(0);
    expect(unpack('')).to.have.length(0);
  });

  it('throws for data that end too early', () => {
    const cut = deflateRawSync(all.text).subarray(0, 40);
    expect(() => inflate(cut, all.text.length)).to.throw(RangeError, 'inflate: the data end too early');
    const stored = deflateRawSync(all.text, ways.stored).subarray(0, 40);
    expect(() => inflate(stored, all.text.length)).to.throw(RangeError, 'inflate: the data end too early');
    expect(() => inflate(new Uint8Array(0), 0)).to.throw(RangeError, 'inflate: the data end too early');
  });
});
