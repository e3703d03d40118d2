import { expect } from 'chai';
import { createTextModel } from '../../../../cli/stream/index.ts';
import { DataError } from '../../../../lib/index.ts';
import { textCell } from '../../../../trainers/streams/sessions/textNetwork.ts';

const small = { units: 2, estimator: 'tbptt', window: 2 } as const;

describe('cli/stream: models of text', () => {
  const text = 'abcabdabcé';

  it('have the defaults of the command, and what they are given', () => {
    const dataOf = (options: Parameters<typeof createTextModel>[0]) =>
      createTextModel({ ...small, ...options }).config.data;
    expect(dataOf({})).to.deep.equal({ kind: 'text', unit: 'byte', symbols: 256 });
    expect(dataOf({ symbols: 9 })).to.deep.equal({ kind: 'text', unit: 'character', symbols: 9 });
    expect(dataOf({ alphabet: 'ab🐻' })).to.deep.equal({
      kind: 'text',
      unit: 'character',
      symbols: 3,
      alphabet: 'ab🐻',
    });
    expect(dataOf({ unit: 'character' })).to.deep.equal({ kind: 'text', unit: 'character', symbols: 256 });
    expect(dataOf({ unit: 'word' })).to.deep.equal({ kind: 'text', unit: 'word', symbols: 1024 });
    expect(dataOf({ unit: 'word', symbols: 7 })).to.deep.equal({ kind: 'text', unit: 'word', symbols: 7 });
    expect(createTextModel().config.cell).to.deep.equal({ ...textCell, units: 64 });
  });

  it('learn from a text in any pieces, and return each symbol with its bits', async () => {
    const model = createTextModel({ ...small, symbols: 6 });
    const learnt: [unknown, unknown][] = [];
    const other = createTextModel({ ...small, symbols: 6 });
    for await (const { symbol, score } of model.learn(['abc', new TextEncoder().encode('abdab'), 'cé'])) {
      learnt.push([symbol, score]);
      const probability = learnt.length > 1 ? other.predictProbaOne().get(symbol) : undefined;
      // One that comes for the first time had one of the indices that nothing had yet.
      if (probability !== undefined) expect(score).to.be.closeTo(-Math.log2(probability), 1e-6);
      await other.partialFit(String(symbol));
    }
    expect(learnt.map(([symbol]) => symbol).join('')).to.equal(text);
    expect(learnt[0][1]).to.equal(undefined);
    expect(other.report()).to.deep.equal(model.report());
    expect(model.report().scored).to.equal(text.length - 1);
    const bytes = createTextModel(small);
    const symbols: unknown[] = [];
    for await (const { symbol } of bytes.learn('é')) symbols.push(symbol);
    expect(symbols).to.deep.equal([0xc3, 0xa9]);
  });

  it('predict the most probable symbol, null for all that have no index', async () => {
    const model = createTextModel({ ...small, symbols: 8 });
    await model.partialFit('abab');
    const probabilities = model.predictProbaOne();
    expect([...probabilities.keys()]).to.deep.equal(['a', 'b', null]);
    expect([...probabilities.values()].reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
    expect(probabilities.get('a')).to.be.above(probabilities.get('b') as number);
    expect(probabilities.get(null)).to.be.above(0);
    // To a network that has learnt little, six of eight symbols that are all about as probable have no index.
    const alone = createTextModel({ ...small, symbols: 8, experts: ['network'] });
    await alone.partialFit('abab');
    expect(alone.predictProbaOne().get(null)).to.be.above(0.5);
    const closed = createTextModel({ ...small, alphabet: 'ab' });
    await closed.partialFit('abab');
    const [[first, own]] = [...closed.predictProbaOne()].sort(([, p], [, q]) => q - p);
    expect(closed.predictOne()).to.equal(first);
    expect(own).to.be.at.least(0.5);
    const strange = createTextModel({ ...small, symbols: 2, rate: 0.2, estimator: 'bptt', window: 2 });
    await strange.partialFit(`a${'xyz'.repeat(60)}`);
    expect(strange.predictOne()).to.equal(null);
    for (const ask of [createTextModel(small).predictOne, createTextModel(small).predictProbaOne])
      expect(ask).to.throw(DataError, 'there has been no text yet to predict from');
  });

  it('say where they cannot be read, and keep what is before it', async () => {
    const model = createTextModel({ ...small, alphabet: 'ab\n' });
    const error = await model.partialFit('ab\nbxa').catch((thrown: unknown) => thrown);
    expect(error)
      .to.be.instanceOf(DataError)
      .with.property('message', 'the text, line 2, column 2: the character "x" is not in the alphabet');
    expect(model.report().scored).to.equal(3);
  });

  it('generate as many symbols as they are asked for', async () => {
    const model = createTextModel({ ...small, unit: 'character' });
    await model.partialFit('äbäbäb');
    expect(Array.from(model.generate(7))).to.have.length(7);
    expect(model.generate(0)).to.equal('');
    expect(model.generate(7)).to.equal(model.generate(7, { seed: 1, temperature: 1, prime: '' }));
    expect(() => model.generate(1, { temperature: -1 })).to.throw('temperature must be');
  });
});
