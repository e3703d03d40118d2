import { expect } from 'chai';
import { readData } from '../../../cli/stream/input/readData.ts';
import { createModel, restoreModel } from '../../../trainers/streams/createModel.ts';
import type { RowData, StreamConfig } from '../../../trainers/streams/given/config.ts';
import { beginning, behind } from '../../../trainers/streams/reading/position.ts';
import { Problem } from '../../../trainers/streams/reading/problem.ts';
import { lagOf, type Row, timeOf as timeOfRow } from '../../../trainers/streams/reading/rows.ts';
import { createTimeReader } from '../../../trainers/streams/reading/time.ts';
import { createLate } from '../../../trainers/streams/sessions/late.ts';
import { rowPredictor } from '../../../trainers/streams/sessions/rowPredictor.ts';
import { createRowSession } from '../../../trainers/streams/sessions/rowSession.ts';
import { openSession } from '../../../trainers/streams/snapshot.ts';
import { anglesOf } from '../../../trainers/streams/targets/calendar.ts';
import { createRowCoder, inputsOf } from '../../../trainers/streams/targets/rowCoder.ts';
import { bytesOf, sourceOf } from '../../cli/learning.ts';

const rows: RowData = {
  kind: 'csv',
  delimiter: ',',
  columns: ['z'],
  categorical: [],
  target: 'y',
  horizon: 0,
  categories: 4,
};

/** The time that a value is, other times having come before it. */
function timeOf(value: unknown): number | Problem {
  const written = createTimeReader({}, new Set())([value], false);
  return written instanceof Problem ? written : written.time;
}

function configOf(data: RowData): StreamConfig {
  return {
    data,
    cell: { name: 'gru', units: 4 },
    estimator: { name: 'rtrl' },
    optimizer: { name: 'adam', rate: 0.01, alpha: 0 },
    dtype: 'float64',
    seed: 1,
    recent: 500,
    every: 1e6,
  };
}

async function read(data: RowData, ...texts: readonly string[]): Promise<(Row | string)[]> {
  return readAfter(undefined, data, texts);
}

async function readAfter(
  time: number | undefined,
  data: RowData,
  texts: readonly string[],
): Promise<(Row | string)[]> {
  const sources = texts.map((text) => sourceOf([bytesOf(text)]));
  const all: (Row | string)[] = [];
  for await (const batch of readData(sources, configOf(data), time))
    for (const entry of batch) all.push(entry instanceof Problem ? entry.sentence : (entry as Row));
  return all;
}

describe('trainers/streams: times of rows', () => {
  it('reads ISO 8601, in UTC unless it says otherwise, and Unix seconds and milliseconds', () => {
    const noon = Date.UTC(2024, 1, 29, 12) / 1000;
    const times: readonly (readonly [unknown, number])[] = [
      ['2024-02-29T12:00:00Z', noon],
      [' 2024-02-29 12:00 ', noon],
      ['2024-02-29T14:00:00+02:00', noon],
      ['2024-02-29T06:30:00-0530', noon],
      ['2024-02-29t11:00+-1'.replace('+-1', '-01'), noon],
      ['2024-02-29T12:00:00.25z', noon + 0.25],
      ['2024-02-29T12:00:00,250', noon + 0.25],
      ['2024-02-29', noon - 43_200],
      ['2024-02', Date.UTC(2024, 1) / 1000],
      ['0099-01-01', Date.parse('0099-01-01') / 1000],
      [String(noon), noon],
      [noon, noon],
      [noon * 1000 + 250, noon + 0.25],
      [noon * 1e6 + 250_000, noon + 0.25],
      [BigInt(noon) * 1_000_000_000n, noon],
      [`${noon}250000000`, noon + 0.25],
      ['2024-02-29 12:00:00 UTC', noon],
      ['2024-02-29 12:00 gmt', noon],
      ['-1.5', -1.5],
      [0, 0],
    ];
    for (const [value, seconds] of times) expect(timeOf(value), String(value)).to.be.closeTo(seconds, 1e-6);
    const refused = [
      '2023-02-29',
      '2024-13-01',
      '2024-01-32',
      '2024-01-01T24:00',
      '2024-01-01T10:60',
      '2024-01-01T10',
      '1/31/2024',
    ];
    const others = [
      'Jan 5 2024',
      '2024-01-01T10:00+99:00',
      '2024-01-01Z',
      '1e3',
      'NaN',
      1e20,
      Number.NaN,
      true,
      {},
      null,
      '',
      '20240131',
    ];
    for (const value of [...refused, ...others])
      expect(timeOf(value), String(value)).to.be.instanceOf(Problem);
  });

  it('takes digits for seconds or milliseconds by their size, and not where they may be a date', () => {
    for (const [text, seconds] of [
      ['1.25', 1.25],
      ['99999999999', 99_999_999_999],
      ['100000000000', 1e8],
      ['-100000000000', -1e8],
      ['99999999999999', 99_999_999_999.999],
      ['120240131', 120_240_131],
      ['202401311', 202_401_311],
      ['20241301', 20_241_301],
      ['20240100', 20_240_100],
      ['20240132', 20_240_132],
      ['18991231', 18_991_231],
    ] as const)
      expect(timeOf(text), text).to.equal(seconds);
    for (const text of ['20240131', '19991231', '20241001', '20240110', '20240209', '20240330'])
      expect(timeOf(text)).to.have.property(
        'sentence',
        `${text} may be a date or a number of seconds: add --time-format %Y%m%d or --time-format %s`,
      );
    for (const text of ['100000000000000000000', 'x2024-01-31', '2024-01-31x'])
      expect(timeOf(text)).to.have.property(
        'sentence',
        `"${text}" is not a time: write 2024-01-31T13:45:00Z, or the seconds or milliseconds since 1970, or say how it is written with --time-format, as '%d.%m.%Y %H:%M'`,
      );
    for (const value of [true, null, {}, ' '])
      expect(timeOf(value)).to.have.property('sentence', 'the time is missing');
  });

  it('is in UTC wherever it is read', () => {
    const { TZ } = process.env;
    process.env.TZ = 'Asia/Kolkata';
    try {
      const noon = Date.UTC(2024, 1, 29, 12) / 1000;
      expect(new Date(1000 * noon).getHours()).to.equal(17);
      for (const text of [
        '2024-02-29 12:00',
        '2024-02-29T12:00:00',
        '2024-02-29T23:30+11:30',
        '2024-02-29 01:00 -11',
      ])
        expect(timeOf(text), text).to.equal(noon);
      expect([timeOf('2024-02-29'), timeOf('2024-02')]).to.deep.equal([
        noon - 43_200,
        Date.UTC(2024, 1) / 1000,
      ]);
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });

  it('takes weekdays and hours from the clock that is written, and expects the next rows on it', async () => {
    const data: RowData = { ...rows, timestamp: 't', calendar: 'weekdays' };
    // Working days from March 4 on, at midnight in London, where summer time begins on March 31.
    const days = Array.from({ length: 40 }, (_, i) => Date.UTC(2024, 2, 4 + i))
      .filter((day) => ![0, 6].includes(new Date(day).getUTCDay()))
      .map((day) => new Date(day).toISOString().slice(0, 10));
    const isSummer = (day: string) => day > '2024-03-31';
    const inLondon = days.map((day) => `${day}T00:00:00+0${isSummer(day) ? 1 : 0}:00`);
    const spread = days.map(
      (day) => `${day.split('-').reverse().join('.')} 12:00 +0${isSummer(day) ? 1 : 0}00`,
    );
    const calendarOf = async (times: readonly string[], more: Partial<RowData> = {}) => {
      const coder = createRowCoder({ ...data, ...more });
      return (
        await read({ ...data, ...more }, `t,z,y\n${times.map((time) => `${time},1,2\n`).join('')}`)
      ).map((row) => {
        coder.learn(row as Row);
        return coder.encode(row as Row).slice(3);
      });
    };
    expect(await calendarOf(inLondon)).to.deep.equal(await calendarOf(days));
    const noons = days.map((day) => `${day} 12:00`);
    expect(await calendarOf(spread, { timeFormat: '%d.%m.%Y %H:%M %z' })).to.deep.equal(
      await calendarOf(noons),
    );
    const model = createModel({ target: 'y', columns: ['y'], timestamp: 't', experts: ['mean', 'linear'] });
    model.partialFit(inLondon.map((t, i) => ({ t, y: i % 5 })));
    const ahead = ['2024-04-14T23:00', '2024-04-15T23:00'].map((time) => Date.parse(`${time}Z`) / 1000);
    const restored = restoreModel(model.snapshot());
    for (const each of [model, restored])
      expect(each.forecast(2).map(({ time }) => time)).to.deep.equal(ahead);
    expect(restored.forecast(9)).to.deep.equal(model.forecast(9));
  });

  it('returns the pause since the row before, and refuses rows that go back in time, with line and column', async () => {
    const data: RowData = { ...rows, timestamp: 't' };
    const text =
      't,z,y\n2024-01-01,1,2\n2024-01-01T00:01,1,2\n2023-12-31,1,2\n2024-01-01T00:01,1,2\nsoon,1,2\n,1,2\n';
    const start = Date.UTC(2024, 0) / 1000;
    expect(await read(data, text)).to.deep.equal([
      [1, 2, start, null],
      [1, 2, start + 60, 60],
      'data, line 4, column "t": "2023-12-31" is earlier than the row before',
      [1, 2, start + 60, 0],
      `data, line 6, column "t": "soon" is not a time: write 2024-01-31T13:45:00Z, or the seconds or milliseconds since 1970, or say how it is written with --time-format, as '%d.%m.%Y %H:%M'`,
      'data, line 7, column "t": the time is missing',
    ]);
    expect((await readAfter(start + 30, data, [text])).slice(0, 2)).to.deep.equal([
      'data, line 2, column "t": "2024-01-01" is earlier than the row before',
      [1, 2, start + 60, 30],
    ]);
    // The hour that comes twice at the end of summer time.
    const twice =
      't,z,y\n2024-10-27 02:30,1,2\n2024-10-27 02:00,1,2\n2024-10-27T01:00:00Z,1,2\n2024-10-27 01:00,1,2\n';
    const clocks = ': if clocks were set back, write the times with their offset from UTC';
    expect((await read(data, twice)).slice(1)).to.deep.equal([
      `data, line 3, column "t": "2024-10-27 02:00" is earlier than the row before${clocks}`,
      'data, line 4, column "t": "2024-10-27T01:00:00Z" is earlier than the row before',
      'data, line 5, column "t": "2024-10-27 01:00" is earlier than the row before',
    ]);
    expect(await read({ ...data, kind: 'ndjson' }, '{"t":1700000000,"z":1,"y":2}\n')).to.deep.equal([
      [1, 2, 1.7e9, null],
    ]);
  });

  it('tells the network the time of day, week and year: what it cannot know from the rows themselves', async () => {
    const morning = anglesOf(Date.UTC(1970, 0, 1, 6) / 1000);
    expect(morning[0]).to.equal(1);
    expect(morning[1]).to.be.closeTo(0, 1e-12);
    expect(morning).to.have.length(6);
    // One reading every few hours; what it is depends on the hour alone.
    const lines = Array.from({ length: 3000 }, (_, i) => {
      const hour = 5 * i + ((i * i) % 3);
      return `${1.7e9 + 3600 * hour},1,${[3, 1, 4, 1][Math.floor((hour % 24) / 6)]}\n`;
    });
    const recentOf = async (data: RowData) => {
      const session = openSession(configOf(data));
      for (const row of await read(data, `t,z,y\n${lines.join('')}`)) session.advance(row);
      return session.report().figures;
    };
    const timed = await recentOf({ ...rows, timestamp: 't' });
    expect(timed.network.recent).to.be.below(timed.mean.recent / 4);
  });
});

describe('trainers/streams: rows with times', () => {
  const plain: RowData = {
    ...rows,
    columns: ['a', 'k'],
    categorical: ['k'],
    target: 'a',
    horizon: 1,
    categories: 3,
  };
  const timed: RowData = { ...plain, timestamp: 't' };

  it('become numbers, and then the scaled logarithm of the pause and the angles of the time', () => {
    const coder = createRowCoder(timed);
    expect([inputsOf(timed), coder.inputs]).to.deep.equal([12, 12]);
    const six = Date.UTC(1970, 0, 1, 6) / 1000;
    coder.learn([1, 'x', six, null]);
    const first = coder.encode([1, 'x', six, null]);
    expect(first.slice(0, 7)).to.deep.equal([0, 0, 1, 0, 0, 0, 1]);
    expect(first).to.have.length(12);
    // The pauses: e² - 1 and e⁴ - 1 seconds.
    for (const power of [2, 4]) coder.learn([1, 'x', six, Math.exp(power) - 1]);
    const pauseOf = (pause: number | null, from = coder) => from.encode([1, 'x', six, pause])[5];
    expect(pauseOf(Math.exp(4) - 1)).to.be.closeTo(1, 1e-12);
    expect(pauseOf(Math.exp(3) - 1)).to.be.closeTo(0, 1e-12);
    expect(pauseOf(null)).to.equal(0);
    const saved = JSON.parse(JSON.stringify(coder.save()));
    expect(saved).to.have.length(3);
    expect(pauseOf(10, createRowCoder(timed, saved))).to.equal(pauseOf(10));
    expect(createRowCoder(plain, saved).save()).to.have.length(2);
  });

  it('follow on each other from one source to the next, over what is left out', async () => {
    const texts = ['t,a,k\n0,1,x\n', 't,a,k\n5,no,x\n3,1,x\n', 't,a,k\n2,1,x\n3,1,x\n4,1,x\n'];
    expect(await read(timed, ...texts)).to.deep.equal([
      [1, 'x', 0, null],
      'data, line 2, column "a": "no" is not a number; if the column holds categories, name it with --categorical',
      [1, 'x', 3, 3],
      'data, line 2, column "t": "2" is earlier than the row before',
      [1, 'x', 3, 0],
      [1, 'x', 4, 1],
    ]);
  });

  it('have the offset of their clock beside their entries, so that a run of an earlier version resumes over them', async () => {
    const [row] = (await read(timed, 't,a,k\n1970-01-01T02:00+01:30,1,x\n')) as Row[];
    for (const own of [row, createLate({ ...timed, delay: 1 }).know(row)])
      expect(timeOfRow(timed, own)).to.deep.equal({ time: 1800, elapsed: null, offset: 5400 });
    expect(behind(beginning, row)).to.deep.equal(behind(beginning, [1, 'x', 1800, null]));
  });

  it('lie as far from the row that is predicted from as the horizon and the delay', () => {
    expect([
      lagOf(rows),
      lagOf({ ...rows, horizon: 1 }),
      lagOf({ ...rows, horizon: 1, delay: 2 }),
    ]).to.deep.equal([0, 1, 3]);
  });
});

describe('trainers/streams: targets that are known late', () => {
  const series = Array.from({ length: 80 }, (_, i) => ({
    z: (i * 7) % 5,
    y: i % 9 === 4 ? null : Math.sin(i / 3),
  }));
  const textOf = (list: readonly { z: number; y: number | null }[]) =>
    `z,y\n${list.map(({ z, y }) => `${z},${y ?? ''}\n`).join('')}`;

  for (const [horizon, delay] of [
    [0, 1],
    [0, 5],
    [2, 3],
  ] as const)
    it(`a target ${horizon} rows ahead that is ${delay} rows late is the one of a column moved down by ${delay} rows`, async () => {
      const data: RowData = { ...rows, columns: ['z', 'y'], horizon, delay };
      const moved = series.map(({ z }, i) => ({ z, y: series[i - delay]?.y ?? null }));
      const late = createRowSession(configOf(data), data);
      const { delay: _, ...plain } = { ...data, horizon: horizon + delay };
      const shifted = createRowSession(configOf(plain), plain);
      for (const row of await read(data, textOf(series))) late.advance(row as Row);
      for (const row of await read(plain, textOf(moved))) shifted.advance(row as Row);
      expect(late.report()).to.deep.equal(shifted.report());
      expect(late.learner.save()).to.deep.equal(shifted.learner.save());
      const errors = series.flatMap(({ y }, t) => {
        const latest = series
          .slice(0, Math.max(0, t - horizon - delay + 1))
          .findLast((row) => row.y !== null)?.y;
        return y === null || latest === undefined || t + delay >= series.length
          ? []
          : [(y - (latest as number)) ** 2];
      });
      expect(late.report().scored).to.equal(errors.length);
      const { mean } = late.report().figures.persistence;
      expect(mean).to.be.closeTo(errors.reduce((a, b) => a + b) / errors.length, 1e-12);
    });

  it('changes nothing, neither what is predicted nor what is learnt, before it is known', async () => {
    const [horizon, delay, at] = [1, 4, 30];
    const data: RowData = { ...rows, columns: ['z', 'y'], horizon, delay };
    const changed = series.map((row, i) => (i === at ? { ...row, y: 50 } : row));
    for (const learn of [true, false]) {
      const take = async (list: typeof series) => {
        const session = createRowSession(configOf(data), data);
        const records = (await read(data, textOf(list))) as Row[];
        for (const row of records.slice(0, 20)) session.advance(row);
        const predict = rowPredictor(data, session, { learn, fresh: false });
        return records.slice(20).map((row) => predict(row).prediction);
      };
      const [one, other] = [await take(series), await take(changed)];
      expect(20 + one.findIndex((prediction, i) => prediction !== other[i])).to.equal(at + delay);
    }
  });
});
