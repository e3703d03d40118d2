import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError } from '../../../lib/index.ts';
import { type CopyOptions, copy } from '../../../trainers/tasks/index.ts';
import { take } from './reading.ts';

const options = fc.record({
  symbols: fc.integer({ min: 1, max: 30 }),
  length: fc.integer({ min: 1, max: 7 }),
  delay: fc.integer({ min: 0, max: 5 }),
  seed: fc.maxSafeNat(),
});

describe('copy', () => {
  it('has the symbols shown as targets after the delimiter', () => {
    fc.assert(
      fc.property(options, ({ symbols, length, delay, seed }) => {
        const task = copy({ symbols, length, delay, seed });
        const period = 2 * length + delay + 1;
        const [blank, delimiter] = [symbols, symbols + 1];
        const examples = take(task, 6 * period);
        for (let at = 0; at < examples.length; at += period) {
          const inputs = examples.slice(at, at + period).map(({ input }) => input);
          const targets = examples.slice(at, at + period).map(({ target }) => target);
          const pattern = inputs.slice(0, length);
          for (const symbol of pattern) expect(symbol).to.be.within(0, symbols - 1);
          const blanks = (count: number) => new Array<number>(count).fill(blank);
          expect(inputs).to.deep.equal([...pattern, ...blanks(delay), delimiter, ...blanks(length)]);
          expect(targets).to.deep.equal([...blanks(length + delay + 1), ...pattern]);
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('prints as letters', () => {
    const task = copy({ symbols: 3 });
    expect(task.alphabet).to.deep.equal(['a', 'b', 'c', '_', '|']);
    expect(task.symbols).to.equal(5);
    expect(new Set(copy({ symbols: 40 }).alphabet).size).to.equal(42);
  });

  it('perfect memory has zero loss, and no memory the memoryless rate', () => {
    const [symbols, length, delay] = [6, 4, 3];
    const task = copy({ symbols, length, delay });
    const steps = 5000 * (2 * length + delay + 1);
    const counts = new Float64Array(symbols);
    const queue: number[] = [];
    let blind = 0;
    let answering = 0;
    for (const { input, target } of take(task, steps)) {
      const answer = answering > 0 ? queue.shift() : symbols;
      expect(target).to.equal(answer);
      if (answering > 0) {
        blind += Math.log2(symbols);
        counts[target]++;
        answering--;
      }
      if (input < symbols) queue.push(input);
      else if (input === symbols + 1) answering = length;
    }
    expect(task.entropyRate).to.equal(0);
    expect(blind / steps).to.be.closeTo(task.memorylessRate, 1e-12);
    // The uniform guess is the best: five degrees of freedom, above 20.5 with probability 0.001.
    const expected = (5000 * length) / symbols;
    expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).to.be.below(20.5);
  });

  it('refuses options that make no sense', () => {
    for (const [bad, message] of [
      [{ symbols: 0 }, 'symbols must be a whole number from 1'],
      [{ length: 0 }, 'length must be a whole number from 1 to 16777216, got 0'],
      [{ delay: -1 }, 'delay must be a whole number of at least 0'],
      [{ delay: 1.5 }, 'got 1.5'],
      [{ seed: Number.NaN }, 'seed must be'],
      [{ t: 3 }, 'there is no option t'],
    ] as [CopyOptions, string][])
      expect(() => copy(bad)).to.throw(ConfigurationError, message);
  });
});
