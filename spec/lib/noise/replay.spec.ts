import { expect } from 'chai';
import fc from 'fast-check';
import {
  dataOf,
  type Noise,
  NoiseError,
  recording,
  replay,
  restoreNoise,
  ShapeError,
  seeded,
} from '../../../lib/index.ts';
import { shapes } from '../tensors.ts';

const list = (x: Parameters<typeof dataOf>[0]) => [...dataOf(x)];

describe('replay', () => {
  it('deals the signs in row-major order, shape by shape', () => {
    const noise = replay(Int32Array.of(1, -1, -1, 1, 1, -1, -1));
    expect(noise.signs([2, 3]).toArray()).to.deep.equal([
      [1, -1, -1],
      [1, 1, -1],
    ]);
    expect(noise.signs([0]).toArray()).to.deep.equal([]);
    const last = noise.signs([]);
    expect([last.item(), last.dtype]).to.deep.equal([-1, 'float64']);
  });

  it('reports how many draws are left and requested, and consumes none', () => {
    const noise = replay([1, 1, -1]);
    noise.signs([1]);
    expect(() => noise.signs([2, 2])).to.throw(
      NoiseError,
      'replay: 4 signs of shape [2,2] are needed, but 2 of the 3 draws are left',
    );
    expect(noise.signs([2]).toArray()).to.deep.equal([1, -1]);
    expect(() => replay([]).signs([])).to.throw(NoiseError, '0 of the 0');
    expect(() => replay([1]).signs([-1])).to.throw(ShapeError);
  });

  it('accepts only signs', () => {
    for (const bad of [0, 2, 0.5, Number.NaN, '1' as unknown as number])
      expect(() => replay([1, bad, -1])).to.throw(
        NoiseError,
        `replay: draw 1 is ${JSON.stringify(bad).replace('null', 'NaN')}`,
      );
  });

  it('draws only signs', () => {
    const noise = replay([1]);
    expect(() => noise.normal([1])).to.throw(NoiseError, 'replay: holds signs only and has no normal draws');
    expect(() => noise.uniform([1])).to.throw(NoiseError, 'uniform');
    expect(() => noise.integer(2)).to.throw(NoiseError, 'integers');
  });

  it('keeps its own copy, and returns independent tensors', () => {
    const draws = [1, 1];
    const noise = replay(draws);
    draws[0] = -1;
    const first = noise.signs([1]);
    dataOf(first)[0] = 5;
    expect(noise.save()).to.deep.equal({ kind: 'replay', draws: [1, 1], position: 1 });
  });

  it('shares the queue with sources split from it', () => {
    const noise = replay([1, -1, -1]);
    const child = noise.split();
    expect([noise.signs([]).item(), child.signs([]).item(), noise.split().signs([]).item()]).to.deep.equal([
      1, -1, -1,
    ]);
  });
});

describe('recording', () => {
  it('passes all draws through', () => {
    const [plain, kept] = [seeded(9), recording(seeded(9))];
    for (const noise of [
      (z: Noise) => list(z.signs([3])),
      (z: Noise) => list(z.normal([3])),
      (z: Noise) => list(z.uniform([2])),
    ])
      expect(noise(kept)).to.deep.equal(noise(plain));
    expect(kept.integer(1000)).to.equal(plain.integer(1000));
    expect(kept.split().normal([2]).toArray()).to.deep.equal(plain.split().normal([2]).toArray());
    expect(kept.draws.length).to.equal(3);
  });

  it('can be replayed, splits included', () => {
    const family = fc.array(fc.tuple(fc.nat(2), shapes, fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(fc.maxSafeNat(), family, (seed, calls) => {
        const run = (root: Noise) => {
          const sources = [root];
          return calls.map(([which, shape, split]) => {
            const source = sources[which % sources.length];
            if (split) sources.push(source.split());
            return list(source.signs(shape));
          });
        };
        const kept = recording(seeded(seed));
        const drawn = run(kept);
        expect(kept.draws).to.deep.equal(drawn.flat());
        expect(run(replay(kept.draws))).to.deep.equal(drawn);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('saved replays and recordings', () => {
  it('resume where they stood, through JSON', () => {
    const noise = recording(replay([1, -1, -1, 1]));
    noise.signs([2]);
    const again = restoreNoise(JSON.parse(JSON.stringify(noise.save())));
    expect(again.save()).to.deep.equal(noise.save());
    expect(again.signs([2]).toArray()).to.deep.equal([-1, 1]);
    expect(noise.draws).to.deep.equal([1, -1]);
    expect(again).to.have.property('draws').that.deep.equals([1, -1, -1, 1]);
    expect(() => again.signs([1])).to.throw(NoiseError, '0 of the 4');
  });
});

describe('a snapshot of a source', () => {
  const sources: Readonly<Record<string, () => Noise>> = {
    seeded: () => seeded(5),
    'seeded, split': () => seeded(5).split(),
    replay: () => replay([1, -1, -1, 1, 1, 1, -1, 1, -1, 1, 1, -1]),
    recording: () => recording(seeded(5)),
    'recording of a recording': () => recording(recording(replay([1, -1, 1, 1, -1, -1, 1, 1, 1]))),
  };
  for (const [name, make] of Object.entries(sources))
    it(`${name}: repeats the same draws any number of times, and saves the same`, () => {
      const noise = make();
      noise.signs([2]);
      const saved = noise.save();
      const goBack = noise.snapshot?.();
      const drawn = [...dataOf(noise.signs([2, 2]))];
      for (let i = 0; i < 2; i++) {
        goBack?.();
        expect(noise.save()).to.deep.equal(saved);
        expect([...dataOf(noise.signs([2, 2]))]).to.deep.equal(drawn);
      }
    });

  it('keeps the draws if the recorded source cannot rewind', () => {
    const { snapshot: _, ...bare } = seeded(5);
    const noise = recording(bare);
    const goBack = noise.snapshot?.();
    noise.signs([3]);
    goBack?.();
    expect(noise.draws).to.have.length(3);
  });
});
