import { expect } from 'chai';
import fc from 'fast-check';
import { createAdwin } from '../../cli/stream/adwin.ts';
import { createCalibration } from '../../cli/stream/calibration.ts';
import { createCounts } from '../../cli/stream/counts.ts';
import { createEvaluation } from '../../cli/stream/evaluation.ts';
import { createLinearModel } from '../../cli/stream/linearModel.ts';
import { bitsOf, markOf, mostProbable } from '../../cli/stream/logits.ts';
import { createCountModels, symbolScores } from '../../cli/stream/scores.ts';
import { createPairs } from '../../cli/stream/trail.ts';
import { DataError } from '../../lib/index.ts';
import { draws } from './draws.ts';

/** What went through JSON, as in a checkpoint. */
function reread<T>(saved: T): T {
  return JSON.parse(JSON.stringify(saved));
}

const settings = { seed: 1, numRuns: 100 };

describe('cli: the evaluation of a stream', () => {
  describe('marks of logits', () => {
    it('have the probability of the most probable class, whichever came', () => {
      const logits = fc.array(fc.double({ min: -800, max: 800, noNaN: true }), { minLength: 2, maxLength: 6 });
      fc.assert(
        fc.property(logits, fc.nat(), (values, any) => {
          const came = any % values.length;
          const most = Math.max(...values);
          const expected = 1 / values.reduce((sum, value) => sum + Math.exp(value - most), 0);
          const { best, error } = markOf(values, came, [bitsOf(values, came)]);
          expect(best?.confidence).to.be.closeTo(expected, 1e-9);
          expect(best?.isRight).to.equal(values.indexOf(most) === came);
          expect(error).to.equal(best?.isRight ? 0 : 1);
        }),
        settings,
      );
    });
  });

  describe('calibration', () => {
    const predictions = fc.array(fc.tuple(fc.double({ min: 1e-9, max: 1, noNaN: true }), fc.boolean()), {
      minLength: 1,
      maxLength: 120,
    });

    /** Σ over bins of their share times |accuracy - confidence|, word for word. */
    function direct(all: readonly (readonly [number, boolean])[]): number {
      const bins = Array.from({ length: 15 }, (_, bin) => all.filter(([confidence]) => Math.ceil(confidence * 15) === bin + 1));
      return bins.reduce((sum, group) => {
        if (group.length === 0) return sum;
        const accuracy = group.filter(([, isRight]) => isRight).length / group.length;
        const confidence = group.reduce((total, [each]) => total + each, 0) / group.length;
        return sum + (group.length / all.length) * Math.abs(accuracy - confidence);
      }, 0);
    }

    it('is the expected calibration error, of all predictions and of the last ones, also when it goes on from a checkpoint', () => {
      fc.assert(
        fc.property(predictions, fc.nat(), (all, any) => {
          const cut = any % all.length;
          const straight = createCalibration(10);
          let resumed = createCalibration(10);
          for (const [i, [confidence, isRight]] of all.entries()) {
            if (i === cut) resumed = createCalibration(10, reread(resumed.save()));
            straight.add(confidence, isRight);
            resumed.add(confidence, isRight);
          }
          const { mean, recent } = straight.calibrationError();
          expect(mean).to.be.closeTo(direct(all), 1e-12);
          expect(recent).to.be.closeTo(direct(all.slice(-10)), 1e-12);
          const right = all.slice(-10).filter(([, isRight]) => isRight).length;
          expect(straight.accuracy().recent).to.be.closeTo(right / Math.min(10, all.length), 1e-12);
          expect(resumed.calibrationError()).to.deep.equal(straight.calibrationError());
          expect(resumed.accuracy()).to.deep.equal(straight.accuracy());
          const bins = straight.reliability();
          expect(bins.reduce((sum, { count }) => sum + count, 0)).to.equal(all.length);
          for (const { from, to, confidence } of bins) expect(confidence).to.be.within(from - 1e-12, to + 1e-12);
          expect(resumed.save()).to.deep.equal(straight.save());
        }),
        settings,
      );
    });

    it('tells of each bin what it holds, and of no other one', () => {
      const calibration = createCalibration(2);
      for (const [confidence, isRight] of [
        [0.21, true],
        [0.25, false],
        [0.26, false],
        [1, true],
      ] as const)
        calibration.add(confidence, isRight);
      const [low, high, ...others] = calibration.reliability();
      expect(others).to.deep.equal([]);
      expect([low.from, low.to, low.count, low.accuracy]).to.deep.equal([3 / 15, 4 / 15, 3, 1 / 3]);
      expect(low.confidence).to.be.closeTo(0.24, 1e-12);
      expect(high).to.deep.equal({ from: 14 / 15, to: 1, count: 1, confidence: 1, accuracy: 1 });
      expect(calibration.save().latest).to.deep.equal([-0.26, 1]);
      const [empty] = [createCalibration(2)];
      expect([empty.reliability(), empty.accuracy(), empty.calibrationError()]).to.deep.equal([
        [],
        { mean: 0, recent: 0 },
        { mean: 0, recent: 0 },
      ]);
      expect(empty.save().latest).to.deep.equal([]);
    });

    it('refuses what none saved', () => {
      const saved = createCalibration(2).save();
      expect(() => createCalibration(2, { ...saved, bins: [[1, null as never, 0]] })).to.throw(
        DataError,
        /a sum of confidences null is not a number$/,
      );
      expect(() => createCalibration(2, { ...saved, latest: [0.5, -1.5] })).to.throw(
        DataError,
        /a confidence -1.5 is not a number$/,
      );
    });

    it('is small for a forecaster who means what he says, and 0.3 for one who boasts by 0.3', () => {
      const next = draws(5);
      const [honest, boasting] = [createCalibration(100), createCalibration(100)];
      for (let i = 0; i < 20_000; i++) {
        const probability = 0.2 + 0.5 * next();
        const isRight = next() < probability;
        honest.add(probability, isRight);
        boasting.add(probability + 0.3, isRight);
      }
      expect(honest.calibrationError().mean).to.be.below(0.02);
      expect(boasting.calibrationError().mean).to.be.closeTo(0.3, 0.02);
    });
  });

  describe('the linear model', () => {
    const value = fc.double({ min: -10, max: 10, noNaN: true });
    const examples = fc.array(fc.tuple(fc.array(value, { minLength: 2, maxLength: 2 }), value), { minLength: 1, maxLength: 40 });

    it('solves weighted least squares with a ridge: the gradient vanishes', () => {
      fc.assert(
        fc.property(examples, (all) => {
          const model = createLinearModel(2);
          for (const [inputs, y] of all) model.learn(inputs, y);
          const constant = model.predict([0, 0]);
          const weights = [model.predict([1, 0]) - constant, model.predict([0, 1]) - constant, constant];
          // Σ λ^(t-i) (y - w·x) x = δ w, with λ = 0.999 and δ = 0.01.
          for (const j of [0, 1, 2]) {
            const left = all.reduce((sum, [inputs, y], i) => {
              const x = [...inputs, 1];
              return sum + 0.999 ** (all.length - 1 - i) * (y - x.reduce((dot, each, k) => dot + each * weights[k], 0)) * x[j];
            }, 0);
            expect(left).to.be.closeTo(0.01 * weights[j], 1e-6);
          }
        }),
        settings,
      );
    });

    it('foresees a wave from two values, and its predictions stay sane through 100,000 values that are all the same', () => {
      const model = createLinearModel(2);
      const wave = (i: number) => Math.sin(i / 2);
      for (let i = 2; i < 2000; i++) model.learn([wave(i - 1), wave(i - 2)], wave(i));
      expect(model.predict([wave(1999), wave(1998)])).to.be.closeTo(wave(2000), 1e-3);
      for (let i = 0; i < 1e5; i++) model.learn([1, 1], 1);
      expect(model.predict([1, 1])).to.be.closeTo(1, 1e-3);
      expect(Math.abs(model.predict([5, -5]))).to.be.below(20);
    });

    it('goes on from a checkpoint bit for bit', () => {
      const next = draws(3);
      const straight = createLinearModel(3);
      let resumed = createLinearModel(3);
      for (let i = 0; i < 300; i++) {
        if (i % 70 === 0) resumed = createLinearModel(3, reread(resumed.save()));
        const [x, y] = [[next(), next(), next()], next()];
        expect(resumed.predict(x)).to.equal(straight.predict(x));
        straight.learn(x, y);
        resumed.learn(x, y);
      }
    });
  });

  describe('the linear model, saved', () => {
    it('is refused where it is none', () => {
      const model = createLinearModel(1);
      for (const i of [1, 2, 3, 4]) model.learn([i], 2 * i);
      const saved = model.save();
      expect(createLinearModel(1, saved).predict([5])).to.equal(model.predict([5]));
      for (const [part, says] of [
        [{ matrix: [1, 2] }, /the matrix of the linear model has 2 entries, not 3$/],
        [{ vector: [1] }, /the vector of the linear model has 1 entries, not 2$/],
        [{ matrix: [1, null, 1] }, /a sum of the linear model null is not a number$/],
        [{ vector: [1, 1e121] }, /a sum of the linear model 1e\+121 is not a number$/],
        // Not positive definite.
        [{ matrix: [1, 3, 1] }, /a weight of the linear model null is not a number$/],
      ] as const)
        expect(() => createLinearModel(1, { ...saved, ...part } as never), JSON.stringify(part)).to.throw(DataError, says);
    });
  });

  describe('the search for drift', () => {
    /** By how much the mean of the last 32 of 64 numbers that scatter by ±`within` has to be larger to be taken for a change. */
    function leastRise(within: number): number {
      const d = Math.log((2 * Math.log(64)) / 0.002);
      const isEnough = (rise: number) => rise > Math.sqrt((2 * (within ** 2 + rise ** 2 / 4) * d) / 16) + (2 * d) / (3 * 16);
      let [low, high] = [0, 2];
      while (high - low > 1e-9) {
        const middle = (low + high) / 2;
        [low, high] = isEnough(middle) ? [low, middle] : [middle, high];
      }
      return high;
    }

    it('finds exactly the changes that are larger than the bound', () => {
      for (const within of [0, 0.02, 0.05]) {
        const least = leastRise(within);
        const values = (rise: number) =>
          Array.from({ length: 64 }, (_, i) => 0.1 + (i % 2 === 0 ? within : -within) + (i < 32 ? 0 : rise));
        expect(changes(values(least * 0.999))).to.deep.include({ risen: [], fallen: [] });
        expect(changes(values(least * 1.001))).to.deep.include({ risen: [64], fallen: [] });
        // What was dropped is the part before the change.
        const adwin = createAdwin();
        for (const value of values(least * 1.001)) adwin.add(value);
        expect(adwin.save().buckets.reduce((sum, [count]) => sum + count, 0)).to.equal(32);
        expect(changes(values(least * 1.001).reverse())).to.deep.include({ risen: [], fallen: [64] });
      }
    });

    it('has five buckets of a size at most, the oldest ones joined first', () => {
      const adwin = createAdwin();
      const sizes: number[][] = [];
      for (let i = 0; i < 20; i++) {
        adwin.add(0.5);
        sizes.push(adwin.save().buckets.map(([count]) => count));
      }
      expect([sizes[4], sizes[5], sizes[6], sizes[7]]).to.deep.equal([
        [1, 1, 1, 1, 1],
        [2, 1, 1, 1, 1],
        [2, 1, 1, 1, 1, 1],
        [2, 2, 1, 1, 1, 1],
      ]);
      expect(sizes[15]).to.deep.equal([4, 2, 2, 2, 2, 1, 1, 1, 1]);
    });

    it('goes on from what it saved, and refuses what none saved', () => {
      const values = [...coins(3, [200, 0.2], [300, 0.8])];
      const straight = createAdwin();
      let resumed = createAdwin();
      const found = values.map((value, i) => {
        if (i % 50 === 9) resumed = createAdwin(reread(resumed.save()));
        const change = straight.add(value);
        expect(resumed.add(value)).to.equal(change);
        return change;
      });
      expect(found.filter((change) => change !== undefined)).to.deep.equal(['risen']);
      expect(resumed.save()).to.deep.equal(straight.save());
      expect(straight.save().added).to.equal(500);
      expect(() => createAdwin({ added: -1, buckets: [] })).to.throw(DataError, /a number of errors -1 is not a whole number/);
      expect(() => createAdwin({ added: 1, buckets: [[1, 'x' as never, 0]] })).to.throw(
        DataError,
        /a sum of errors "x" is not a number$/,
      );
    });

    /** After which of the numbers the mean was found to have risen and fallen. */
    function changes(values: Iterable<number>): { risen: number[]; fallen: number[]; buckets: number } {
      const adwin = createAdwin();
      const found = { risen: [] as number[], fallen: [] as number[] };
      let at = 0;
      for (const value of values) {
        at++;
        const change = adwin.add(value);
        if (change !== undefined) found[change].push(at);
      }
      return { ...found, buckets: adwin.save().buckets.length };
    }

    function* coins(seed: number, ...parts: readonly (readonly [length: number, probability: number])[]): Generator<number> {
      const next = draws(seed);
      for (const [length, probability] of parts) for (let i = 0; i < length; i++) yield next() < probability ? 1 : 0;
    }

    it('finds a rise and a fall soon after they come, once, and says which it was', () => {
      for (const seed of [1, 2, 3, 4, 5]) {
        const { risen, fallen } = changes(coins(seed, [3000, 0.2], [3000, 0.5], [3000, 0.1]));
        expect(risen).to.have.length(1);
        expect(risen[0]).to.be.within(3001, 3200);
        expect(fallen).to.have.length(1);
        expect(fallen[0]).to.be.within(6001, 6200);
      }
    });

    it('finds nothing where nothing changes, in a memory of log n', () => {
      for (const seed of [11, 12, 13, 14])
        for (const probability of [0.02, 0.3, 0.7]) {
          const { risen, fallen, buckets } = changes(coins(seed, [30_000, probability]));
          expect([risen, fallen]).to.deep.equal([[], []]);
          expect(buckets).to.be.below(5 * Math.log2(30_000));
        }
      // Nor in numbers between 0 and 1, nor in constants.
      const next = draws(19);
      expect(changes(Array.from({ length: 30_000 }, () => next() ** 2)).risen).to.deep.equal([]);
      expect(changes(new Array(5000).fill(0.25)).risen).to.deep.equal([]);
    });

    it('keeps the count, the mean and the squares of what is in its window', () => {
      const values = [...coins(7, [500, 0.4])];
      const adwin = createAdwin();
      for (const value of values) adwin.add(value);
      const { buckets } = adwin.save();
      const mean = values.reduce((a, b) => a + b) / values.length;
      expect(buckets.reduce((sum, [count]) => sum + count, 0)).to.equal(values.length);
      expect(buckets.reduce((sum, [count, own]) => sum + count * own, 0) / values.length).to.be.closeTo(mean, 1e-12);
      const squares = buckets.reduce((sum, [count, own, within]) => sum + within + count * (own - mean) ** 2, 0);
      expect(squares).to.be.closeTo(
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
        1e-9,
      );
    });
  });

  it('reports the record of the last rise, and goes on from a checkpoint bit for bit', () => {
    const next = draws(21);
    const straight = createEvaluation('bits', ['network', 'other'], 50);
    let resumed = createEvaluation('bits', ['network', 'other'], 50);
    for (let record = 1; record <= 4000; record++) {
      if (record % 333 === 0) resumed = createEvaluation('bits', ['network', 'other'], 50, reread(resumed.save()));
      const logits = [record < 3000 ? 2 : -1, 0];
      const came = next() < 0.9 ? 0 : 1;
      const mark = markOf(logits, came, [bitsOf(logits, came), 1]);
      straight.add(mark, record);
      resumed.add(mark, record);
    }
    const { drift, figures, scored } = straight.report();
    expect(drift.count).to.equal(1);
    expect(drift.last).to.be.within(3000, 3100);
    expect(scored).to.equal(4000);
    expect(figures.network.accuracy?.recent).to.be.closeTo(0.1, 0.1);
    expect(figures.other).to.have.all.keys('mean', 'recent');
    expect(JSON.stringify(resumed.save())).to.equal(JSON.stringify(straight.save()));
    expect(resumed.report()).to.deep.equal(straight.report());
    expect(straight.report()).to.have.all.keys('unit', 'scored', 'figures', 'drift', 'reliability');
  });

  it('has absolute errors of numbers, and nothing of what only categories have', () => {
    const names = ['network', 'other'];
    const straight = createEvaluation('squared error', names, 3);
    let resumed = createEvaluation('squared error', names, 3);
    for (let record = 1; record <= 10; record++) {
      const mark = { scores: [record ** 2, 4], absoluteErrors: [record, 2], error: 0 };
      straight.add(mark, record);
      resumed = createEvaluation('squared error', names, 3, reread(resumed.save()));
      resumed.add(mark, record);
    }
    expect(straight.report()).to.deep.equal({
      unit: 'squared error',
      scored: 10,
      figures: {
        network: { mean: 38.5, recent: 245 / 3, absoluteError: { mean: 5.5, recent: 9 } },
        other: { mean: 4, recent: 4, absoluteError: { mean: 2, recent: 2 } },
      },
      drift: { count: 0, last: null },
    });
    expect(resumed.report()).to.deep.equal(straight.report());
    expect(straight.save()).to.have.all.keys('scores', 'absolute', 'adwin', 'drift');
    const broken = { ...straight.save(), drift: { count: 1, last: -4 } };
    expect(() => createEvaluation('squared error', names, 3, broken)).to.throw(
      DataError,
      /of the drift, a number -4 is not a whole number/,
    );
  });

  it('compares symbols with counting models of order 0, 1 and 2, which go on from what they saved', () => {
    expect(symbolScores).to.deep.equal(['network', 'order-0 model', 'order-1 model', 'order-2 model']);
    let models = createCountModels(4);
    const own = [0, 1, 2].map((order) => createCounts(4, order));
    for (const symbol of [0, 1, 2, 0, 1, 2, 3, 3, 0, 1]) {
      expect(models.observe(symbol)).to.deep.equal(own.map((model) => model.observe(symbol)));
      models = createCountModels(4, reread(models.save()));
    }
  });

  it('remembers the latest pairs, the oldest first', () => {
    const pairs = createPairs();
    expect([pairs.came(), pairs.said()]).to.deep.equal([[], []]);
    for (let i = 0; i < 240; i++) pairs.add(i, -i);
    expect([pairs.came()[0], pairs.came().length, pairs.said()[239]]).to.deep.equal([0, 240, -239]);
    for (let i = 240; i < 250; i++) pairs.add(i, -i);
    expect(pairs.came()).to.deep.equal(Array.from({ length: 240 }, (_, i) => 10 + i));
    expect(pairs.said()).to.deep.equal(Array.from({ length: 240 }, (_, i) => -10 - i));
  });

  it('takes the first of equally probable classes', () => {
    expect([mostProbable([1, 3, 3, 2]), mostProbable([0, 0])]).to.deep.equal([1, 0]);
  });
});
