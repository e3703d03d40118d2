import { expect } from 'chai';
import { ConfigurationError, DataError, NonFiniteError } from '../../../lib/index.ts';
import {
  type CategoryExpert,
  createModel,
  type NumberExpert,
  restoreModel,
} from '../../../trainers/index.ts';

/** The mean of the latest two values. */
const pair: NumberExpert<{ asked: number; latest: number[] }> = {
  name: 'mean of two',
  init: () => ({ asked: 0, latest: [] }),
  predict: (_, { lags, mean }) => (lags.length === 0 ? mean : (lags[0] + lags[1]) / 2),
  update: ({ asked, latest }, _, answer) => ({ asked: asked + 1, latest: [...latest, answer].slice(-2) }),
};

/** Half of the probability on the category that came most often. */
const often: CategoryExpert<{ counts: Float64Array }> = {
  name: 'often',
  init: () => ({ counts: new Float64Array(4) }),
  predict({ counts }) {
    const best = counts.indexOf(Math.max(...counts));
    return Array.from(counts, (_, i) => (i === best ? 0.625 : 0.125));
  },
  update(state, _, category) {
    state.counts[category]++;
    return state;
  },
};

const records = Array.from({ length: 60 }, (_, i) => ({
  y: i % 9 === 4 ? null : Math.sin(i / 3) + i / 20,
  k: 'aabac'[i % 5],
}));
const small = { units: 2, seed: 3, categories: 4 } as const;
const ofNumber = { target: 'y', ...small } as const;
const ofCategory = { target: 'k', categorical: ['k'], ...small } as const;

describe('trainers/streams: experts of rows of one’s own', () => {
  it('predict beside the built-in ones or alone, with a score and a weight, and resume bit for bit', () => {
    for (const [options, experts] of [
      [ofNumber, [pair]],
      [ofNumber, ['persistence', pair, 'mean']],
      [ofNumber, ['linear', 'network', pair]],
      [ofCategory, [often]],
      [ofCategory, ['order-1', often, 'network']],
    ] as const) {
      const model = createModel({ ...options, experts });
      model.partialFit(records.slice(0, 25) as never);
      const own = experts.filter((expert) => typeof expert !== 'string');
      const again = restoreModel(structuredClone(model.snapshot()), { experts: own });
      for (const each of [model, again]) each.partialFit(records.slice(25) as never);
      expect(again.report()).to.deep.equal(model.report());
      expect(again.predictOne()).to.equal(model.predictOne());
      expect(again.snapshot()).to.deep.equal(model.snapshot());
      const { figures, weights } = model.report();
      const [{ name }] = own;
      if (experts.length > 1) {
        expect(figures).to.have.property(name);
        expect(Object.values(weights ?? {}).reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
        expect(weights?.[name]).to.be.above(0);
      }
    }
  });

  it('are what is predicted where they are alone', () => {
    const model = createModel({ ...ofNumber, experts: [pair] });
    for (const y of [3, 5, 9]) model.learnOne({ y });
    expect(model.predictOne()).to.equal(7);
    expect(model.forecast(2).map(({ prediction }) => prediction)).to.deep.equal([7, 8]);
  });

  it('win where they know more: the weight goes to the best', () => {
    const model = createModel({ ...ofNumber, experts: ['persistence', 'mean', pair] });
    // The next value is the mean of the last two, plus noise that cannot be predicted.
    let [a, b] = [0, 1];
    for (let i = 0; i < 400; i++) {
      [a, b] = [b, (a + b) / 2 + Math.sin(i * i)];
      model.learnOne({ y: b });
    }
    const { weights = {}, figures } = model.report();
    expect(weights[pair.name]).to.be.above(0.9);
    expect(figures[pair.name].mean).to.be.below(figures.persistence.mean);
  });

  it('are refused for their names, by one sentence', () => {
    const refuse = (experts: readonly unknown[], says: string, options: object = ofNumber) =>
      expect(() => createModel({ ...options, experts } as never), says)
        .to.throw(ConfigurationError, says)
        .with.property('message')
        .that.does.not.include('\n');
    refuse(['network', { ...pair, name: 'linear' }], 'linear is the name of an expert that is built in');
    for (const name of [
      'combination',
      'without the network',
      'order 3',
      '',
      '1st',
      'a.b',
      'x'.repeat(41),
      'a\nb',
    ])
      refuse([{ ...pair, name }], 'cannot be the name of an expert');
    refuse([pair, pair], '--experts has a name more than once');
    refuse(['means'], 'means is none of the experts for a number, which are');
    refuse(['order-1'], 'order-1 is none of the experts for a number, which are');
    refuse(['linear'], 'linear is none of the experts for a category, which are', ofCategory);
    refuse([{ name: 'x' }], 'createModel: experts must be an array of names and experts, got ');
    refuse([{ ...pair, predict: 3 }], 'createModel: experts must be an array of names and experts, got ');
  });

  it('are needed again where a model is restored', () => {
    const model = createModel({ ...ofNumber, experts: ['persistence', pair] });
    model.learnOne({ y: 1 });
    expect(() => restoreModel(model.snapshot())).to.throw(
      DataError,
      'mean of two is none of the experts for a number',
    );
    expect(() => restoreModel(model.snapshot(), { experts: [{ ...pair, name: 'other' }] })).to.throw(
      DataError,
      'mean of two is none of the experts for a number',
    );
  });

  it('are refused where they predict no number, no distribution, or throw; what came before stays', () => {
    const failing = (options: object, part: object, record: object): Error => {
      const expert = 'k' in record ? often : pair;
      const model = createModel({ ...options, experts: [{ ...expert, ...part }] } as never) as ReturnType<
        typeof createModel
      >;
      try {
        for (let i = 0; i < 4; i++) model.learnOne(record);
        model.predictOne();
      } catch (error) {
        return error as Error;
      }
      throw new Error('it was taken');
    };
    for (const said of [Number.NaN, Number.POSITIVE_INFINITY, -Infinity, undefined, '3', [1]]) {
      const error = failing(ofNumber, { predict: () => said }, { y: 2 });
      expect(error, String(said)).to.satisfy(
        (refused: Error) => refused instanceof DataError || refused instanceof NonFiniteError,
      );
      expect(error.message).to.match(/^the expert mean of two predicts [^\n]+$/);
    }
    for (const [said, says] of [
      [[0.5, 0.5], 'the expert often must predict a list of 4 probabilities, one a category'],
      [[1, 1, 1, 1], 'the expert often predicts probabilities that sum to 4, and not to 1'],
      [[2, -1, 0, 0], 'the expert often predicts -1 for category 1: no probability'],
      [[Number.NaN, 0, 0, 1], 'the expert often predicts NaN for category 0: no probability'],
      [3, 'the expert often must predict a list of 4 probabilities, one a category'],
    ] as const) {
      const error = failing(ofCategory, { predict: () => said }, { k: 'a' });
      expect(error).to.be.instanceOf(DataError);
      expect(error.message).to.equal(says);
    }
  });

  it('have a state of plain data, or cannot be saved', () => {
    for (const state of [new Map(), { at: new Date() }, { x: Number.NaN }, [() => 1]]) {
      const model = createModel({
        ...ofNumber,
        experts: [
          { ...pair, init: () => ({ asked: 0, latest: [], state }), update: (own: unknown) => own } as never,
        ],
      });
      model.learnOne({ y: 1 });
      model.learnOne({ y: 2 });
      expect(() => model.snapshot()).to.throw(ConfigurationError, /the state of an expert cannot be saved/);
    }
  });
});
