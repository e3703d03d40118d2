import { expect } from 'chai';
import { DataError } from '../../../lib/index.ts';
import { bitsOf } from '../../../trainers/evaluation/logits.ts';
import { createPairs } from '../../../trainers/evaluation/trail.ts';
import { categoryScores } from '../../../trainers/streams/categoryScores.ts';
import type { RowData } from '../../../trainers/streams/config.ts';
import { createLate } from '../../../trainers/streams/late.ts';
import { numberScores } from '../../../trainers/streams/numberScores.ts';
import { createRowCoder } from '../../../trainers/streams/rowCoder.ts';
import type { SavedNumberModels } from '../../../trainers/streams/targetScores.ts';
import { rows } from '../../cli/sessions.ts';

const reread = <T>(saved: T): T => JSON.parse(JSON.stringify(saved));

describe('trainers/streams: targets that are late', () => {
  const data: RowData = { ...rows, columns: ['z'], categorical: [], target: 'y', delay: 2 };

  it('are those of the rows before, none at first and none again after forgetting', () => {
    const late = createLate(data);
    const known = [5, 6, null, 8, 9].map((y, i) => {
      const row = [i, y];
      const peeked = late.peek(row);
      expect(late.peek(row)).to.deep.equal(peeked);
      expect(late.know(row)).to.deep.equal(peeked);
      return peeked;
    });
    expect(known).to.deep.equal([
      [0, null],
      [1, null],
      [2, 5],
      [3, 6],
      [4, null],
    ]);
    expect(late.save()).to.deep.equal([8, 9]);
    const resumed = createLate(data, reread(late.save()));
    expect(resumed.know([5, 1])).to.deep.equal([5, 8]);
    late.forget();
    expect([late.save(), late.know([5, 1])]).to.deep.equal([[], [5, null]]);
  });

  it('are the ones of their own row when nothing is late', () => {
    const { delay: _, ...prompt } = data;
    const late = createLate(prompt);
    for (const row of [
      [1, 5],
      [2, null],
    ])
      expect(late.know(row)).to.deep.equal(row);
    expect(late.save()).to.deep.equal([]);
  });

  it('may be categories and missing ones, and nothing else', () => {
    for (const saved of [[null], ['x'], [3]]) expect(createLate(data, saved).save()).to.deep.equal(saved);
    for (const wrong of [true, Number.NaN, {}, undefined])
      expect(() => createLate(data, [1, wrong as never])).to.throw(
        DataError,
        /a late target .* is not a number/,
      );
  });
});

describe('trainers/streams: how numbers are judged', () => {
  /** After the values 2, 4, 6 of the column `a`. */
  function judge() {
    const coder = createRowCoder(rows);
    const scores = numberScores(rows, coder, undefined);
    const note = (value: number | null) => {
      scores.note([value, null]);
      coder.learn([value, null]);
    };
    for (const value of [2, 4, 6]) note(value);
    return { coder, scores, note };
  }

  it('by their squared error, and by how many deviations they are off, one at most', () => {
    const { scores } = judge();
    const standing = scores.standing();
    const deviation = Math.sqrt(8 / 3);
    expect(standing.mean).to.equal(4);
    expect(standing.deviation).to.be.closeTo(deviation, 1e-12);
    expect(standing.predictions).to.deep.equal([6, 4, 4]);
    expect(standing.lags).to.have.length(8);
    for (const [i, lag] of [2, 0, -2, 0, 0, 0, 0, 0].entries())
      expect(standing.lags[i]).to.be.closeTo(lag / deviation, 1e-12);
    expect(scores.goalOf([7, null], standing)?.[0 as never]).to.be.closeTo(3 / deviation, 1e-12);
    expect(scores.goalOf([null, 'x'], standing)).to.equal(undefined);
    // The network says one deviation above the mean, and 4.5 comes.
    const mark = scores.score(standing, [1], [4.5, null]);
    const own = deviation - 0.5;
    const errors = [own, 1.5, 0.5, 0.5];
    for (const [i, error] of errors.entries()) {
      expect(mark?.absoluteErrors?.[i]).to.be.closeTo(error, 1e-12);
      expect(mark?.scores[i]).to.be.closeTo(error ** 2, 1e-12);
    }
    expect(mark?.error).to.be.closeTo(own / deviation, 1e-12);
    expect(scores.score(scores.standing(), [1], [50, null])?.error).to.equal(1);
    const [came, said] = scores.pairOf(mark as never, standing, [1], [4.5, null]);
    expect([came, said]).to.deep.equal([4.5, 4 + standing.deviation]);
    expect(scores.names).to.deep.equal([
      'network',
      'persistence',
      'running mean',
      'linear model of the last 8',
    ]);
  });

  it('not at all before the first one, and with the one before where one is missing', () => {
    const scores = numberScores(rows, createRowCoder(rows), undefined);
    scores.note([null, 'x']);
    const nothing = scores.standing();
    expect(nothing).to.deep.equal({ mean: 0, deviation: 1, predictions: [], lags: [] });
    expect(scores.score(nothing, [1], [3, null])).to.equal(undefined);
    const later = judge();
    for (const value of [1, null, null, 5, 7, 9, 8]) later.note(value);
    expect(later.scores.save()).to.have.property('lags').that.deep.equals([8, 9, 7, 5, 1, 1, 1, 6]);
    later.note(null);
    expect(later.scores.save()).to.have.property('lags').that.deep.equals([8, 8, 9, 7, 5, 1, 1, 1]);
  });

  it('next to a linear model that learns from what comes', () => {
    const coder = createRowCoder(rows);
    const scores = numberScores(rows, coder, undefined);
    let error = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 400; i++) {
      const row = [Math.sin(i / 2), null];
      const mark = scores.score(scores.standing(), [0], row);
      error = mark?.absoluteErrors?.[3] ?? error;
      scores.note(row);
      coder.learn(row);
    }
    expect(error).to.be.below(0.01);
  });

  it('with a standing that one of them can have given', () => {
    const { scores } = judge();
    const good = scores.standing();
    scores.requireOwn(good);
    scores.requireOwn({ ...good, predictions: [], lags: [] });
    for (const [part, says] of [
      [{ deviation: null }, /what a row is compared with null is not a number/],
      [{ predictions: [1, 2, 1e121] }, /what a row is compared with 1e\+121 is not a number/],
      [{ predictions: [1, 2] }, /the list of predictions has 2 entries, not 3$/],
      [{ predictions: [] }, /the list of latest values has 8 entries, not 0$/],
      [{ lags: [] }, /the list of latest values has 0 entries, not 8$/],
      [{ lags: [...good.lags.slice(1), 'x'] }, /what a row is compared with "x" is not a number/],
    ] as const)
      expect(() => scores.requireOwn({ ...good, ...part } as never)).to.throw(DataError, says);
    const saved = scores.save() as SavedNumberModels;
    expect(numberScores(rows, createRowCoder(rows), saved).save()).to.deep.equal(saved);
    expect(() => numberScores(rows, createRowCoder(rows), { ...saved, lags: [null as never] })).to.throw(
      DataError,
      /a latest value null/,
    );
    expect(() => numberScores(rows, createRowCoder({ ...rows, target: 'k' }), undefined)).to.throw(
      TypeError,
      'not a number',
    );
  });

  it('in a trail of what came and what was said', () => {
    const pairs = createPairs();
    pairs.add(3, 2.5);
    pairs.add(4, 4.5);
    expect(judge().scores.trail(pairs)).to.deep.equal({
      kind: 'numbers',
      actual: [3, 4],
      predicted: [2.5, 4.5],
    });
  });
});

describe('trainers/streams: how categories are judged', () => {
  const data: RowData = { ...rows, target: 'k', categories: 3 };

  it('in bits, next to models that count, by what was most probable', () => {
    const coder = createRowCoder(data);
    const scores = categoryScores(data, coder, undefined);
    const none = scores.standing();
    expect([
      scores.unit,
      scores.goalOf([1, 'x'], none),
      scores.goalOf([1, 'y'], none),
      scores.goalOf([1, null], none),
    ]).to.deep.equal(['bits', 0, 1, undefined]);
    const standing = scores.standing();
    expect(standing).to.deep.equal({ mean: 0, deviation: 1, predictions: [], lags: [] });
    const logits = [1, 3, 0];
    const mark = scores.score(standing, logits, [1, 'x']);
    expect(mark?.scores).to.have.length(4);
    expect(mark?.scores[0]).to.be.closeTo(bitsOf(logits, 0), 1e-12);
    for (const bits of Array.from(mark?.scores ?? []).slice(1))
      expect(bits).to.be.closeTo(Math.log2(3), 1e-12);
    expect([mark?.best?.isRight, mark?.error]).to.deep.equal([false, 1]);
    const [came, said] = scores.pairOf(mark as never, standing, logits, [1, 'x']);
    expect(came).to.equal(0);
    expect(said).to.be.closeTo(2 ** -bitsOf(logits, 0), 1e-12);
    // The models have counted it.
    expect(scores.score(standing, logits, [1, 'x'])?.scores[1]).to.be.closeTo(-Math.log2(1.5 / 2.5), 1e-12);
    const pairs = createPairs();
    pairs.add(0, 0.25);
    pairs.add(2, 0.5);
    expect(scores.trail(pairs)).to.deep.equal({
      kind: 'symbols',
      symbols: ['x', 'other'],
      probabilities: [0.25, 0.5],
    });
    expect(categoryScores(data, coder, scores.save() as never).save()).to.deep.equal(scores.save());
    expect(() => categoryScores(rows, createRowCoder(rows), undefined)).to.throw(TypeError, 'not a category');
  });
});
