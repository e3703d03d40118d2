import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError } from '../../../lib/index.ts';
import { type AnbnOptions, anbn } from '../../../trainers/tasks/index.ts';
import { meanLoss, type Predictor, symbolsOf, take } from './reading.ts';

const options = fc
  .record({
    min: fc.integer({ min: 1, max: 6 }),
    extra: fc.integer({ min: 0, max: 9 }),
    seed: fc.maxSafeNat(),
  })
  .map(({ min, extra, seed }) => ({ min, max: min + extra, seed }));

describe('anbn', () => {
  it('is blocks of n letters a, a newline, n letters b, a newline, with n from min to max', () => {
    fc.assert(
      fc.property(options, ({ min, max, seed }) => {
        const task = anbn({ min, max, seed });
        let text = task.alphabet[take(task, 1)[0].input];
        for (const { target } of take(task, 400)) text += task.alphabet[target];
        const blocks = text.match(/a+\nb+\n/g) ?? [];
        expect(blocks.length).to.be.at.least(Math.floor(401 / (2 * max + 2)));
        expect(blocks.join('')).to.equal(text.slice(0, blocks.join('').length));
        expect(text.length - blocks.join('').length).to.be.below(2 * max + 2);
        for (const block of blocks) {
          const [as, bs] = block.split('\n').map((run) => run.length);
          expect(as).to.equal(bs);
          expect(as).to.be.within(min, max);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('draws every n equally often', () => {
    const [min, max, blocks] = [3, 9, 21000];
    const counts = new Map<number, number>();
    let [run, seen] = [0, 0];
    for (const symbol of symbolsOf(anbn({ min, max }))) {
      if (symbol === 1) run++;
      if (symbol !== 0 || run === 0) continue;
      counts.set(run, (counts.get(run) ?? 0) + 1);
      run = 0;
      if (++seen === blocks) break;
    }
    expect([...counts.keys()].sort((a, b) => a - b)).to.deep.equal([3, 4, 5, 6, 7, 8, 9]);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 3000) ** 2 / 3000, 0);
    // Six degrees of freedom: above 22.5 with probability 0.001.
    expect(chiSquare).to.be.below(22.5);
  });

  it('has the rates of the literature for (1, 32)', () => {
    expect(anbn().entropyRate).to.be.closeTo(1 / 7, 1e-15);
    expect(anbn().countBlindRate).to.be.closeTo(2 / 7, 1e-15);
    expect(anbn({ min: 4, max: 4 }).entropyRate).to.equal(0);
  });

  for (const { min, max } of [
    { min: 1, max: 32 },
    { min: 2, max: 5 },
  ]) {
    it(`an ideal predictor of (${min}, ${max}) reaches the entropy rate`, () => {
      const task = anbn({ min, max });
      const { mean, error } = meanLoss(task, counting(min, max, true), 2e5);
      expect(error).to.be.below(0.02 * task.entropyRate);
      expect(Math.abs(mean - task.entropyRate)).to.be.below(3 * error);
    });

    it(`the surprisal of (${min}, ${max}) is the loss of an ideal predictor, on every sample`, () => {
      const task = anbn({ min, max, seed: 7 });
      const [observe, steps] = [task.surprisal(), 3001];
      const bits = take(task, steps).map(({ target }) => observe(target));
      const { mean } = meanLoss(task, counting(min, max, true), steps);
      expect(bits.reduce((a, b) => a + b) / steps).to.be.closeTo(mean, 1e-12);
    });

    it(`a predictor of (${min}, ${max}) that forgets the count reaches the count-blind rate`, () => {
      const task = anbn({ min, max });
      const { mean, error } = meanLoss(task, counting(min, max, false), 2e5);
      expect(error).to.be.below(0.02 * task.countBlindRate);
      expect(Math.abs(mean - task.countBlindRate)).to.be.below(3 * error);
    });
  }

  it('refuses options that make no sense', () => {
    for (const [bad, message] of [
      [{ min: 0 }, 'min must be a whole number above zero, got 0'],
      [{ min: 1.5 }, 'min must be a whole number'],
      [{ min: 5, max: 4 }, 'max must be a whole number of at least 5, got 4'],
      [{ max: Number.NaN }, 'got NaN'],
      [{ max: Infinity }, 'got Infinity'],
      [{ seed: -1 }, 'seed must be a whole number'],
      [{ maximum: 5 }, 'there is no option maximum; the options are min, max, seed'],
    ] as [AnbnOptions, string][])
      expect(() => anbn(bad)).to.throw(ConfigurationError, message);
  });
});

/**
 * Knows the format. A run of n letters continues with probability (max - n) / (max - n + 1), unless its
 * length is known.
 */
function counting(min: number, max: number, remember: boolean): Predictor {
  const [NEWLINE, A, B] = [0, 1, 2];
  let letter = A;
  let run = 0;
  let length: number | undefined;
  return {
    probability(symbol) {
      const ends = length === undefined ? (run < min ? 0 : 1 / (max - run + 1)) : run === length ? 1 : 0;
      return symbol === NEWLINE ? ends : symbol === letter ? 1 - ends : 0;
    },
    observe(symbol) {
      if (symbol !== NEWLINE) {
        run++;
        return;
      }
      length = remember && letter === A ? run : undefined;
      letter = letter === A ? B : A;
      run = 0;
    },
  };
}
