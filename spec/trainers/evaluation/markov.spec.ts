import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError, IndexError, seeded } from '../../../lib/index.ts';
import { type MarkovOptions, markov } from '../../../trainers/evaluation/index.ts';
import { anbn, distantBrackets } from '../../../trainers/tasks/index.ts';

const sequences = fc
  .record({ symbols: fc.integer({ min: 1, max: 6 }), order: fc.integer({ min: 0, max: 3 }) })
  .chain(({ symbols, order }) =>
    fc.record({
      symbols: fc.constant(symbols),
      order: fc.constant(order),
      prior: fc.constantFrom(0.5, 1, 0.1, 3),
      sequence: fc.array(fc.nat(symbols - 1), { maxLength: 60 }),
    }),
  );

const lengthOf = (options: MarkovOptions, sequence: readonly number[]) => {
  const model = markov(options);
  return sequence.reduce((bits, symbol) => bits + model.observe(symbol), 0);
};

describe('markov', () => {
  it('has the code length of Krichevsky and Trofimov in each context, whatever the order within it', () => {
    fc.assert(
      fc.property(sequences, ({ symbols, order, prior, sequence }) => {
        const contexts = new Map<string, number[]>();
        for (const [t, symbol] of sequence.entries()) {
          const context = sequence.slice(Math.max(0, t - order), t).join();
          const key = `${Math.min(t, order)}:${context}`;
          const counts = contexts.get(key) ?? new Array<number>(symbols).fill(0);
          counts[symbol]++;
          contexts.set(key, counts);
        }
        let expected = 0;
        for (const counts of contexts.values()) expected += dirichletBits(counts, prior);
        expect(lengthOf({ symbols, order, prior }, sequence)).to.be.closeTo(expected, 1e-9);
        const model = markov({ symbols, order, prior });
        for (const symbol of sequence) model.observe(symbol);
        expect(model.contexts).to.equal(contexts.size);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('agrees with the closed forms that can be done by hand', () => {
    // The binary estimator assigns 0ⁿ the probability C(2n, n) / 4ⁿ: 1/2, 3/8, 5/16, 35/128.
    for (const [n, probability] of [
      [1, 1 / 2],
      [2, 3 / 8],
      [3, 5 / 16],
      [4, 35 / 128],
    ])
      expect(2 ** -lengthOf({ symbols: 2 }, new Array(n).fill(0))).to.be.closeTo(probability, 1e-14);
    expect(2 ** -lengthOf({ symbols: 2 }, [0, 1])).to.be.closeTo(1 / 8, 1e-14);
    // With α = 1, the rule of succession: n_0! n_1! / (n + 1)!.
    expect(2 ** -lengthOf({ symbols: 2, prior: 1 }, [0, 1, 1, 0, 1])).to.be.closeTo((2 * 6) / 720, 1e-14);
  });

  it('predicts a distribution, from which observe takes its bits', () => {
    fc.assert(
      fc.property(sequences, ({ symbols, order, prior, sequence }) => {
        const model = markov({ symbols, order, prior });
        for (const symbol of sequence) {
          const before = model.predict();
          expect(before).to.have.length(symbols);
          expect(before.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-12);
          expect(Math.min(...before)).to.be.above(0);
          expect(model.predict()).to.deep.equal(before);
          expect(model.observe(symbol)).to.be.closeTo(-Math.log2(before[symbol]), 1e-12);
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('exceeds the best fixed model by no more than the bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(),
        (symbols, length, seed) => {
          const noise = seeded(seed);
          const used = 1 + noise.integer(symbols);
          const sequence = Array.from({ length }, () => noise.integer(used));
          const counts = new Array<number>(symbols).fill(0);
          for (const symbol of sequence) counts[symbol]++;
          const best = counts.reduce(
            (bits, count) => bits - (count === 0 ? 0 : count * Math.log2(count / length)),
            0,
          );
          const excess = lengthOf({ symbols }, sequence) - best;
          expect(excess).to.be.at.most(((symbols - 1) / 2) * Math.log2(length) + Math.log2(symbols) + 1e-9);
          expect(excess).to.be.at.least(-1e-9);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });

  it('finds the statistics of a stream: nothing to gain from a second letter of aⁿbⁿ, much from the first', () => {
    const [zero, one, two] = [0, 1, 2].map((order) => rate(order, anbn(), 40000));
    // A block of (1, 32) has 16.5 letters of each kind and two newlines on average.
    const entropy = -(2 * (16.5 / 35) * Math.log2(16.5 / 35) + (2 / 35) * Math.log2(2 / 35));
    expect(zero).to.be.closeTo(entropy, 0.01);
    expect(one).to.be.below(0.5 * zero);
    // After a newline, the letter before it tells which comes next.
    expect(one - two).to.be.closeTo(2 / 35, 0.02);
    expect(two).to.be.above(2 * anbn().entropyRate);
  });

  it('stays above the rate of forgetting on distant brackets, where remembering pays', () => {
    const task = distantBrackets();
    for (const order of [0, 1, 2]) expect(rate(order, task, 40000)).to.be.above(task.memorylessRate);
  });

  it('numbers long contexts exactly, and says when it cannot', () => {
    // 257⁶ is below 2⁵³: contexts that differ in their oldest symbol only are two.
    const model = markov({ symbols: 256, order: 6 });
    const feed = (symbols: number[]) => {
      for (const symbol of symbols) model.observe(symbol);
    };
    const same = [255, 255, 255, 255, 255];
    feed([254, ...same, 0, 255, ...same]);
    expect([...model.predict()]).to.deep.equal(new Array(256).fill(1 / 256));
    feed([254, ...same]);
    expect(model.predict()[0]).to.equal(1.5 / 129);
    expect(() => markov({ symbols: 256, order: 7 })).to.throw(ConfigurationError, 'order 7 over 256 symbols');
  });

  it('needs memory for the contexts that it has seen only', () => {
    const model = markov({ symbols: 50, order: 5 });
    for (let t = 0; t < 1000; t++) model.observe(t % 3);
    expect(model.contexts).to.equal(5 + 3);
  });

  it('refuses symbols and options that make no sense', () => {
    const model = markov({ symbols: 3, order: 1 });
    const before = model.predict();
    for (const symbol of [3, -1, 0.5, Number.NaN])
      expect(() => model.observe(symbol)).to.throw(IndexError, `${symbol} is not a symbol`);
    expect(model.predict()).to.deep.equal(before);
    expect(model.contexts).to.equal(0);
    for (const [bad, message] of [
      [{ symbols: 0 }, 'symbols must be a whole number from 1 to 16777216, got 0'],
      [{}, 'symbols is missing'],
      [{ symbols: 2, order: -1 }, 'order must be a whole number of at least 0'],
      [{ symbols: 2, prior: 0 }, 'prior must be a number above 0, got 0'],
      [{ symbols: 2, prior: Infinity }, 'prior must be a number above 0'],
    ] as [MarkovOptions, string][])
      expect(() => markov(bad)).to.throw(ConfigurationError, message);
  });
});

function rate(
  order: number,
  task: ReturnType<typeof anbn> | ReturnType<typeof distantBrackets>,
  steps: number,
): number {
  const model = markov({ symbols: task.symbols, order });
  let [bits, count] = [0, 0];
  for (const { target } of task) {
    bits += model.observe(target);
    if (++count === steps) break;
  }
  return bits / steps;
}

/** -log2 of Γ(mα)/Γ(α)ᵐ · Π Γ(n_i + α) / Γ(N + mα), where Γ(n + x)/Γ(x) = x (x + 1) … (x + n - 1). */
function dirichletBits(counts: readonly number[], prior: number): number {
  const rising = (x: number, n: number) =>
    Array.from({ length: n }, (_, j) => Math.log2(x + j)).reduce((a, b) => a + b, 0);
  const total = counts.reduce((a, b) => a + b);
  return rising(counts.length * prior, total) - counts.reduce((bits, n) => bits + rising(prior, n), 0);
}
