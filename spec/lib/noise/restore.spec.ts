import { expect } from 'chai';
import fc from 'fast-check';
import { DataError, recording, replay, restoreNoise, seeded } from '../../../lib/index.ts';

const words = [1, 2, 3, 4, 5, 6];

describe('restoreNoise', () => {
  it('refuses anything but the output of save, and says what is wrong', () => {
    for (const [saved, message] of [
      [null, 'an object is needed, got null'],
      ['seeded', 'an object is needed, got "seeded"'],
      [{}, 'kind must be seeded, replay or recording, got nothing'],
      [{ kind: 'mersenne' }, 'got "mersenne"'],
      [{ kind: 'x'.repeat(100) }, '…'],
      [{ kind: 'seeded' }, 'six 32-bit words, got nothing'],
      [{ kind: 'seeded', words: words.slice(1) }, 'got an array of 5'],
      [{ kind: 'seeded', words: [...words, 7] }, 'got an array of 7'],
      [
        { kind: 'seeded', words: [1, 2, 3, 4, 5, 2 ** 32] },
        'word 5 must be a whole number from 0 to 2^32 - 1, got 4294967296',
      ],
      [{ kind: 'seeded', words: [1, -1, 3, 4, 5, 6] }, 'word 1'],
      [{ kind: 'seeded', words: [0.5, 2, 3, 4, 5, 6] }, 'word 0'],
      [{ kind: 'seeded', words: [1, 2, 3, '4', 5, 6] }, 'word 3'],
      [{ kind: 'seeded', words: [1, 2, 3, 4, 5, null] }, 'word 5'],
      [{ kind: 'replay', draws: 3, position: 0 }, 'the draws of a replay must be an array, got 3'],
      [{ kind: 'replay', draws: [1, 0], position: 0 }, 'draw 1 of a replay must be +1 or -1, got 0'],
      [{ kind: 'replay', draws: [1], position: 2 }, 'position must be a whole number from 0 to 1, got 2'],
      [{ kind: 'replay', draws: [1], position: -1 }, 'position'],
      [{ kind: 'replay', draws: [1], position: 0.5 }, 'position'],
      [{ kind: 'replay', draws: [1] }, 'position'],
      [
        { kind: 'recording', draws: [{}], noise: { kind: 'seeded', words } },
        'draw 0 of a recording must be +1 or -1, got a record',
      ],
      [{ kind: 'recording', draws: [] }, 'an object is needed, got nothing'],
    ] as const)
      expect(() => restoreNoise(saved)).to.throw(DataError, message);
  });

  it('limits the nesting of recordings', () => {
    let saved: object = { kind: 'seeded', words };
    for (let i = 0; i < 100_000; i++) saved = { kind: 'recording', draws: [], noise: saved };
    expect(() => restoreNoise(saved)).to.throw(DataError, 'nested more than');
    expect(recording(recording(seeded(1))).save()).to.deep.equal(
      restoreNoise(recording(recording(seeded(1))).save()).save(),
    );
  });

  it('throws only DataError, whatever a file holds', () => {
    const anything = fc.anything({ withNullPrototype: true });
    const field = (...usual: unknown[]) =>
      fc.oneof({ weight: 1, arbitrary: anything }, { weight: 4, arbitrary: fc.constantFrom(...usual) });
    const draws = field([1, -1], [], [-1], [1, 0]);
    const inner = field({ kind: 'seeded', words }, { kind: 'replay', draws: [], position: 0 }, null);
    const kind = field('seeded', 'replay', 'recording');
    const saved = fc.record(
      { kind, words: field(words, [1]), draws, position: field(0, 1, 2), noise: inner },
      { requiredKeys: [] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(saved, anything), (value) => {
        try {
          restoreNoise(value).save();
          accepted++;
        } catch (error) {
          expect(error).to.be.instanceOf(DataError);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
    expect(accepted).to.be.within(100, 1900);
  });

  it('holds no reference to the saved data', () => {
    const saved = { kind: 'recording', draws: [1], noise: replay([1, -1]).save() };
    const noise = restoreNoise(saved);
    noise.signs([1]);
    expect(saved.draws).to.deep.equal([1]);
    saved.draws[0] = 0;
    expect(noise.save()).to.have.property('draws').that.deep.equals([1, 1]);
  });
});
