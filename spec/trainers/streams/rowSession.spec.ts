import { expect } from 'chai';
import { DataError, tensor, zeros } from '../../../lib/index.ts';
import type { Named } from '../../../trainers/registry/entry.ts';
import type { RowData, StreamConfig } from '../../../trainers/streams/given/config.ts';
import type { Row } from '../../../trainers/streams/reading/rows.ts';
import { influenceNorms } from '../../../trainers/streams/sessions/influence.ts';
import type { StreamLearner } from '../../../trainers/streams/sessions/network.ts';
import { rowPredictor } from '../../../trainers/streams/sessions/rowPredictor.ts';
import { createRowSession, type RowSession } from '../../../trainers/streams/sessions/rowSession.ts';
import { openSession } from '../../../trainers/streams/snapshot.ts';
import type { SavedNormalizer } from '../../../trainers/streams/targets/normalizer.ts';
import type { SavedCoder } from '../../../trainers/streams/targets/rowCoder.ts';
import { rows, tiny } from '../../cli/sessions.ts';
import { draws } from '../../support/draws.ts';
import { size } from '../../support/size.ts';

const next = draws(8);
/** Of `a` and `k`, and then a time and the pause before it. */
const timed: readonly Row[] = Array.from({ length: 32 }, (_, i) => [
  i % 7 === 3 ? null : Math.round(100 * Math.sin(i / 2)) / 10,
  i % 11 === 5 ? null : next() < 0.6 ? 'x' : 'yz'[i % 2],
  1.7e9 + 60 * i + (i % 3),
  i === 0 ? null : 60 + ((i % 3) - ((i - 1) % 3)),
]);
const records = timed.map((row) => row.slice(0, 2));
const configOf = (data: RowData): StreamConfig => ({ ...tiny, dtype: 'float64', data });
const reread = <T>(saved: T): T => JSON.parse(JSON.stringify(saved));

/** A session after these rows, and their scores. */
function taken(data: RowData, list: readonly Row[]): { session: RowSession; scores: (number | undefined)[] } {
  const session = createRowSession(configOf(data), data);
  return { session, scores: list.map((row) => session.advance(row)) };
}

interface Said {
  readonly prediction: unknown;
  /** Of each category. */
  readonly probabilities: readonly number[] | undefined;
}

function saidOf(session: RowSession, row?: Row): Said {
  const { asked, output } = session.outlook(row);
  return {
    prediction: session.target.tell(asked, output).prediction,
    probabilities: session.target.probabilities(asked, output),
  };
}

/** Of the target of the same row, when the inputs of the row have been counted in, and its target has not. */
function saidOfSame(session: RowSession, data: RowData, row: Row): Said {
  const { learner, rest } = session.save();
  const copy = openSession(configOf(data), { learner, rest: reread(rest) }) as RowSession;
  copy.coder.learn(row.map((value, i) => (i === row.length - 1 ? null : value)));
  return saidOf(copy, row);
}

const kinds: readonly (readonly [name: string, data: RowData, list: readonly Row[]])[] = [
  ['the next number', rows, records],
  ['a number three rows ahead', { ...rows, horizon: 3 }, records],
  ['the number of the same row', { ...rows, columns: ['k'], horizon: 0 }, records.map(([a, k]) => [k, a])],
  ['the next category', { ...rows, target: 'k' }, records],
  ['a category that is known late', { ...rows, target: 'k', horizon: 2, delay: 2 }, records],
  ['the category of the same row', { ...rows, columns: ['a'], target: 'k', horizon: 0 }, records],
  ['a number of rows with times', { ...rows, timestamp: 't', delay: 1 }, timed],
  ['the change to the next number', { ...rows, predict: 'change' }, records],
  ['the change over three rows', { ...rows, predict: 'change', horizon: 3 }, records],
  [
    'the change since a number that was known late',
    { ...rows, predict: 'change', horizon: 2, delay: 2 },
    records,
  ],
  [
    'the residual of rows with weekdays',
    { ...rows, predict: 'residual', timestamp: 't', calendar: 'weekdays' },
    timed,
  ],
  [
    'a category of rows with weekdays, three rows ahead',
    { ...rows, target: 'k', timestamp: 't', calendar: 'weekdays', horizon: 3 },
    timed,
  ],
  ['the change of rows with times', { ...rows, predict: 'change', timestamp: 't' }, timed],
  [
    'the change to the number of the same row',
    { ...rows, predict: 'change', columns: ['k'], horizon: 0 },
    records.map(([a, k]) => [k, a]),
  ],
];

/** One for each way in which a prediction is made. */
const predicted = size([0, 4, 9], [0, 2, 4, 7, 9, 11]).map((i) => kinds[i][1]);

describe('trainers/streams: a session of rows', () => {
  for (const [name, data, list] of kinds.filter((_, i) => size(i % 3 !== 2, true))) {
    it(`scores what it said before, and resumes bit for bit from its saved state: ${name}`, () => {
      const { horizon, delay = 0 } = data;
      const session = createRowSession(configOf(data), data);
      let resumed = session;
      const at = data.columns.includes(data.target) ? data.columns.indexOf(data.target) : data.columns.length;
      const said: Said[] = [];
      let scored = 0;
      for (const [i, row] of list.entries()) {
        if (i === 5) {
          const { learner, rest } = session.save();
          resumed = openSession(configOf(data), { learner, rest: reread(rest) }) as RowSession;
          expect([resumed.time, resumed.waiting]).to.deep.equal([session.time, session.waiting]);
        }
        if (horizon + delay === 0) said.push(saidOfSame(session, data, row));
        const score = session.advance(row);
        if (resumed !== session) expect(resumed.advance(row)).to.equal(score);
        const actual = list[i - delay]?.[at] ?? null;
        const before = said[i - horizon - delay];
        if (before === undefined || actual === null) expect(score).to.equal(undefined);
        else if (score !== undefined) {
          scored++;
          const { categories } = session.coder;
          const own =
            categories === undefined
              ? ((before.prediction as number) - (actual as number)) ** 2
              : -Math.log2(before.probabilities?.[categories.indexOf(actual as string)] ?? 0);
          expect(score, `row ${i}`).to.be.closeTo(own, 1e-9 * (1 + own));
        }
        if (horizon + delay > 0) said.push(saidOf(session));
      }
      expect(scored).to.be.above(15);
      expect(session.report().scored).to.equal(scored);
      expect(JSON.stringify(resumed.save())).to.equal(JSON.stringify(session.save()));
      expect(resumed.report()).to.deep.equal(session.report());
      expect(resumed.time).to.equal(data.timestamp === undefined ? undefined : timed.at(-1)?.[2]);
    });

    if (predicted.includes(data))
      it(`predicts what it would score, and without learning what the network says: ${name}`, () => {
        const learning = taken(data, list.slice(0, 15)).session;
        const other = taken(data, list.slice(0, 15)).session;
        const lag = data.horizon + (data.delay ?? 0);
        // It takes the row in, as far as its late target is concerned.
        const still = rowPredictor(data, taken(data, list.slice(0, 15)).session, {
          learn: false,
          fresh: false,
        })(list[15]);
        if (lag === 0) expect(still).to.deep.include(other.foretold(list[15]));
        const predict = rowPredictor(data, learning, { learn: true, fresh: false });
        for (const row of list.slice(15)) {
          const before = lag === 0 ? other.foretold(row) : undefined;
          other.advance(row);
          expect(predict(row)).to.deep.equal({
            ...(before ?? other.foretold()),
            current: other.coder.targetOf(row),
          });
        }
        expect(learning.report()).to.deep.equal(other.report());
      });
  }

  it('has the figures of persistence and of the running mean, each from what was known when it was said', () => {
    for (const horizon of [1, 3]) {
      const { session } = taken({ ...rows, horizon }, records);
      const numbers = records.map(([a]) => a as number | null);
      const errors = numbers.flatMap((y, i) => {
        const known = numbers.slice(0, Math.max(0, i - horizon + 1)).filter((each) => each !== null);
        if (y === null || known.length === 0) return [];
        const mean = known.reduce((a, b) => a + b) / known.length;
        return [[Math.abs(y - (known.at(-1) as number)), Math.abs(y - mean)]];
      });
      const { figures, scored, unit } = session.report();
      expect([unit, scored]).to.deep.equal(['squared error', errors.length]);
      const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
      for (const [at, name] of ['persistence', 'mean'].entries()) {
        const own = errors.map((each) => each[at]);
        expect(figures[name].mean).to.be.closeTo(meanOf(own.map((error) => error ** 2)), 1e-9);
        expect(figures[name].recent).to.be.closeTo(meanOf(own.slice(-10).map((error) => error ** 2)), 1e-9);
        expect(figures[name].absoluteError?.mean).to.be.closeTo(meanOf(own), 1e-9);
      }
    }
  });

  it('counts each value once, also where the target comes with its inputs', () => {
    const data: RowData = { ...rows, columns: ['k', 'b'], target: 'a', horizon: 0 };
    const { coder } = taken(data, [...records.map(([a, k], i) => [k, i, a])]).session.save().rest as {
      coder: SavedCoder;
    };
    const countOf = (at: number) => (coder[at] as SavedNormalizer).count;
    expect([countOf(1), countOf(2)]).to.deep.equal([
      records.length,
      records.filter(([a]) => a !== null).length,
    ]);
  });

  it('says which category is the most probable, and how probable it is', () => {
    const { session } = taken({ ...rows, target: 'k' }, records);
    const { probabilities } = saidOf(session);
    const told = session.foretold();
    const most = Math.max(...(probabilities ?? []));
    expect(told.probability).to.equal(most);
    expect(told.prediction).to.equal(session.coder.categories?.entryAt(probabilities?.indexOf(most) ?? -1));
    expect(probabilities?.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-12);
  });

  it('serves the combination, whose weights depend on earlier rows alone', () => {
    for (const data of [rows, { ...rows, target: 'k' }]) {
      const { session } = taken(data, records);
      const { figures, weights = {} } = session.report();
      expect(Object.keys(figures)[0]).to.equal('combination');
      const mixture = data.target === 'k' ? ['log-linear mixture'] : [];
      expect(Object.keys(weights)).to.deep.equal([...Object.keys(figures).slice(1, -1), ...mixture]);
      expect(Object.keys(figures).at(-1)).to.equal('without the network');
      expect(Object.values(weights).reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
    }
  });

  it('is what chosen experts say, a single one too, with the network or without', () => {
    for (const experts of [['persistence'], ['network', 'linear'], ['network'], ['mean', 'linear']]) {
      const config = { ...configOf(rows), experts };
      const session = createRowSession(config, rows);
      for (const row of records) session.advance(row);
      const names = Object.keys(session.report().figures);
      expect(names.filter((name) => experts.includes(name)).sort()).to.deep.equal([...experts].sort());
      expect(names[0]).to.equal(experts.length === 1 ? experts[0] : 'combination');
      if (!experts.includes('network')) expect(session.learner.steps).to.equal(0);
      const { learner, rest } = session.save();
      const resumed = openSession(config, { learner, rest: reread(rest) });
      for (const row of records.slice(0, 9)) expect(resumed.advance(row)).to.equal(session.advance(row));
    }
  });

  it('forgets what waits when it restarts, and begins at the start state with what it has learnt', () => {
    const data: RowData = { ...rows, horizon: 2, delay: 1 };
    const { session } = taken(data, records.slice(0, 20));
    expect(session.waiting).to.have.length(3);
    const predict = rowPredictor(data, session, { learn: false, fresh: true });
    expect(session.waiting).to.deep.equal([]);
    for (const row of records.slice(20, 26)) {
      const { prediction, current } = predict(row);
      expect(current).to.equal(row[0]);
      expect(prediction).to.be.within(-15, 15);
    }
    // The restarted session learns on.
    for (const row of records) session.advance(row);
  });

  it('shows its latest predictions, and what the estimator carries', () => {
    const uoro = { ...configOf(rows), estimator: { name: 'uoro' } };
    const session = createRowSession(uoro, rows);
    const said: number[] = [];
    const bounds: (readonly [number | null, number | null])[] = [];
    for (const row of records) {
      session.advance(row);
      const { prediction, low = null, high = null } = session.foretold();
      said.push(prediction as number);
      bounds.push([low, high]);
    }
    const { trail, influence } = session.glimpse();
    const pairs = records.flatMap(([a], i) => (i > 0 && a !== null ? [[a as number, said[i - 1]]] : []));
    if (trail.kind !== 'numbers') throw new Error('numbers were expected');
    expect(trail.actual).to.deep.equal(pairs.map(([actual]) => actual));
    for (const [i, [, predicted]] of pairs.entries())
      expect(trail.predicted[i]).to.be.closeTo(predicted, 1e-9);
    const shown = records.flatMap(([a], i) => (i > 0 && a !== null ? [bounds[i - 1]] : []));
    for (const [i, [low, high]] of shown.entries()) {
      if (low === null || high === null) expect([trail.low[i], trail.high[i]]).to.deep.equal([null, null]);
      else {
        expect(trail.low[i]).to.be.closeTo(low, 1e-9);
        expect(trail.high[i]).to.be.closeTo(high, 1e-9);
      }
    }
    expect(trail.stated).to.equal(0.9);
    expect(trail.low.some((low) => low !== null)).to.equal(true);
    expect(Object.keys(influence)).to.deep.equal(['|s̃|', '|θ̃|']);
    for (const norm of Object.values(influence)) expect(norm).to.be.above(0);
    const { session: ofCategories } = taken({ ...rows, target: 'k', categories: 2 }, records.slice(0, 30));
    const symbols = ofCategories.glimpse().trail;
    if (symbols.kind !== 'symbols') throw new Error('symbols were expected');
    expect(symbols.symbols).to.deep.equal(
      records.slice(1, 30).flatMap(([, k]) => (k === null ? [] : [k === records[0][1] ? k : 'other'])),
    );
    for (const probability of symbols.probabilities) expect(probability).to.be.within(0, 1);
  });

  it('has the norms of what each estimator carries', () => {
    const influenceOf = (estimator: Named) => {
      const session = createRowSession({ ...configOf(rows), estimator }, rows);
      for (const row of records.slice(0, 4)) session.advance(row);
      return session.glimpse().influence;
    };
    for (const name of ['uoro', 'noBackTrack'])
      expect(influenceOf({ name }), name).to.have.all.keys('|s̃|', '|θ̃|');
    for (const estimator of [{ name: 'rtrl' }, { name: 'snap', n: 1 }]) {
      const norms = influenceOf(estimator);
      expect(Object.keys(norms), estimator.name).to.deep.equal(['|G|']);
      expect(norms['|G|']).to.be.above(0);
    }
    expect(influenceOf({ name: 'tbptt', window: 2, stride: 1 })).to.deep.equal({});
  });

  it('writes no influence out that has too many numbers', () => {
    const learnerOf = (name: string, parameters: number) =>
      ({
        estimator: { name },
        state: [zeros([4000]), zeros([96])],
        parameters: zeros([parameters]),
        influence: tensor([3, 4]),
      }) as unknown as StreamLearner;
    for (const name of ['rtrl', 'snap', 'rflo'])
      expect([4096, 4097].map((size) => influenceNorms(learnerOf(name, size)))).to.deep.equal([
        { '|G|': 5 },
        {},
      ]);
  });

  it('learns nothing from a row without its target, but sees it', () => {
    const { session } = taken(rows, records.slice(0, 10));
    const before = JSON.stringify(session.learner.parameters);
    const state = JSON.stringify(session.learner.state);
    expect(session.advance([null, 'x'])).to.equal(undefined);
    expect(JSON.stringify(session.learner.parameters)).to.equal(before);
    expect(JSON.stringify(session.learner.state)).not.to.equal(state);
  });

  it('refuses what no session saved', () => {
    const late: RowData = { ...rows, horizon: 2, delay: 1, timestamp: 't' };
    const { session } = taken(late, timed.slice(0, 12));
    const { learner, rest } = session.save();
    const refuse = (change: (rest: never) => unknown, says: RegExp) => {
      const changed = reread(rest) as never;
      change(changed);
      expect(() => openSession(configOf(late), { learner, rest: changed })).to.throw(DataError, says);
    };
    expect(() => openSession(configOf(late), { learner, rest: reread(rest) })).not.to.throw();
    type Rest = {
      records: unknown;
      time: unknown;
      late: unknown[];
      waiting: { input: unknown[]; output: unknown[]; question: object }[];
    };
    const misfit = 'the checkpoint does not hold what it should: ';
    for (const records of [-1, 0.5, 'x'])
      refuse(
        (each: Rest) => Object.assign(each, { records }),
        new RegExp(`^${misfit}the number of records ${JSON.stringify(records)} is not a whole number`),
      );
    refuse(
      (each: Rest) => Object.assign(each, { time: 'now' }),
      /the time of the latest row "now" is not a number$/,
    );
    refuse((each: Rest) => each.late.push({}), /the list of late targets has 2 entries, not 1$/);
    refuse((each: Rest) => each.late.fill({}), /a late target an object is not a number$/);
    refuse((each: Rest) => each.waiting[1].input.pop(), /a row that waits has 11 entries, not 12$/);
    refuse((each: Rest) => each.waiting[1].input.fill('x'), /an input "x" is not a number$/);
    refuse((each: Rest) => each.waiting[2].output.fill(null), /an output null is not a number$/);
    refuse(
      (each: Rest) => Object.assign(each.waiting[0].question, { mean: null }),
      /a latest value null is not a number/,
    );
    refuse((each: Rest) => Object.assign(each, { waiting: 3 }), new RegExp(`^${misfit}`));
  });
});
