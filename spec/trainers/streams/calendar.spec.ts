import { expect } from 'chai';
import { createModel } from '../../../trainers/streams/createModel.ts';
import {
  anglesOf,
  ofWeekday,
  timeInputs,
  weekdayInputs,
  weekdaysOf,
} from '../../../trainers/streams/targets/calendar.ts';
import { networkInputs, otherInputs } from '../../../trainers/streams/targets/rowCoder.ts';
import { draws } from '../../support/draws.ts';

const day = 86_400;
/** A Sunday. */
const sunday = Date.UTC(2024, 0, 7) / 1000;
const marksOf = (time: number, pause: number | undefined = day) => weekdaysOf(time, pause).slice(0, 7);

describe('trainers/streams: the calendar of rows', () => {
  it('has the angles of the day, the week and the year', () => {
    for (const [at, turn] of [day, 7 * day, 365.2425 * day].entries()) {
      const quarter = anglesOf(turn / 4);
      expect(quarter[2 * at]).to.be.closeTo(1, 1e-9);
      expect(quarter[2 * at + 1]).to.be.closeTo(0, 1e-9);
      expect(anglesOf(100 * turn + turn / 4)[2 * at]).to.be.closeTo(1, 1e-6);
    }
  });

  it('marks the weekday in UTC, from Sunday on, before 1970 too', () => {
    for (const start of [sunday, sunday - 7 * day * 3000])
      for (let i = 0; i < 7; i++)
        for (const time of [start + i * day, start + i * day + 1e-5, start + (i + 1) * day - 1])
          expect(marksOf(time).map((mark) => mark > 0)).to.deep.equal(
            Array.from({ length: 7 }, (_, k) => k === i),
          );
    // A time that pauses lead to may fall short of midnight by a rounding error.
    expect(marksOf(sunday - 1e-6)).to.deep.equal(marksOf(sunday));
  });

  it('is 0 where rows come too seldom for it', () => {
    expect(weekdaysOf(sunday, undefined)).to.deep.equal(new Array(weekdayInputs).fill(0));
    expect(weekdaysOf(sunday, 7 * day)).to.deep.equal(new Array(weekdayInputs).fill(0));
    const countOf = (pause: number, time = sunday + 0.21 * day) =>
      weekdaysOf(time, pause).filter((input) => input !== 0).length;
    // One row a day has no shape of the day, one in 6 hours two angles, one an hour all three.
    expect([1.4 * day, day, day / 4, day / 24].map((pause) => countOf(pause))).to.deep.equal([1, 1, 7, 11]);
    expect(countOf(day / 24, sunday + 2.21 * day)).to.equal(5);
  });

  it('tells apart all shapes of the day up to three waves, on working days, Saturdays and Sundays', () => {
    // The inputs at different hours and days are linearly independent: as many as there are inputs, and the constant angle.
    const hours = Array.from({ length: 168 }, (_, i) => sunday + 3600 * i);
    const rows = hours.map((time) => [...anglesOf(time).slice(0, 2), ...weekdaysOf(time, 3600)]);
    expect(rankOf(rows)).to.equal(2 + weekdayInputs);
    for (const row of rows) expect(Math.max(...row.map(Math.abs))).to.be.at.most(10);
  });

  it('is shown to the experts, and to a network that learns neither a residual nor a category', () => {
    const data = { kind: 'csv', delimiter: ',', columns: ['y'], categorical: [], target: 'y' } as const;
    const rows = { ...data, horizon: 1, categories: 4, timestamp: 't' };
    const more = (given: object) =>
      networkInputs({ ...rows, ...given, calendar: 'weekdays' }) - networkInputs({ ...rows, ...given });
    expect(timeInputs(rows)).to.equal(7);
    expect(ofWeekday({ ...rows, calendar: 'weekdays' })).to.equal(weekdayInputs);
    expect(timeInputs({ calendar: 'weekdays' })).to.equal(0);
    expect([{ predict: 'change' }, { predict: 'value' }].map(more)).to.deep.equal([
      weekdayInputs,
      weekdayInputs,
    ]);
    expect([{ predict: 'residual' }, { predict: 'value', categorical: ['y'] }].map(more)).to.deep.equal([
      0, 0,
    ]);
  });

  it('comes before other columns, of which the linear expert sees as many as there is room for', () => {
    const columns = Array.from({ length: 60 }, (_, i) => `x${i}`);
    const data = { kind: 'csv', delimiter: ',', columns, categorical: [], target: 'y', horizon: 1 } as const;
    const rows = { ...data, categories: 4, timestamp: 't' };
    const placesOf = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i);
    expect(otherInputs(rows)).to.deep.equal(placesOf(127));
    expect(otherInputs({ ...rows, calendar: 'weekdays' })).to.deep.equal([
      ...placesOf(7 + weekdayInputs, 120),
      ...placesOf(120),
    ]);
  });

  it('lets a shop that is closed on Sundays and busy on Saturdays be foretold by default', () => {
    const usual = [0, 80, 85, 90, 90, 140, 190];
    const errorOf = (horizon: 0 | 1, calendar: 'angles' | 'weekdays' | undefined) => {
      const next = draws(7);
      const model = createModel({
        target: 'sold',
        columns: ['price'],
        timestamp: 'day',
        horizon,
        experts: ['seasonal', 'linear'],
        recent: 200,
        ...(calendar && { calendar }),
      });
      for (let i = 0; i < 400; i++) {
        const price = 10 + next();
        const sold = usual[i % 7] - (i % 7 && 24 * (price - 10.5) + 24 * (next() - 0.5));
        model.learnOne({ day: new Date(1000 * (sunday + i * day)), price, sold });
      }
      return Math.sqrt(model.report().figures.combination.recent);
    };
    for (const horizon of [0, 1] as const) {
      expect(errorOf(horizon, undefined)).to.equal(errorOf(horizon, 'weekdays'));
      // The noise has a deviation of 6.4, and what the price of tomorrow does as well.
      expect(errorOf(horizon, 'weekdays')).to.be.below(horizon === 0 ? 8 : 11);
      expect(errorOf(horizon, 'angles')).to.be.above(1.15 * errorOf(horizon, 'weekdays'));
    }
  });

  it('lets categories of weekdays be foretold', () => {
    const bitsOf = (calendar: 'angles' | 'weekdays') => {
      const model = createModel({
        target: 'state',
        categorical: ['state'],
        columns: ['state'],
        timestamp: 'day',
        units: 2,
        recent: 200,
        calendar,
      });
      const next = draws(3);
      for (let i = 0; i < 500; i++) {
        const busy = [0, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9][i % 7];
        const state = i % 7 === 0 ? 'closed' : next() < busy ? 'busy' : 'quiet';
        model.learnOne({ day: new Date(1000 * (sunday + i * day)), state });
      }
      return model.report().figures.softmax.recent;
    };
    expect(bitsOf('weekdays')).to.be.below(0.6);
    expect(bitsOf('angles')).to.be.above(0.75);
  });
});

/** By elimination. */
function rankOf(rows: readonly (readonly number[])[]): number {
  const left = rows.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < left[0].length; column++) {
    const rest = left.slice(rank);
    const pivot = rest.reduce((best, row) => (Math.abs(row[column]) > Math.abs(best[column]) ? row : best));
    if (Math.abs(pivot[column]) < 1e-9) continue;
    left.splice(left.indexOf(pivot), 1);
    left.splice(rank, 0, pivot);
    rank++;
    for (const row of left.slice(rank)) {
      const factor = row[column] / pivot[column];
      for (let i = column; i < row.length; i++) row[i] -= factor * pivot[i];
    }
  }
  return rank;
}
