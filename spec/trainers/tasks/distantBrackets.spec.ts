import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError } from '../../../lib/index.ts';
import { type DistantBracketsOptions, distantBrackets } from '../../../trainers/tasks/index.ts';
import { meanLoss, type Predictor, symbolsOf, take } from './reading.ts';

const options = fc.record({
  s: fc.integer({ min: 1, max: 4 }),
  k: fc.integer({ min: 0, max: 6 }),
  a: fc.integer({ min: 1, max: 58 }),
  seed: fc.maxSafeNat(),
});

describe('distantBrackets', () => {
  it('is lines of s letters in brackets, k letters, and the same brackets again', () => {
    fc.assert(
      fc.property(options, ({ s, k, a, seed }) => {
        const task = distantBrackets({ s, k, a, seed });
        const length = 2 * (s + 2) + k + 1;
        const examples = take(task, 10 * length - 1);
        const text =
          task.alphabet[examples[0].input] + examples.map(({ target }) => task.alphabet[target]).join('');
        const lines = text.split('\n');
        expect(lines.pop()).to.equal('');
        expect(lines).to.have.length(10);
        for (const line of lines) {
          const inside = line.slice(1, 1 + s);
          const between = line.slice(s + 2, s + 2 + k);
          expect(line).to.equal(`[${inside}]${between}[${inside}]`);
          for (const letter of inside + between) {
            expect(letter.charCodeAt(0)).to.be.within(33, 33 + a - 1);
            expect(task.alphabet.indexOf(letter)).to.be.within(1, a);
          }
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('has as many bits as its letters are free, in every line', () => {
    fc.assert(
      fc.property(options, ({ s, k, a, seed }) => {
        const task = distantBrackets({ s, k, a, seed });
        const [observe, length] = [task.surprisal(), 2 * (s + 2) + k + 1];
        const free = take(task, 3 * length - 1).map(({ target }) => [target, observe(target)]);
        for (let line = 0; line < 3; line++)
          for (let at = line === 0 ? 1 : 0; at < length; at++) {
            const [target, bits] = free[line * length + at - 1];
            const isFree = (at >= 1 && at <= s) || (at >= s + 2 && at < s + 2 + k);
            expect(bits).to.equal(isFree ? Math.log2(a) : 0);
            if (isFree) expect(target).to.be.within(1, a);
          }
        expect(free.reduce((sum, [, bits]) => sum + bits, 0) / (3 * length)).to.be.closeTo(
          task.entropyRate,
          1e-12,
        );
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it('numbers its symbols in the order of the characters', () => {
    const { alphabet, symbols } = distantBrackets();
    expect(alphabet.join('')).to.equal('\n!"#$%&\'()*[]');
    expect(symbols).to.equal(13);
    const most = distantBrackets({ a: 58 });
    expect(most.alphabet.join('')).to.equal([...most.alphabet].sort().join(''));
    expect(new Set(most.alphabet).size).to.equal(61);
  });

  it('draws every letter equally often, at each position', () => {
    const [s, k, a, lines] = [2, 1, 4, 12000];
    const places = [1, 2, 4];
    const counts = places.map(() => new Float64Array(a + 1));
    let at = 0;
    for (const symbol of symbolsOf(distantBrackets({ s, k, a }))) {
      const place = places.indexOf(at % 10);
      if (place >= 0) counts[place][symbol]++;
      if (++at === 10 * lines) break;
    }
    const expected = lines / a;
    const chiSquare = counts
      .flatMap((of) => [...of.slice(1)])
      .reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // Nine degrees of freedom: above 27.9 with probability 0.001.
    expect(chiSquare).to.be.below(27.9);
  });

  it('has the rates of the literature for (1, 5, 10)', () => {
    expect(distantBrackets().entropyRate).to.be.closeTo(1.661, 5e-5);
    expect(distantBrackets().memorylessRate).to.be.closeTo(1.9378, 5e-5);
  });

  // Every line has the same code length, so the mean over whole lines is exact.
  for (const given of [
    { s: 1, k: 5, a: 10 },
    { s: 3, k: 2, a: 7 },
  ])
    it(`ideal predictors of (${given.s}, ${given.k}, ${given.a}) reach both rates`, () => {
      const task = distantBrackets(given);
      // The first symbol is never predicted. It costs nothing, as it is always a bracket.
      const steps = 100 * (2 * (given.s + 2) + given.k + 1) * 20;
      expect(meanLoss(task, template(given, true), steps).mean).to.be.closeTo(task.entropyRate, 1e-9);
      expect(meanLoss(task, template(given, false), steps).mean).to.be.closeTo(task.memorylessRate, 1e-9);
    });

  it('refuses options that make no sense', () => {
    for (const [bad, message] of [
      [{ s: 0 }, 's must be a whole number from 1 to 16777216, got 0'],
      [{ k: -1 }, 'k must be a whole number of at least 0'],
      [{ a: 59 }, 'a must be a whole number from 1 to 58, got 59'],
      [{ a: 2.5 }, 'got 2.5'],
      [{ seed: 0.5 }, 'seed must be a whole number'],
      [{ min: 5 }, 'there is no option min; the options are s, k, a, seed'],
    ] as [DistantBracketsOptions, string][])
      expect(() => distantBrackets(bad)).to.throw(ConfigurationError, message);
  });
});

/** Knows the format: letters are uniform, except in the second brackets if it remembers the first. */
function template({ s, k, a }: { s: number; k: number; a: number }, remember: boolean): Predictor {
  const [NEWLINE, OPEN, CLOSE, LETTER] = [0, a + 1, a + 2, -1];
  const letters = (count: number) => new Array<number>(count).fill(LETTER);
  const line = [OPEN, ...letters(s), CLOSE, ...letters(k), OPEN, ...letters(s), CLOSE, NEWLINE];
  const second = s + k + 3;
  let seen: number[] = [];
  return {
    probability(symbol) {
      const at = seen.length;
      if (line[at] !== LETTER) return symbol === line[at] ? 1 : 0;
      if (symbol < 1 || symbol > a) return 0;
      if (remember && at >= second) return symbol === seen[at - second + 1] ? 1 : 0;
      return 1 / a;
    },
    observe(symbol) {
      seen.push(symbol);
      if (seen.length === line.length) seen = [];
    },
  };
}
