import { expect } from 'chai';
import fc from 'fast-check';
import { philox } from '../../../lib/noise/philox.ts';

const words = (hex: string) => hex.split(' ').map((word) => Number.parseInt(word, 16));

/** The vectors for philox4x32 with 10 rounds in kat_vectors of Random123: counter, key, result. */
const KNOWN = [
  ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
] as const;

const M = [0xd2511f53n, 0xcd9e8d57n] as const;
const W = [0x9e3779b9n, 0xbb67ae85n] as const;

/** The definition again, in whole numbers of any size. */
function plainPhilox(counter: readonly number[], key: readonly number[]): number[] {
  let c = counter.map(BigInt);
  let k = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [M[0] * c[0], M[1] * c[2]];
    c = [(p1 >> 32n) ^ c[1] ^ k[0], p1 & 0xffffffffn, (p0 >> 32n) ^ c[3] ^ k[1], p0 & 0xffffffffn];
    k = k.map((word, i) => (word + W[i]) & 0xffffffffn);
  }
  return c.map(Number);
}

describe('philox', () => {
  it('returns the published known answers', () => {
    for (const [counter, key, result] of KNOWN)
      expect([...philox(words(counter), words(key))]).to.deep.equal(words(result));
  });

  it('equals the definition in exact arithmetic', () => {
    const word = fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffff0000, 0xffffffff),
    );
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect([...philox(counter, key)]).to.deep.equal(plainPhilox(counter, key));
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('writes into the given array, which may be the counter', () => {
    const counter = Uint32Array.from(words(KNOWN[2][0]));
    expect(philox(counter, words(KNOWN[2][1]), counter)).to.equal(counter);
    expect([...counter]).to.deep.equal(words(KNOWN[2][2]));
  });
});
