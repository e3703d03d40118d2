import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError, DataError } from '../../../lib/index.ts';
import { type TextOptions, text } from '../../../trainers/tasks/index.ts';
import { symbolsOf, take, takeAsync } from './reading.ts';

const characters = fc.constantFrom('a', 'b', 'z', ' ', '\n', 'é', '漢', '😀', '🐋');
const texts = fc.array(characters, { minLength: 1, maxLength: 20 }).map((list) => list.join(''));

async function* arriving(chunks: Iterable<string>): AsyncGenerator<string> {
  yield* chunks;
}

describe('text', () => {
  it('repeats in a circle: the first character follows the last', () => {
    fc.assert(
      fc.property(texts, (source) => {
        const task = text(source);
        const length = [...source].length;
        const symbols: number[] = [];
        for (const symbol of symbolsOf(task)) if (symbols.push(symbol) === 3 * length) break;
        expect(task.decode(symbols)).to.equal(source.repeat(3));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('numbers the distinct characters in the order of their code points', () => {
    const task = text('b\n🐋a漢b\uffe6');
    expect(task.alphabet).to.deep.equal(['\n', 'a', 'b', '漢', '\uffe6', '🐋']);
    expect(task.symbols).to.equal(6);
    expect(take(task, 2)).to.deep.equal([
      { input: 2, target: 0 },
      { input: 0, target: 5 },
    ]);
  });

  it('encodes and decodes', () => {
    fc.assert(
      fc.property(texts, (source) => {
        const { encode, decode, alphabet, symbols } = text(source);
        expect(symbols).to.equal(new Set(source).size);
        expect(encode(source)).to.deep.equal([...source].map((character) => alphabet.indexOf(character)));
        expect(decode(encode(source))).to.equal(source);
      }),
      { seed: 2, numRuns: 200 },
    );
    for (const index of [2, -1, 0.5])
      expect(() => text('ab').decode([0, index])).to.throw(DataError, `${index} is not the index`);
  });

  it('accepts an alphabet, in its own order', () => {
    const task = text('abba', { alphabet: 'zba' });
    expect(take(task, 4).map(({ input }) => input)).to.deep.equal([2, 1, 1, 2]);
    expect(text('ab', { alphabet: ['b', 'a'] }).encode('ab')).to.deep.equal([1, 0]);
  });

  it('reads a stream once, the same however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(40), { maxLength: 6 }), async (source, cuts) => {
        const whole = `${source}ab`;
        const at = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((end, i) => whole.slice(at[i], end));
        const symbols = text(whole).encode(whole);
        const expected = symbols.slice(1).map((target, i) => ({ input: symbols[i], target }));
        const { alphabet } = text(whole);
        expect(await takeAsync(text(arriving(chunks), { alphabet }))).to.deep.equal(expected);
        expect(await takeAsync(text(chunks, { alphabet }))).to.deep.equal(expected);
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it('names a character outside the alphabet and its position', async () => {
    expect(() => text('ab😀é', { alphabet: 'ab😀' })).to.throw(
      DataError,
      'text: the character "é" (U+00E9) at offset 3 is not in the alphabet of 3 characters',
    );
    expect(() => text('ab').encode('ba\tb')).to.throw(DataError, '"\\t" (U+0009) at offset 2');
    const seen: unknown[] = [];
    let error: unknown;
    try {
      for await (const example of text(arriving(['aba', 'b?']), { alphabet: 'ab' })) seen.push(example);
    } catch (caught) {
      error = caught;
    }
    expect(seen).to.have.length(3);
    expect(error).to.be.instanceOf(DataError);
    expect((error as Error).message).to.include('"?" (U+003F) at offset 4');
  });

  it('refuses texts that are too short to learn from', async () => {
    expect(() => text('')).to.throw(DataError, 'the text is empty');
    expect(() => text('', { alphabet: 'ab' })).to.throw(DataError, 'the text is empty');
    for (const chunks of [[], [''], ['a'], ['', 'b', '']])
      expect(await failureOf(text(arriving(chunks), { alphabet: 'ab' }))).to.match(
        /ended after [01] characters/,
      );
    expect(
      await failureOf(text(arriving([Uint8Array.of(97) as unknown as string]), { alphabet: 'ab' })),
    ).to.include('must yield strings, got a Uint8Array; decode bytes first');
    expect(await failureOf(text(arriving(['a\ud83d']), { alphabet: 'a😀' }))).to.include(
      '(U+D83D) at offset 1',
    );
  });

  it('closes the stream that it reads when the reader stops', async () => {
    let closed = false;
    async function* forever(): AsyncGenerator<string> {
      try {
        for (;;) yield 'ab';
      } finally {
        closed = true;
      }
    }
    expect(await takeAsync(text(forever(), { alphabet: 'ab' }), 5)).to.have.length(5);
    expect(closed).to.equal(true);
  });

  it('refuses options that make no sense', () => {
    for (const [options, message] of [
      [{ alphabet: '' }, 'the alphabet is empty'],
      [{ alphabet: 'aba' }, 'has "a" more than once'],
      [{ alphabet: ['ab'] }, 'entry 0 of the alphabet, "ab", is not one character'],
      [{ alphabet: ['a', ''] }, 'entry 1 of the alphabet'],
      [{ unit: 'word' }, 'unit must be character, got "word"'],
      [{ seed: 1 }, 'there is no option seed'],
    ] as [TextOptions, string][])
      expect(() => text('ab', options)).to.throw(ConfigurationError, message);
    expect(() => text(arriving(['ab']), {})).to.throw(ConfigurationError, 'a stream needs an alphabet');
  });
});

function failureOf(feed: AsyncIterable<{ input: number; target: number }>): Promise<string> {
  return takeAsync(feed).then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}
