import { expect } from 'chai';
import { createRhythm, requireTimes } from '../../../trainers/streams/sessions/rhythm.ts';

const day = 86_400;
const start = Date.UTC(2024, 0, 1) / 1000; // a Monday
/** The times of a table: every `pause` seconds for some days, while it is open. */
const timesOf = (days: number, pause: number, isOpen: (weekday: number, hour: number) => boolean) =>
  Array.from({ length: Math.floor((days * day) / pause) }, (_, i) => start + i * pause).filter((time) => {
    const date = new Date(1000 * time);
    return isOpen(date.getUTCDay(), date.getUTCHours());
  });
/** The next times, as text. */
function nextTimes(times: readonly number[], steps: number, pause = day): string[] {
  const rhythm = createRhythm();
  for (const time of times) rhythm.add(time);
  const latest = times[times.length - 1];
  return rhythm.ahead(latest, pause, steps).map((time) => new Date(1000 * time).toISOString().slice(0, 16));
}
const isWorkday = (weekday: number) => weekday > 0 && weekday < 6;

describe('trainers/streams: the expected times of rows', () => {
  it('leave out weekdays without rows', () => {
    expect(nextTimes(timesOf(40, day, isWorkday), 3, 1.2 * day)).to.deep.equal([
      '2024-02-12T00:00',
      '2024-02-13T00:00',
      '2024-02-14T00:00',
    ]);
  });

  it('leave out hours of the week without rows', () => {
    const times = timesOf(26, 3600, (weekday, hour) => isWorkday(weekday) && hour >= 9 && hour < 17);
    expect(nextTimes(times, 3, 5000)).to.deep.equal([
      '2024-01-29T09:00',
      '2024-01-29T10:00',
      '2024-01-29T11:00',
    ]);
  });

  it('leave out many short pauses at once, and hours that pauses jump over', () => {
    const bursts = Array.from({ length: 30 }, (_, i) => start + i * day + 3599.9).flatMap((time) =>
      Array.from({ length: 13 }, (_, i) => time + 0.001 * i),
    );
    expect(nextTimes(bursts, 120, 60).at(-1)).to.equal('2024-01-31T00:00');
    const everySeven = timesOf(60, 7 * 3600, (weekday) => isWorkday(weekday));
    for (const time of nextTimes(everySeven, 40, 7 * 3600))
      expect(isWorkday(new Date(`${time}Z`).getUTCDay()), time).to.equal(true);
  });

  it('leave out none before three weeks are known', () => {
    expect(nextTimes(timesOf(19, day, isWorkday), 2, 1.2 * day)).to.deep.equal([
      '2024-01-20T00:00',
      '2024-01-21T00:00',
    ]);
  });

  it('follow at the common pause, whatever single gaps there are', () => {
    const times = timesOf(60, day, () => true).filter((_, i) => i % 11 !== 3);
    expect(nextTimes(times, 2, 1.1 * day)).to.deep.equal(['2024-03-01T00:00', '2024-03-02T00:00']);
    expect(
      nextTimes(
        timesOf(2, 900, () => true),
        2,
        900,
      ),
    ).to.deep.equal(['2024-01-03T00:00', '2024-01-03T00:15']);
  });

  it('follow at the typical pause where no pause is common, and by months', () => {
    const squares = Array.from({ length: 30 }, (_, i) => start + i * i * 3600);
    expect(nextTimes(squares, 2, day)).to.deep.equal(['2024-02-06T01:00', '2024-02-07T01:00']);
    const months = Array.from({ length: 30 }, (_, i) => Date.UTC(2020, i, 1) / 1000);
    expect(nextTimes(months, 2, 30.43 * day)).to.deep.equal(['2022-07-01T00:00', '2022-08-01T00:00']);
  });

  it('follow at the typical pause in a run of an earlier version, and while there are few rows', () => {
    const at = (saved: readonly number[]) => createRhythm(saved).ahead(start, 3 * day, 1);
    expect(at([])).to.deep.equal([start + 3 * day]);
    expect(at([start - day, start])).to.deep.equal([start + 3 * day]);
  });

  it('are kept of the latest 400 rows', () => {
    const rhythm = createRhythm();
    for (let i = 0; i < 500; i++) rhythm.add(i);
    expect(rhythm.save()).to.deep.equal(Array.from({ length: 400 }, (_, i) => 100 + i));
    expect(createRhythm(rhythm.save()).save()).to.deep.equal(rhythm.save());
    requireTimes(rhythm.save(), 499, 500);
    for (const [times, latest, records] of [
      [[1, 2], 3, 5],
      [[1, 2], 2, 1],
      [[], undefined, 1],
      [[Number.NaN, 2], 2, 5],
    ] as const)
      expect(() => requireTimes(times, latest, records), String(times)).to.throw(/times?/);
  });
});
