import { expect } from 'chai';
import { ConfigurationError, DataError, UsageError } from '../../../lib/index.ts';
import { bitsOf } from '../../../trainers/evaluation/logits.ts';
import type { StreamConfig, SymbolData } from '../../../trainers/streams/given/config.ts';
import { symbolsOf } from '../../../trainers/streams/reading/symbolReader.ts';
import { generate, generateText } from '../../../trainers/streams/sessions/generate.ts';
import { numbersOf, type StreamLearner, walk } from '../../../trainers/streams/sessions/network.ts';
import { symbolPredictor } from '../../../trainers/streams/sessions/symbolPredictor.ts';
import {
  createSymbolSession,
  type SymbolSession,
  shown,
} from '../../../trainers/streams/sessions/symbolSession.ts';
import { openSession } from '../../../trainers/streams/snapshot.ts';
import { characters, tiny } from '../../cli/sessions.ts';

const bytes: SymbolData = { kind: 'text', unit: 'byte', symbols: 256 };
const words: SymbolData = { kind: 'text', unit: 'word', symbols: 5 };
const closed: SymbolData = { kind: 'text', unit: 'character', symbols: 3, alphabet: 'ab\n' };
const configOf = (data: SymbolData, experts: readonly string[] = ['network']): StreamConfig => ({
  ...tiny,
  dtype: 'float64',
  data,
  experts,
});
/** The network of a session that has one. */
function learnerOf({ learner }: SymbolSession): StreamLearner {
  if (learner === undefined) throw new Error('a network was expected');
  return learner;
}
const reread = <T>(saved: T): T => JSON.parse(JSON.stringify(saved));

function taken(data: SymbolData, text: string): SymbolSession {
  const session = createSymbolSession(configOf(data), data);
  for (const code of symbolsOf(text, data)) session.advance(code);
  return session;
}

const kinds: readonly (readonly [name: string, data: SymbolData, text: string])[] = [
  ['bytes', bytes, 'abcé abca'],
  ['characters', characters, 'abcabédabac'],
  ['words', words, 'one fish, two fish, red fish, one fish'],
  ['an alphabet', closed, 'abba\nab\nb'],
];

describe('trainers/streams: a session of symbols', () => {
  for (const [name, data, text] of kinds) {
    const codes = symbolsOf(text, data);

    it(`resumes bit for bit from its saved state, and scores its earlier predictions: ${name}`, () => {
      const straight = createSymbolSession(configOf(data), data);
      let resumed = createSymbolSession(configOf(data), data);
      for (const [i, code] of codes.entries()) {
        if ([0, 1, 5].includes(i)) {
          const { rest, ...others } = resumed.save();
          resumed = openSession(configOf(data), { ...others, rest: reread(rest) }) as SymbolSession;
        }
        const logits =
          straight.last === undefined ? undefined : numbersOf(learnerOf(straight).predict(straight.last));
        const bits = straight.advance(code);
        expect(resumed.advance(code)).to.equal(bits);
        if (logits === undefined) expect([i, bits]).to.deep.equal([0, undefined]);
        else expect(bits).to.be.closeTo(bitsOf(logits, straight.vocabulary.indexOf(code)), 1e-9);
        expect(straight.last).to.equal(straight.vocabulary.indexOf(code));
      }
      expect(JSON.stringify(resumed.save().rest)).to.equal(JSON.stringify(straight.save().rest));
      expect(Buffer.compare(learnerOf(resumed).save(), learnerOf(straight).save())).to.equal(0);
      expect(resumed.report()).to.deep.equal(straight.report());
      expect(resumed.report()).to.include({ unit: 'bits', scored: codes.length - 1 });
      expect(resumed.report().gradientNorm).to.be.above(0);
    });

    it(`predicts symbol by symbol, with learning what it scores and without what it knows: ${name}`, () => {
      const half = codes.length >> 1;
      const [before, behind] = [codes.slice(0, half), codes.slice(half)];
      const sessionOf = () => {
        const session = createSymbolSession(configOf(data), data);
        for (const code of before) session.advance(code);
        return session;
      };
      const [straight, learning, still, fresh] = [sessionOf(), sessionOf(), sessionOf(), sessionOf()];
      const learn = symbolPredictor(data, learning, { learn: true, fresh: false });
      const know = symbolPredictor(data, still, { learn: false, fresh: false });
      const begin = symbolPredictor(data, fresh, { learn: false, fresh: true });
      const walker = walk(learnerOf(still));
      const start = walk(learnerOf(still), true);
      const report = reread(still.report());
      let last = still.last as number;
      for (const [i, code] of behind.entries()) {
        const said = learn(code);
        const score = straight.advance(code);
        expect(said?.bits).to.be.closeTo(score as number, 1e-9);
        expect(said?.actual).to.equal(shown(code, data));
        const logits = walker.step(last);
        const symbol = still.vocabulary.indexOf(code);
        const best = logits.indexOf(Math.max(...logits));
        const entry = still.vocabulary.entryAt(best);
        const expected = {
          prediction: entry === undefined ? null : shown(entry, data),
          actual: shown(code, data),
        };
        const known = know(code);
        expect(known).to.include(expected);
        expect(known?.probability).to.be.closeTo(2 ** -bitsOf(logits, best), 1e-9);
        expect(known?.bits).to.be.closeTo(bitsOf(logits, symbol), 1e-9);
        const first = begin(code);
        if (i === 0) expect(first).to.equal(undefined);
        else expect(first?.bits).to.be.closeTo(bitsOf(start.step(last), symbol), 1e-9);
        last = symbol;
      }
      expect(reread(still.report())).to.deep.equal(report);
    });
  }

  it('shows what came, and how probable it was', () => {
    const trailOf = (data: SymbolData, text: string) => {
      const { trail } = taken(data, text).glimpse();
      if (trail.kind !== 'symbols') throw new Error('symbols were expected');
      for (const probability of trail.probabilities) expect(probability).to.be.within(0, 1);
      expect(trail.probabilities).to.have.length(trail.symbols.length);
      return trail.symbols;
    };
    expect(trailOf(bytes, 'a~é\u007f')).to.deep.equal(['~', '\\xc3', '\\xa9', '\\x7f']);
    expect(trailOf(characters, 'aéb🐻')).to.deep.equal(['é', 'b', '\ufffd']);
    expect(trailOf(words, 'one fish two')).to.deep.equal(['fish', 'two']);
    const session = taken(characters, 'abab');
    const score = session.advance(97) as number;
    const { trail } = session.glimpse();
    expect(trail.kind === 'symbols' && trail.probabilities.at(-1)).to.equal(2 ** -score);
    expect(session.glimpse().influence).to.deep.equal({});
  });

  it('begins with the symbols that may occur, and takes in others only where there is room', () => {
    expect(createSymbolSession(configOf(bytes), bytes).vocabulary.save()).to.deep.equal([
      ...Array(256).keys(),
    ]);
    expect(taken(closed, '').vocabulary.save()).to.deep.equal([97, 98, 10]);
    expect(() => taken(closed, 'abc')).to.throw(DataError, 'not in the vocabulary');
    expect(taken(characters, 'abcde').vocabulary.save()).to.deep.equal([97, 98, 99]);
    expect(taken(characters, 'abcde').last).to.equal(3);
    expect(shown(233, characters)).to.equal('é');
    expect(shown(233, bytes)).to.equal(233);
    expect(shown('word', words)).to.equal('word');
  });

  it('refuses what no session saved', () => {
    const { rest, ...others } = taken(characters, 'abcab').save();
    const refuse = (part: object, says: string) =>
      expect(() =>
        openSession(configOf(characters), { ...others, rest: { ...(rest as object), ...part } }),
      ).to.throw(DataError, says);
    refuse({ records: -1 }, 'the number of records -1 is not a whole number');
    refuse({ entries: [97, 'b'] }, 'a symbol "b" is not a whole number below 1114112');
    refuse({ last: 4 }, 'the latest symbol 4 is not a whole number below 4');
    const ofWords = taken(words, 'a b').save();
    expect(() => openSession(configOf(words), { ...ofWords, rest: reread(ofWords.rest) })).not.to.throw();
  });
});

describe('trainers/streams: text that is generated', () => {
  let session: SymbolSession;

  before(() => {
    session = taken(characters, 'abcabcabcabc');
  });

  const draw = (count: number, options: Parameters<typeof generate>[1], from = session) => {
    const symbols = generate(from, options);
    return Array.from({ length: count }, () => symbols.next().value);
  };
  const textOf = (
    count: number,
    data: SymbolData,
    options: Parameters<typeof generateText>[2],
    from: SymbolSession,
  ) => {
    const symbols = generateText(from, data, options);
    return Buffer.concat(
      Array.from({ length: count }, () => Buffer.from(symbols.next().value as string)),
    ).toString();
  };

  it('continues after the last learnt symbol and then the prime, with the most probable symbol at a temperature of 0', () => {
    for (const prime of [[], [97], [98, 99]]) {
      const walker = walk(learnerOf(session));
      let logits = walker.step(session.last as number);
      for (const code of prime) logits = walker.step(session.vocabulary.indexOf(code));
      const expected = Array.from({ length: 5 }, () => {
        // Among those that have an index of their own.
        const known = logits.subarray(0, 3);
        const symbol = known.indexOf(Math.max(...known));
        logits = walker.step(symbol);
        return session.vocabulary.entryAt(symbol);
      });
      expect(draw(5, { prime, temperature: 0, seed: 1 })).to.deep.equal(expected);
    }
  });

  it('is drawn from the predictions, each symbol as often as it is probable at that temperature', () => {
    for (const temperature of [0.2, 1, 5]) {
      const walker = walk(learnerOf(session));
      const logits = walker.step(session.last as number).subarray(0, 3);
      const weights = [...logits].map((logit) => Math.exp(logit / temperature));
      const total = weights.reduce((a, b) => a + b);
      const count = 400;
      const counts = [0, 0, 0];
      for (let seed = 0; seed < count; seed++)
        counts[session.vocabulary.indexOf(draw(1, { prime: [], temperature, seed })[0])]++;
      for (const [symbol, weight] of weights.entries())
        expect(counts[symbol] / count).to.be.closeTo(weight / total, 0.08);
    }
  });

  it('is the most probable at a temperature near 0, whatever the size of the logits', () => {
    for (const seed of [1, 2, 3])
      expect(draw(12, { prime: [], temperature: 1e-5, seed })).to.deep.equal(
        draw(12, { prime: [], temperature: 0, seed }),
      );
  });

  it('is the same from the same seed, and leaves the session as it is', () => {
    const before = JSON.stringify(session.save());
    const options = { prime: [], temperature: 2 };
    expect(draw(30, { ...options, seed: 4 })).to.deep.equal(draw(30, { ...options, seed: 4 }));
    expect(draw(30, { ...options, seed: 4 })).not.to.deep.equal(draw(30, { ...options, seed: 5 }));
    expect(JSON.stringify(session.save())).to.equal(before);
  });

  it('is written in the unit of the model', () => {
    expect(Array.from(textOf(9, characters, {}, session))).to.have.length(9);
    expect(textOf(9, characters, {}, session)).to.equal(
      textOf(9, characters, { prime: '', temperature: 1, seed: 1 }, session),
    );
    expect(textOf(9, characters, {}, session)).not.to.equal(textOf(9, characters, { seed: 2 }, session));
    const ofBytes = generateText(taken(bytes, 'abcabc'), bytes, { temperature: 0 });
    expect(ofBytes.next().value).to.be.instanceOf(Uint8Array).with.length(1);
    const ofWords = taken(words, 'one two one two one');
    expect(textOf(4, words, { temperature: 0, prime: 'two' }, ofWords)).to.match(
      /^(one|two)( (one|two)){3}$/,
    );
  });

  it('needs something to begin with, and a prime of the alphabet', () => {
    const nothing = taken(characters, '');
    const says = 'the model has seen no text yet: give one to begin with, with --prime';
    expect(() => draw(1, { prime: [], temperature: 1, seed: 1 }, nothing)).to.throw(UsageError, says);
    expect(() => draw(1, { prime: [97], temperature: 1, seed: 1 }, nothing)).to.throw(UsageError, says);
    const alphabet = taken(closed, '');
    expect(() => draw(1, { prime: [], temperature: 1, seed: 1 }, alphabet)).to.throw(UsageError, says);
    expect(draw(1, { prime: [97], temperature: 1, seed: 1 }, alphabet)[0]).to.be.oneOf([97, 98, 10]);
    expect(() => generateText(alphabet, closed, { prime: 'abc' })).to.throw(
      UsageError,
      'the prime has "c", which is not in the alphabet of the model',
    );
    expect(() => generateText(session, characters, { prime: 'xyz' })).not.to.throw();
    for (const temperature of [-0.1, Number.NaN])
      expect(() => generateText(session, characters, { temperature })).to.throw(
        ConfigurationError,
        `temperature must be a number of at least 0, got ${temperature}`,
      );
  });
});
