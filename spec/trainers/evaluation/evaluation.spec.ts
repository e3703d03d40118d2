import { expect } from 'chai';
import fc from 'fast-check';
import { DataError } from '../../../lib/index.ts';
import { createCalibration } from '../../../trainers/evaluation/calibration.ts';
import { createEvaluation } from '../../../trainers/evaluation/evaluation.ts';
import { bitsOf, markOf, mostProbable } from '../../../trainers/evaluation/logits.ts';
import { createPairs } from '../../../trainers/evaluation/trail.ts';
import { draws } from '../../support/draws.ts';

/** A copy through JSON, as in a checkpoint. */
function reread<T>(saved: T): T {
  return JSON.parse(JSON.stringify(saved));
}

const settings = { seed: 1, numRuns: 100 };

describe('trainers/evaluation: the evaluation of a stream', () => {
  describe('marks of logits', () => {
    it('have the probability of the most probable class, whichever came', () => {
      const logits = fc.array(fc.double({ min: -800, max: 800, noNaN: true }), {
        minLength: 2,
        maxLength: 6,
      });
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
      const bins = Array.from({ length: 15 }, (_, bin) =>
        all.filter(([confidence]) => Math.ceil(confidence * 15) === bin + 1),
      );
      return bins.reduce((sum, group) => {
        if (group.length === 0) return sum;
        const accuracy = group.filter(([, isRight]) => isRight).length / group.length;
        const confidence = group.reduce((total, [each]) => total + each, 0) / group.length;
        return sum + (group.length / all.length) * Math.abs(accuracy - confidence);
      }, 0);
    }

    it('is the expected calibration error, of all predictions and of the last ones, also when resumed from a checkpoint', () => {
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
          for (const { from, to, confidence } of bins)
            expect(confidence).to.be.within(from - 1e-12, to + 1e-12);
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
      expect(() =>
        createCalibration(2, { ...saved, bins: saved.bins.with(0, [1, null as never, 0]) }),
      ).to.throw(DataError, /a sum of confidences null is not a number$/);
      expect(() => createCalibration(2, { ...saved, latest: [0.5, -1.5] })).to.throw(
        DataError,
        /the list of confidences has 2 entries, not 0$/,
      );
      const calibration = createCalibration(2);
      calibration.add(0.5, true);
      expect(() => createCalibration(2, { ...calibration.save(), latest: [-1.5] })).to.throw(
        DataError,
        /a confidence -1.5 is not a number from -1 to 1$/,
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

  it('reports the record of the last rise, and resumes from a checkpoint bit for bit', () => {
    const next = draws(21);
    const straight = createEvaluation('bits', ['network', 'other'], 50);
    let resumed = createEvaluation('bits', ['network', 'other'], 50);
    for (let record = 1; record <= 4000; record++) {
      if (record % 333 === 0)
        resumed = createEvaluation('bits', ['network', 'other'], 50, reread(resumed.save()));
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
    expect(figures.network.accuracy?.mean).to.be.closeTo(0.7, 0.02);
    expect(figures.other).to.have.all.keys('mean', 'recent');
    expect(JSON.stringify(resumed.save())).to.equal(JSON.stringify(straight.save()));
    expect(resumed.report()).to.deep.equal(straight.report());
    expect(straight.report()).to.have.all.keys('unit', 'scored', 'figures', 'drift', 'better', 'reliability');
    // At the end the network is wrong, and the other one takes a bit.
    expect(straight.report().better?.name).to.equal('other');
    expect(straight.report().better?.recent).to.be.closeTo(1, 1e-9);
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
      better: { name: 'other', recent: 4, served: 245 / 3 },
    });
    expect(resumed.report()).to.deep.equal(straight.report());
    expect(straight.save()).to.have.all.keys('scores', 'absolute', 'adwin', 'drift');
    const broken = { ...straight.save(), drift: { count: 1, last: -4 } };
    expect(() => createEvaluation('squared error', names, 3, broken)).to.throw(
      DataError,
      /of the drift, a number -4 is not a whole number/,
    );
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
