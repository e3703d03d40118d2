import { expect } from 'chai';
import fc from 'fast-check';
import { DataError } from '../../../lib/index.ts';
import type { RowData, StreamConfig } from '../../../trainers/streams/given/config.ts';
import { rowPredictor } from '../../../trainers/streams/sessions/rowPredictor.ts';
import { createRowSession } from '../../../trainers/streams/sessions/rowSession.ts';
import { createScale } from '../../../trainers/streams/targets/normalizer.ts';
import { createRowCoder } from '../../../trainers/streams/targets/rowCoder.ts';
import { tiny } from '../../cli/sessions.ts';
import { draws } from '../../support/draws.ts';
import { size } from '../../support/size.ts';

const data: RowData = {
  kind: 'csv',
  delimiter: ',',
  columns: ['y'],
  categorical: [],
  target: 'y',
  predict: 'change',
  horizon: 1,
  categories: 2,
};
const open = (own: RowData = data, config: Partial<StreamConfig> = {}) =>
  createRowSession(
    {
      ...tiny,
      cell: { name: 'lru', units: 3 },
      readout: 'mlp',
      estimator: { name: 'rtrl' },
      dtype: 'float64',
      ...config,
      data: own,
    },
    own,
  );
type Values = readonly (number | null)[];
/** The prediction after each value. */
const saidAfter = (values: Values, own = data) => {
  const session = open(own);
  return values.map((value) => {
    session.advance([value]);
    return session.foretold().prediction as number;
  });
};

describe('trainers/streams: the size of changes', () => {
  it('is the root of their mean square, in which one that is far off counts as ten, once there is a size', () => {
    const scale = createScale();
    expect([scale.size, scale.scaled(3)]).to.deep.equal([0, 0]);
    for (const change of [3, -4]) scale.add(change);
    expect(scale.size).to.be.closeTo(Math.sqrt(12.5), 1e-12);
    expect(scale.scaled(-Math.sqrt(50))).to.be.closeTo(-2, 1e-12);
    expect([scale.scaled(1e9), scale.scaled(-1e9)]).to.deep.equal([10, -10]);
    const calm = createScale();
    for (let i = 0; i < 100; i++) calm.add(i % 2 === 0 ? 1 : -1);
    calm.add(1e12);
    expect(calm.size).to.be.closeTo(Math.sqrt(200 / 101), 1e-9);
  });

  it('takes the first change as it comes, however long nothing has changed', () => {
    const scale = createScale();
    for (let i = 0; i < 500; i++) scale.add(0);
    expect(scale.size).to.equal(0);
    scale.add(7);
    expect(scale.size).to.be.closeTo(7 / Math.sqrt(501), 1e-12);
    expect(scale.scaled(7)).to.equal(10);
  });

  it('resumes from its saved state, and refuses an invalid one', () => {
    const scale = createScale();
    for (const change of [1, -2, 0.5]) scale.add(change);
    expect(createScale(scale.save()).save()).to.deep.equal(scale.save());
    for (const wrong of [{ count: -1 }, { count: 0.5 }, { square: null }, { square: -1 }, { square: 1e300 }])
      expect(() => createScale({ ...scale.save(), ...(wrong as object) }), JSON.stringify(wrong)).to.throw(
        DataError,
      );
  });
});

describe('trainers/streams: numbers that are predicted by their changes', () => {
  it('begin with what persistence says, and stay with it where nothing changes', () => {
    expect(saidAfter([5])).to.deep.equal([5]);
    for (const value of [0, -3, 1e-9, 1e90])
      expect(saidAfter([value, value, value, value])).to.deep.equal(Array(4).fill(value));
  });

  it('do not depend on where zero is, nor on the unit: a y + b is predicted as a p + b', () => {
    // Multiples of 1/64: the sums and products below lose no digit.
    const series = fc.array(
      fc.option(
        fc.integer({ min: -600, max: 600 }).map((each) => each / 64),
        { freq: 9 },
      ),
      {
        minLength: 12,
        maxLength: 25,
      },
    );
    fc.assert(
      fc.property(
        series,
        fc.constantFrom(0.25, 8, 1024),
        fc.constantFrom(-64, 0, 4096),
        fc.constantFrom(1, 3),
        (values, a, b, horizon) => {
          fc.pre(values[0] !== null);
          const own = { ...data, horizon };
          const one = saidAfter(values, own);
          const other = saidAfter(
            values.map((value) => (value === null ? null : a * value + b)),
            own,
          );
          const size = Math.max(1, ...values.map((value) => Math.abs(value ?? 0)));
          for (const [i, each] of one.entries())
            expect(other[i]).to.be.closeTo(a * each + b, 1e-6 * (a * size + Math.abs(b)));
        },
      ),
      { seed: 3, numRuns: size(2, 12), endOnFailure: true },
    );
  });

  it('are added to the latest value that is known, over rows without one', () => {
    const session = open();
    for (const value of [3, 4, 6, 9]) session.advance([value]);
    const size = (each: typeof session) =>
      (each.save().rest as { waiting: { question: { size: number } }[] }).waiting[0].question.size;
    // Of the changes 1, 2 and 3.
    expect(size(session)).to.be.closeTo(Math.sqrt(14 / 3), 1e-12);
    for (const value of [null, null]) {
      expect(session.advance([value])).to.equal(undefined);
      expect(session.target.latest()).to.equal(9);
    }
    const said = session.foretold().prediction as number;
    expect(session.advance([5])).to.be.closeTo((said - 5) ** 2, 1e-9);
    // From 9, not from the row before: -4.
    expect(size(session)).to.be.closeTo(Math.sqrt(30 / 4), 1e-12);
  });

  for (const [horizon, delay] of [
    [1, 0],
    [3, 0],
    [0, 2],
    [2, 3],
  ])
    it(`have the size of the changes that are to be predicted: horizon ${horizon}, delay ${delay}`, () => {
      const next = draws(horizon + 10 * delay);
      const values = Array.from({ length: 40 }, (_, i) => i * 0.3 + next());
      const session = open({ ...data, horizon, delay });
      for (const value of values) session.advance([value]);
      // The target of a row is known `delay` rows later; from the latest known one, what is predicted is
      // `lag` rows away.
      const lag = horizon + delay;
      const own = values.slice(lag, values.length - delay).map((value, i) => value - values[i]);
      const { waiting } = session.save().rest as { waiting: { question: { size: number } }[] };
      expect(waiting).to.have.length(lag);
      const expected = Math.sqrt(own.reduce((sum, change) => sum + change ** 2, 0) / own.length);
      expect(waiting.at(-1)?.question.size).to.be.closeTo(expected, 1e-9);
    });

  it('are predicted after rows that are not learnt from, from the latest of those', () => {
    const session = open();
    const values = Array.from({ length: 30 }, (_, i) => 2 * i + (i % 3));
    for (const value of values) session.advance([value]);
    const predict = rowPredictor(data, session, { learn: false, fresh: false });
    for (const [value, near] of [
      [500, 500],
      [null, 500],
      [700, 700],
    ] as const) {
      const { prediction, current } = predict([value]);
      expect(current).to.equal(value);
      expect(prediction).to.be.within(near - 40, near + 40);
    }
    // A fresh session knows no value to which a change could be added.
    const fresh = rowPredictor(data, session, { learn: false, fresh: true });
    expect(fresh([null]).prediction).to.be.within(-20, 90);
    expect(fresh([9000]).prediction).to.be.within(8960, 9040);
  });

  it('are far better than values on a trend, and no worse than persistence on a random walk', () => {
    const next = draws(5);
    const trend = Array.from({ length: 500 }, (_, i) => 1000 + 5 * i + 20 * Math.sin(i / 2) + next());
    let at = 0;
    const walk = Array.from({ length: 500 }, () => {
      at += next() + next() - 1;
      return at;
    });
    const errorOf = (values: Values, predict: 'value' | 'change') => {
      const session = open({ ...data, predict }, { optimizer: { name: 'adam', rate: 0.003, alpha: 0.03 } });
      for (const value of values) session.advance([value]);
      const { network, persistence } = session.report().figures;
      return { network: network.mean, persistence: persistence.mean };
    };
    const [change, value] = [errorOf(trend, 'change'), errorOf(trend, 'value')];
    expect(change.network).to.be.below(value.network / 10);
    expect(change.network).to.be.below(change.persistence / 2);
    const { network, persistence } = errorOf(walk, 'change');
    expect(network).to.be.below(1.05 * persistence);
  });

  it('see their latest change as an input, on the scale of changes, and none where the target is no input', () => {
    const coder = createRowCoder(data);
    expect(coder.inputs).to.equal(3);
    coder.learn([10]);
    coder.learn([12], 10);
    expect(coder.encode([12], 10)).to.deep.equal([1, 0, 1]);
    expect(coder.encode([8], 12).at(-1)).to.equal(-2);
    expect(coder.encode([null], 12)).to.deep.equal([0, 1, 0]);
    expect(coder.encode([12])).to.deep.equal([1, 0, 0]);
    expect(createRowCoder(data, JSON.parse(JSON.stringify(coder.save()))).encode([8], 12)).to.deep.equal(
      coder.encode([8], 12),
    );
    for (const own of [
      { ...data, predict: 'value' },
      { ...data, columns: ['x'] },
    ] as const)
      expect(createRowCoder(own).inputs).to.equal(2);
  });
});
