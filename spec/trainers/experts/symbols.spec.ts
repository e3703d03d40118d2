import { expect } from 'chai';
import { joined, separate, type Table } from '../../../trainers/experts/common/tables.ts';
import { counts } from '../../../trainers/experts/symbols/counts.ts';
import type { Distributions } from '../../../trainers/experts/symbols/distributions.ts';
import { type EnsembleState, ensemble } from '../../../trainers/experts/symbols/ensemble.ts';
import { exponential } from '../../../trainers/experts/symbols/exponential.ts';
import { match } from '../../../trainers/experts/symbols/match.ts';
import { membersOf } from '../../../trainers/experts/symbols/members.ts';
import { noPast, type Past, remember } from '../../../trainers/experts/symbols/past.ts';
import type { SymbolExpert, SymbolMember } from '../../../trainers/experts/symbols/symbolExpert.ts';
import { draws } from '../../support/draws.ts';
import { size } from '../../support/size.ts';

const all = ['network', 'counts', 'match', 'own'];

/** The symbol that came last comes again, with probability 1/2. */
const again: SymbolExpert<{ last: number }> = {
  name: 'own',
  init: () => ({ last: -1 }),
  predict: ({ last }, { symbols }) =>
    Array.from({ length: symbols }, (_, s) =>
      last < 0 ? 1 / symbols : (s === last ? 0.5 : 0) + 0.5 / symbols,
    ),
  update: (state, _, symbol) => {
    state.last = symbol;
    return state;
  },
};

const made = (symbols: number, names = all) => ensemble(symbols, membersOf(symbols, names, [again]));

/** Logits that say something of the next symbol, and something wrong at times. */
function logitsOf(past: Past, symbols: number): Float64Array {
  const hash = (past.length * 7919 + past.symbols[(past.length - 1) & 63] * 31) % 101;
  return Float64Array.from({ length: symbols }, (_, s) => (s === hash % symbols ? 3 : Math.sin(hash + s)));
}

const questionOf = (symbols: number, past: Past) => ({
  symbols,
  past,
  logits: past.length === 0 ? undefined : logitsOf(past, symbols),
});

type Chooser = (past: Past, said: Float64Array, state: EnsembleState) => number;

/** Streams, some of which look at the prediction before they choose. */
function choosers(symbols: number): Readonly<Record<string, Chooser>> {
  const next = draws(5);
  const any = () => Math.min(symbols - 1, Math.floor(next() * symbols));
  const extreme = (said: Float64Array, pick: (...values: number[]) => number) => said.indexOf(pick(...said));
  return {
    noise: any,
    'always the same': () => 0,
    'a cycle': ({ length }) => [0, 1, 1, 0, symbols - 1, 1, 0][length % 7],
    'the least probable': (_, said) => extreme(said, Math.min),
    'the most probable, then the least': ({ length }, said) =>
      extreme(said, length % 200 < 100 ? Math.max : Math.min),
    'the network, right and wrong in turn': (past) => {
      const logits = logitsOf(past, symbols);
      const best = logits.indexOf(Math.max(...logits));
      return past.length % 150 < 75 ? best : (best + 1) % symbols;
    },
    'a text that changes': ({ length }) =>
      (length < 300 ? length % 3 : length < 500 ? any() : length % 2) % symbols,
  };
}

describe('trainers/experts: symbols', () => {
  for (const symbols of size([2, 12], [2, 5, 40]))
    for (const [name, choose] of Object.entries(choosers(symbols)))
      it(`predict probabilities that sum to 1, and are never much worse than the best of them: ${symbols} symbols, ${name}`, () => {
        const { names, init, predict, update } = made(symbols);
        let state = init();
        const prior = [...state.served[0].weights];
        const past = noPast();
        const totals = new Float64Array(names.length);
        const steps = 700;
        for (let t = 0; t < steps; t++) {
          const question = questionOf(symbols, past);
          const said = predict(state, question).slice();
          for (const probability of said) expect(probability).to.be.above(0);
          expect(said.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-11);
          const symbol = choose(past, said, state);
          const { bits } = update(state, question, symbol);
          expect(bits[0]).to.be.closeTo(-Math.log2(said[symbol]), 1e-9 * Math.max(1, bits[0]));
          for (let i = 0; i < totals.length; i++) totals[i] += bits[i];
          remember(past, symbol);
          if (t % 250 === 100) state = restored(symbols, state, t + 1);
        }
        // Each score but the combination's own and the last one, which is without the network.
        const first = prior.length - (names.length - 2);
        for (let i = 1; i < names.length - 1; i++)
          expect(totals[0], names[i]).to.be.at.most(
            totals[i] + Math.log2(steps / prior[first + i - 1]) + 1e-6,
          );
      });

  it('are a function of the past: what comes next changes nothing before, and asking changes nothing at all', () => {
    const symbols = 6;
    const next = draws(8);
    const text = Array.from({ length: 300 }, () => Math.min(5, Math.floor(next() * 6)));
    const said = (stream: readonly number[], isAsked: boolean) => {
      const { init, predict, update } = made(symbols);
      const state = init();
      const past = noPast();
      return stream.map((symbol) => {
        const question = questionOf(symbols, past);
        const prediction = predict(state, question).slice();
        // Questions of other pasts, as a text that is generated asks them.
        const other = { length: past.length, symbols: past.symbols.map((each) => (each + 1) % symbols) };
        if (isAsked) {
          predict(state, questionOf(symbols, other));
          expect([...predict(state, question)]).to.deep.equal([...prediction]);
          predict(state, questionOf(symbols, other));
        }
        update(state, question, symbol);
        remember(past, symbol);
        return [...prediction];
      });
    };
    const straight = said(text, false);
    expect(said(text, true)).to.deep.equal(straight);
    for (const at of [0, 1, 50, 299]) {
      const changed = said(text.with(at, (text[at] + 1) % symbols), false);
      expect(changed.slice(0, at + 1)).to.deep.equal(straight.slice(0, at + 1));
    }
  });

  it('are known by names, and each by the figure that it has alone', () => {
    expect(made(4).names).to.deep.equal([
      'combination',
      'network',
      ...Array.from({ length: 7 }, (_, k) => `order ${k}`),
      'match',
      'own',
      'without the network',
    ]);
    expect(made(4, ['network']).names).to.deep.equal(['network']);
    expect(made(4, ['match']).names).to.deep.equal(['match']);
    expect(made(4, ['match', 'own']).names).to.deep.equal(['combination', 'match', 'own']);
    expect(() => made(4, ['oracle'])).to.throw('oracle is none of the experts for text');
  });

  it('alone, is served as it is', () => {
    const symbols = 5;
    const { init, predict, update } = made(symbols, ['network']);
    const past = noPast();
    remember(past, 3);
    const question = questionOf(symbols, past);
    const logits = [...(question.logits as Float64Array)];
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const state = init();
    for (const [s, probability] of predict(state, question).entries())
      expect(probability).to.be.closeTo(Math.exp(logits[s]) / total, 1e-12);
    expect([...update(state, question, 2).bits]).to.have.length(1);
  });

  it('have finite scores when the network is certain of what is wrong', () => {
    for (const names of [['network'], ['network', 'counts'], all]) {
      const symbols = 3;
      const { init, predict, update } = made(symbols, names);
      const state = init();
      const past = noPast();
      for (let t = 0; t < 20; t++) {
        const question = { symbols, past, logits: [1e9, -1e30, 3e38] };
        const said = predict(state, question);
        expect(Math.min(...said)).to.be.above(0);
        for (const bits of update(state, question, t % 3).bits) expect(bits).to.be.within(0, 1100);
        remember(past, t % 3);
      }
    }
  });

  it('hold no more than they may, forget what is old, and resume bit for bit then too', () => {
    const symbols = 50;
    const make = (): readonly SymbolMember[] => [
      counts({ symbols, order: 4, most: 64 }) as SymbolMember,
      match({ symbols, most: 1024 }) as SymbolMember,
    ];
    const one = ensemble(symbols, make());
    const other = ensemble(symbols, make());
    let straight = one.init();
    let resumed = other.init();
    const past = noPast();
    const next = draws(2);
    for (let t = 0; t < 3000; t++) {
      const symbol = t % 20 < 12 ? t % 20 : Math.floor(next() * 50);
      const question = { symbols, past };
      const bits = [...one.update(straight, question, symbol).bits];
      expect([...other.update(resumed, question, symbol).bits]).to.deep.equal(bits);
      remember(past, symbol);
      if (t % 397 === 5) resumed = reread(other, resumed, t + 1);
      if (t % 500 === 7) straight = reread(one, straight, t + 1);
      if (t % 50 === 0) {
        const said = one.predict(straight, { symbols, past });
        expect(said.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-10);
      }
    }
    const tables: Record<string, Table> = {};
    separate(one.pack(straight), '', tables);
    const sizes = Object.entries(tables).map(
      ([name, { length }]) => [name.split('.').at(-1), length] as const,
    );
    for (const [name, most] of [
      ['node', 4 * 64],
      ['cell', 2 * 128],
      ['history', 1024],
    ] as const)
      expect(sizes.find(([each]) => each === name)?.[1]).to.be.within(1, most);
  });

  it('count what followed each context: a text that repeats is foretold', () => {
    const symbols = 30;
    const text = Array.from('the cat sat on the mat; ', (letter) => letter.charCodeAt(0) % symbols);
    for (const names of [['counts'], ['match'], ['counts', 'match']]) {
      const { init, update } = made(symbols, names);
      const state = init();
      const past = noPast();
      let last = 0;
      for (let t = 0; t < 20 * text.length; t++) {
        const { bits } = update(state, { symbols, past }, text[t % text.length]);
        if (t >= 19 * text.length) last += bits[0] / text.length;
        remember(past, text[t % text.length]);
      }
      expect(last, names.join()).to.be.below(0.2);
    }
  });

  it('of counts, each distribution sums to 1 and the chain is what its floors and ratios say', () => {
    const symbols = 12;
    const expert = counts({ symbols, order: 6, most: 2 ** 10 });
    const state = expert.init();
    const past = noPast();
    const next = draws(6);
    for (let t = 0; t < 400; t++) {
      const said = expert.predict(state, { symbols, past });
      for (const row of rowsOf(said, symbols)) {
        expect(row.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
        expect(Math.min(...row)).to.be.above(0);
      }
      for (let i = 0; i < said.ends[said.depth - 1]; i++)
        expect(said.gains[i]).to.be.closeTo(Math.log(said.ratios[i]), 1e-12);
      const symbol = t % 5 === 0 ? Math.floor(next() * 12) : t % 5;
      expert.update(state, { symbols, past }, symbol);
      remember(past, symbol);
    }
  });

  it('need exponentials, which are within 1e-13', () => {
    for (let x = 0; x > -745; x -= 0.0371)
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).to.be.below(x < -700 ? 1e-9 : 1e-13);
    expect(exponential(-800)).to.equal(0);
    expect(exponential(Number.NaN)).to.be.NaN;
  });
});

function rowsOf(
  { depth, ends, symbols: changed, ratios, floors }: Distributions,
  symbols: number,
): number[][] {
  const products = new Array<number>(symbols).fill(1);
  return Array.from({ length: depth }, (_, k) => {
    for (let i = k === 0 ? 0 : ends[k - 1]; i < ends[k]; i++) products[changed[i]] *= ratios[i];
    return products.map((product) => product * floors[k]);
  });
}

function restored(symbols: number, state: EnsembleState, answers: number): EnsembleState {
  return reread(made(symbols), state, answers);
}

/** The state from what a checkpoint has of it. */
function reread(own: ReturnType<typeof ensemble>, state: EnsembleState, answers: number): EnsembleState {
  const tables: Record<string, Table> = {};
  const rest = JSON.parse(JSON.stringify(separate(own.pack(state), 'all', tables)));
  return own.unpack(joined(rest, tables), answers);
}
