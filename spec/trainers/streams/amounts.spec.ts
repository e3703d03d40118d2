import { expect } from 'chai';
import { createModel, restoreModel } from '../../../trainers/streams/index.ts';
import { createRowSession } from '../../../trainers/streams/sessions/rowSession.ts';
import type { SavedRows } from '../../../trainers/streams/sessions/savedRows.ts';
import { openSession } from '../../../trainers/streams/snapshot.ts';
import type { SavedNumberTarget } from '../../../trainers/streams/targets/savedNumbers.ts';
import { rows, tiny } from '../../cli/sessions.ts';

/** Sales of a shop that is closed on every seventh day. */
const sales = Array.from({ length: 90 }, (_, i) => ({
  t: 86_400 * i,
  y: i % 7 === 3 ? 0 : 9 + (i % 5) - 2 * (i % 2),
}));

describe('trainers/streams: counts and amounts', () => {
  const modelOf = (horizon: number) =>
    createModel({ target: 'y', columns: ['y'], timestamp: 't', horizon, experts: ['linear'] });
  const saidOf = (rows: typeof sales, horizon = 1) => {
    const model = modelOf(horizon);
    return rows.map((row) => {
      model.learnOne(row);
      return model.predictOne();
    });
  };
  const least = (said: readonly number[]) => Math.min(...said.slice(20));

  it('are predicted at 0 or above where none was below and some were 0, also several rows ahead', () => {
    // All higher by 1, the linear expert sees the same, and some predictions are below 1.
    expect(least(saidOf(sales.map((row) => ({ ...row, y: row.y + 1 }))))).to.be.below(0.9);
    expect(least(saidOf(sales))).to.equal(0);
    expect(least(saidOf(sales, 2))).to.equal(0);
    const model = modelOf(1).partialFit(sales);
    expect(model.forecast(14).every(({ prediction }) => prediction >= 0)).to.equal(true);
  });

  it('are known again after a snapshot, and are none from the first number below 0 on', () => {
    const [first, rest] = [sales.slice(0, 40), sales.slice(40)];
    const again = restoreModel(modelOf(1).partialFit(first).snapshot());
    expect(
      rest.map((row) => {
        again.learnOne(row);
        return again.predictOne();
      }),
    ).to.deep.equal(saidOf(sales).slice(40));
    const below = sales.map((row, i) => ({ ...row, y: i === 3 ? -0.5 : row.y }));
    expect(least(saidOf(below))).to.be.below(-0.1);
  });

  it('are not known as such in a run of an earlier version, which resumes', () => {
    const config = { ...tiny, data: rows };
    const session = createRowSession(config, rows);
    for (const { y } of sales.slice(0, 20)) session.advance([y, 'x']);
    const { learner, rest } = session.save() as { learner: Uint8Array; rest: SavedRows };
    const models = rest.models as SavedNumberTarget;
    const { zeros, ...average } = models.average;
    expect(zeros).to.equal(3);
    const resumed = openSession(config, { learner, rest: { ...rest, models: { ...models, average } } });
    resumed.advance([0, 'x']);
    const saved = (resumed.save().rest as SavedRows).models as SavedNumberTarget;
    expect([saved.average.count, saved.average.zeros]).to.deep.equal([21, undefined]);
  });
});
