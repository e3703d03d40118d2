import { expect } from 'chai';
import { DataError, UsageError } from '../../../lib/index.ts';
import { createModel, type RowModel, restoreModel } from '../../../trainers/streams/index.ts';
import { timeAhead } from '../../../trainers/streams/sessions/timeAhead.ts';
import { draws } from '../../support/draws.ts';

/** A model of the numbers, without a network unless asked for, which is quick. */
function modelOf(values: readonly number[], options: object = {}): RowModel<string, number> {
  const model = createModel({
    target: 'y',
    experts: ['linear', 'persistence'],
    ...options,
  }) as unknown as RowModel<string, number>;
  for (const y of values) model.learnOne({ y });
  return model;
}

const noise = (seed: number) => {
  const next = draws(seed);
  return () => next() + next() + next() - 1.5;
};

function walk(steps: number, seed: number): number[] {
  const next = noise(seed);
  let at = 0;
  return Array.from({ length: steps }, () => {
    at += next();
    return at;
  });
}

const widthOf = ({ low, high }: { low: number | null; high: number | null }) =>
  (high ?? Number.NaN) - (low ?? Number.NaN);

describe('intervals of a model of rows', () => {
  it('hold the stated share of outcomes while the noise changes', () => {
    const next = noise(1);
    const values = Array.from({ length: 1500 }, (_, t) => Math.sin(t / 5) + (t < 700 ? 0.1 : 1) * next());
    for (const coverage of [0.8, 0.9]) {
      const model = modelOf(values.slice(0, 1), { coverage });
      let held = 0;
      for (const y of values.slice(1)) {
        const { low, high } = model.predictIntervalOne();
        if (low === null || high === null || (low <= y && y <= high)) held++;
        model.learnOne({ y });
      }
      expect(held / 1499, String(coverage)).to.be.within(coverage - 0.02, coverage + 0.02);
      const interval = model.report().interval;
      expect(interval?.stated).to.equal(coverage);
      expect(interval?.held).to.equal(held / 1499);
    }
  });

  it('are around what predictOne says, and unknown at first', () => {
    const model = modelOf([1, 2]);
    expect(model.predictIntervalOne()).to.deep.equal({
      prediction: model.predictOne(),
      low: null,
      high: null,
    });
    const later = modelOf(walk(50, 2));
    const { prediction, low, high } = later.predictIntervalOne();
    expect(prediction).to.equal(later.predictOne());
    expect(prediction - (low ?? 0)).to.be.closeTo((high ?? 0) - prediction, 1e-9);
  });

  it('are refused for a category, and for a coverage that is none', () => {
    const model = createModel({ target: 'k', categorical: ['k'], experts: ['order-0'] });
    model.learnOne({ k: 'a' });
    expect(() => model.predictIntervalOne()).to.throw(UsageError, 'k is a category');
    for (const coverage of [0, 0.4, 1, 90, Number.NaN])
      expect(() => createModel({ target: 'y', coverage }), String(coverage)).to.throw(
        /coverage must be a number from/,
      );
  });
});

describe('several steps ahead', () => {
  it('begin with the prediction of the next row, and change nothing', () => {
    const model = modelOf(walk(200, 3), { experts: ['linear', 'network'], units: 4 });
    const before = model.snapshot();
    const [first, ...rest] = model.forecast(4);
    expect({ prediction: first.prediction, low: first.low, high: first.high }).to.deep.equal(
      model.predictIntervalOne(),
    );
    expect(rest.map(({ step }) => step)).to.deep.equal([2, 3, 4]);
    expect(model.snapshot()).to.deep.equal(before);
    expect(restoreModel(before).forecast(4)).to.deep.equal(model.forecast(4));
  });

  it('are refused for a late target of the same row, which is not of the next row', () => {
    const model = modelOf(walk(50, 3), { experts: ['linear'], horizon: 0, delay: 1 });
    expect(() => model.forecast(2)).to.throw(UsageError, 'a horizon of 0 and a delay of 1');
  });

  it('follow a pattern to its end', () => {
    const pattern = [3, 1, 4, 1, 5, 9, 2];
    const model = modelOf(Array.from({ length: 700 }, (_, t) => pattern[t % 7]));
    for (const { step, prediction } of model.forecast(14))
      expect(prediction).to.be.closeTo(pattern[(700 + step - 1) % 7], 0.3);
  });

  it('widen like the root of the steps on a random walk, and not on noise', () => {
    const steps = 16;
    const wandering = modelOf(walk(1500, 4), { experts: ['persistence'] }).forecast(steps);
    expect(widthOf(wandering[steps - 1]) / widthOf(wandering[0])).to.be.within(3, 5);
    const next = noise(5);
    const still = modelOf(Array.from({ length: 1500 }, next)).forecast(steps);
    expect(widthOf(still[steps - 1]) / widthOf(still[0])).to.be.within(0.9, 1.2);
  });

  it('have times at the typical pause', () => {
    const model = createModel({ target: 'y', timestamp: 't', experts: ['persistence'] });
    for (let i = 0; i < 40; i++) model.learnOne({ t: 1.7e9 + 3600 * i, y: i % 3 });
    const times = model.forecast(3).map(({ time }) => Math.round(time ?? 0));
    expect(times).to.deep.equal([1.7e9 + 3600 * 40, 1.7e9 + 3600 * 41, 1.7e9 + 3600 * 42]);
  });

  it('are on the same day of later months, where rows come monthly, and at typical pauses else', () => {
    const dates = (first: string, pause: number, steps: number) => {
      const from = Date.parse(first) / 1000;
      return Array.from({ length: steps }, (_, i) =>
        new Date(1000 * timeAhead(from, 86_400 * pause, i + 1)).toISOString().slice(0, 10),
      );
    };
    expect(dates('2019-12-01', 30.42, 3)).to.deep.equal(['2020-01-01', '2020-02-01', '2020-03-01']);
    expect(dates('2019-12-31', 30.44, 2)).to.deep.equal(['2020-01-31', '2020-02-29']);
    expect(dates('2019-10-01', 91.3, 2)).to.deep.equal(['2020-01-01', '2020-04-01']);
    expect(dates('2019-02-01', 365.25, 2)).to.deep.equal(['2020-02-01', '2021-02-01']);
    expect(dates('2019-12-01', 30, 2)).to.deep.equal(['2019-12-31', '2020-01-30']);
    expect(dates('2019-12-01', 7, 2)).to.deep.equal(['2019-12-08', '2019-12-15']);
  });

  it('of a category stay among those that came, also where an input is missing ahead', () => {
    const model = createModel({ target: 'up', categorical: ['up'], columns: ['t'], units: 8 });
    for (let t = 0; t < 300; t++) model.learnOne({ t, up: String((t * 7919) % 10 < 6) });
    for (const { prediction, probability } of model.forecast(12)) {
      expect(prediction).to.be.oneOf(['true', 'false']);
      expect(probability).to.be.within(0.5, 1);
    }
  });

  it('are refused where they mean nothing', () => {
    const late = createModel({ target: 'y', horizon: 3, experts: ['persistence'] });
    late.learnOne({ y: 1 });
    expect(() => late.forecast(2)).to.throw(UsageError, 'this one has a horizon of 3');
    expect(() => createModel({ target: 'y' }).forecast(2)).to.throw(DataError, 'no record yet');
    const model = modelOf([1, 2, 3]);
    for (const steps of [0, -1, 1.5, Number.NaN])
      expect(() => model.forecast(steps)).to.throw(UsageError, 'steps');
    expect(() => model.forecast(10_001)).to.throw(UsageError, 'at most 10000 steps');
  });

  it('continue a pattern of categories, and change nothing', () => {
    const pattern = ['a', 'a', 'b', 'c'];
    const model = createModel({ target: 'k', categorical: ['k'], experts: ['order-2', 'network'], units: 4 });
    for (let t = 0; t < 400; t++) model.learnOne({ k: pattern[t % 4] });
    const before = model.snapshot();
    const ahead = model.forecast(8);
    expect(ahead.map(({ step, prediction }) => [step, prediction])).to.deep.equal(
      ahead.map((_, i) => [i + 1, pattern[i % 4]]),
    );
    expect(ahead[0].probability).to.be.closeTo(model.predictProbaOne().get('a') ?? Number.NaN, 1e-12);
    for (const { probability } of ahead) expect(probability).to.be.within(0.8, 1);
    expect(model.snapshot()).to.deep.equal(before);
    expect(restoreModel(before).forecast(8)).to.deep.equal(ahead);
  });

  it('know less of categories further ahead: a chain forgets where it began', () => {
    const next = draws(6);
    const model = createModel({ target: 'k', categorical: ['k'], experts: ['order-1'] });
    // The category stays with a probability of 0.9; after k steps it is the same with (1 + 0.8^k) / 2.
    let k = 0;
    for (let t = 0; t < 4000; t++) {
      if (next() < 0.1) k = 1 - k;
      model.learnOne({ k: 'ab'[k] });
    }
    const ahead = model.forecast(6);
    for (const { step, prediction, probability } of ahead) {
      expect(prediction).to.equal('ab'[k]);
      expect(probability).to.be.closeTo((1 + 0.8 ** step) / 2, 0.05);
    }
  });
});
