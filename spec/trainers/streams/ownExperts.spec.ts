import { expect } from 'chai';
import { ConfigurationError, DataError } from '../../../lib/index.ts';
import { createTextModel, restoreTextModel, type SymbolExpert } from '../../../trainers/index.ts';

const text = 'the cat sat on the mat; the dog sat on the log\n'.repeat(4);

/** Half of the probability on the symbol that came most often. */
const often: SymbolExpert<{ counts: Int32Array; seen: number[] }> = {
  name: 'often',
  init: () => ({ counts: new Int32Array(256), seen: [] }),
  predict({ counts }, { symbols }) {
    const said = new Array<number>(symbols).fill(0.5 / symbols);
    said[counts.indexOf(Math.max(...counts))] += 0.5;
    return said;
  },
  update(state, _, symbol) {
    state.counts[symbol]++;
    state.seen = [...state.seen, symbol].slice(-3);
    return state;
  },
};
const small = { units: 3, seed: 2 };

describe('trainers/streams: the experts of a text', () => {
  it('are the built-in ones, some of them, or those of a user; all resume bit for bit from a snapshot', async () => {
    for (const experts of [
      undefined,
      ['counts'],
      ['match', 'network'],
      ['counts', often],
      [often],
    ] as const) {
      const model = createTextModel({ ...small, ...(experts && { experts }) });
      await model.partialFit(text.slice(0, 90));
      const own = (experts as readonly unknown[] | undefined)?.includes(often) ? { experts: [often] } : {};
      const again = restoreTextModel(structuredClone(model.snapshot()), own);
      for (const each of [model, again]) await each.partialFit(text.slice(90));
      expect(again.report()).to.deep.equal(model.report());
      expect([...again.predictProbaOne()]).to.deep.equal([...model.predictProbaOne()]);
      expect(again.snapshot()).to.deep.equal(model.snapshot());
      const sum = [...model.predictProbaOne().values()].reduce((a, b) => a + b);
      expect(sum).to.be.closeTo(1, 1e-9);
      expect(model.generate(20)).to.equal(again.generate(20));
      const names = Object.keys(model.report().figures);
      for (const expert of experts ?? ['network', 'match'])
        expect(names).to.include(typeof expert === 'string' && expert !== 'counts' ? expert : names[0]);
      expect(names.includes('without the network')).to.equal(
        experts === undefined || (experts as readonly unknown[]).includes('network'),
      );
    }
  });

  it('have no network if it is not among them: nothing is learnt by gradients, and nothing of it is saved', async () => {
    const model = createTextModel({ experts: ['counts', 'match'] });
    await model.partialFit(text);
    expect(model.report().gradientNorm).to.equal(0);
    expect(model.snapshot().session.learner.byteLength).to.be.below(100);
    expect(model.report().figures).not.to.have.property('network');
  });

  it('are refused by one sentence: unknown, twice, none, without a function, restored without it', async () => {
    const refuse = (experts: unknown, says: string | RegExp) =>
      expect(() => createTextModel({ ...small, experts } as object)).to.throw(ConfigurationError, says);
    refuse(['netwrok'], 'netwrok is none of the experts for text, which are network, counts, match');
    refuse(['counts', 'counts'], '--experts has a name more than once');
    refuse([], 'experts must be a list of names, such as network, counts, match');
    refuse(
      ['counts', { name: 'x' }],
      /^createTextModel: experts must be an array of names and experts, got /,
    );
    refuse('counts', /^createTextModel: experts must be an array of names and experts, got /);
    refuse([{ ...often, name: 'network' }, 'counts'], /^network is the name of an expert that is built in/);
    refuse([{ ...often, name: 'a.b' }], /^a\.b cannot be the name of an expert/);
    const model = createTextModel({ ...small, experts: ['counts', often] });
    await model.partialFit('abc');
    expect(() => restoreTextModel(model.snapshot())).to.throw(
      DataError,
      'often is none of the experts for text',
    );
  });

  it('are refused when they predict what is no distribution, or have a state that cannot be saved', async () => {
    const trained = async (part: object) => {
      const model = createTextModel({ ...small, experts: ['counts', { ...often, ...part }] });
      await model.partialFit('abc');
      return model.snapshot();
    };
    const failing = async (part: object): Promise<Error> => {
      try {
        await trained(part);
      } catch (error) {
        return error as Error;
      }
      throw new Error('it was taken');
    };
    for (const [said, says] of [
      [[0.5, 0.5], 'the expert often must predict a list of 256 probabilities, one a symbol'],
      [new Array(256).fill(0.5), 'the expert often predicts probabilities that sum to 128, and not to 1'],
      [new Array(256).fill(Number.NaN), 'the expert often predicts NaN for symbol 0: no probability'],
      [undefined, 'the expert often must predict a list of 256 probabilities, one a symbol'],
    ] as const) {
      const error = await failing({ predict: () => said });
      expect(error).to.be.instanceOf(DataError);
      expect(error.message).to.equal(says);
    }
    for (const state of [new Map(), { at: new Date() }, { x: Number.NaN }, [() => 1], new Uint8Array(3)]) {
      const error = await failing({ init: () => ({ counts: new Int32Array(256), seen: [], state }) });
      expect(error).to.be.instanceOf(ConfigurationError);
      expect(error.message).to.match(
        /^the state of an expert cannot be saved: experts\.experts\.often\.state.* is /,
      );
    }
    const within: unknown[] = [];
    within.push(within);
    const error = await failing({ init: () => ({ counts: new Int32Array(256), seen: [], state: within }) });
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.match(/ is more than 256 deep: does it contain itself\?/);
    for (const [update, says] of [
      [() => {}, 'and returns nothing'],
      [async (state: unknown) => state, 'and returns a Promise; it is not asynchronous'],
    ] as const) {
      const error = await failing({ update });
      expect(error).to.be.instanceOf(DataError);
      expect(error.message).to.equal(`the expert often must return its state from update, ${says}`);
    }
  });
});
