import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  createModel,
  createTextModel,
  openModel,
  openTextModel,
  type RowRecord,
  UsageError,
} from '../../cli/stream/index.ts';
import { ConfigurationError, DataError, NonFiniteError } from '../../lib/index.ts';
import { draws } from '../support/draws.ts';
import { size } from '../support/size.ts';
import { createDesk, type Desk } from './command.ts';

const next = draws(4);
const rows = Array.from({ length: 160 }, (_, i) => ({
  temperature: i % 13 === 5 ? null : Math.round(100 * Math.sin(i / 4)) / 10,
  sky: i % 3 === 0 || next() < 0.1 ? 'rain' : 'sun',
  note: { not: 'read' },
}));
const weather = {
  target: 'temperature',
  columns: ['temperature', 'sky'],
  categorical: ['sky'],
  units: 3,
} as const;
const flags = '--target temperature --columns temperature,sky --categorical sky --units 3';
const small = { units: 3 } as const;

async function* arriving<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

describe('cli: norewind/stream', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('rows.ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    desk.file(
      'more.ndjson',
      rows
        .slice(0, 20)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    );
    desk.file('text.txt', 'abcdé\n'.repeat(size(20, 60)));
  });

  after(() => desk.dispose());

  const norewind = async (args: string) => {
    const { code, stdout, stderr } = await desk.norewind(args.split(' '));
    expect(code, stderr).to.equal(0);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  for (const horizon of size([0, 1], [0, 1, 3]))
    it(`learns what the command learns, with a horizon of ${horizon}`, async () => {
      const target =
        horizon === 0 ? ({ ...weather, target: 'sky', columns: ['temperature'] } as const) : weather;
      const own = horizon === 0 ? '--target sky --columns temperature --categorical sky --units 3' : flags;
      const end = (
        await norewind(`train rows.ndjson ${own} --horizon ${horizon} --out h${horizon} -q --json`)
      ).at(-1);
      const model = createModel({ ...target, horizon });
      model.partialFit(rows);
      const { event, steps, skipped, report, ...figures } = end;
      expect(report).to.equal(`h${horizon}/report.html`);
      expect(figures).to.deep.equal(JSON.parse(JSON.stringify(model.report())));
      // One by one, and as they arrive, it is the same.
      const other = createModel({ ...target, horizon });
      const scores: number[] = [];
      for await (const { score } of other.learn(arriving(rows))) if (score !== undefined) scores.push(score);
      expect(other.report()).to.deep.equal(model.report());
      expect(scores).to.have.length(model.report().scored);
      expect(scores.reduce((a, b) => a + b) / scores.length).to.be.closeTo(
        Object.values(model.report().figures)[0].mean,
        1e-9,
      );
    });

  it('learns from records with times and late targets what the command learns', async () => {
    const timed = rows.map((row, i) => ({ ...row, when: 1.7e9 + 3600 * i + (i % 7) }));
    desk.file('timed.ndjson', timed.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const end = (
      await norewind(`train timed.ndjson ${flags} --timestamp when --delay 2 --out timed -q --json`)
    ).at(-1);
    const model = createModel({ ...weather, timestamp: 'when', delay: 2 });
    for (const row of timed) {
      model.predictOne(row);
      model.learnOne(row);
    }
    expect(end.figures).to.deep.equal(JSON.parse(JSON.stringify(model.report().figures)));
    expect(() => model.learnOne({ temperature: 1, when: 5 })).to.throw(
      DataError,
      /column "when": 5 is earlier than the row before/,
    );
  });

  it('resumes a run, predicts the same as the command, and changes nothing until it is saved', async () => {
    const before = readFileSync(desk.path('h1/checkpoint.safetensors'));
    const predicted = await norewind('predict h1 more.ndjson --learn');
    const model = await openModel(desk.path('h1'));
    const own: unknown[] = [];
    for await (const { prediction } of model.learn(rows.slice(0, 20))) own.push(prediction);
    expect(own.length).to.equal(predicted.length);
    // The command leaves out digits that say nothing.
    for (const [i, { prediction }] of predicted.entries())
      expect(prediction).to.be.closeTo(Number(own[i]), 1e-5);
    const still = await openModel(desk.path('h1'));
    const row = { temperature: 1.5, sky: 'rain' };
    desk.file('one.ndjson', JSON.stringify(row));
    const [{ prediction }] = await norewind('predict h1 one.ndjson');
    expect(prediction).to.be.closeTo(Number(still.predictOne(row)), 1e-5);
    expect(readFileSync(desk.path('h1/checkpoint.safetensors')).equals(before)).to.equal(true);
  });

  it('predictOne changes nothing', () => {
    const [asked, silent] = [createModel(weather), createModel(weather)];
    for (const row of rows.slice(0, 30)) {
      asked.predictOne(row);
      asked.learnOne(row);
      asked.predictOne();
      silent.learnOne(row);
    }
    asked.save(desk.path('asked'));
    silent.save(desk.path('silent'));
    expect(desk.read('asked/checkpoint.safetensors')).to.equal(desk.read('silent/checkpoint.safetensors'));
  });

  it('saves what it, predict and train --resume continue from bit for bit', async () => {
    const model = createModel(weather);
    model.partialFit(rows.slice(0, 80));
    model.save(desk.path('half'));
    const opened = await openModel(desk.path('half'));
    opened.partialFit(rows.slice(80));
    model.partialFit(rows.slice(80));
    expect(opened.report()).to.deep.equal(model.report());
    model.save(desk.path('whole'));
    const end = (await norewind('train rows.ndjson --resume half -q --json')).at(-1);
    expect(end.figures).to.deep.equal(JSON.parse(JSON.stringify(model.report().figures)));
    expect(desk.read('half/checkpoint.safetensors')).to.equal(desk.read('whole/checkpoint.safetensors'));
  });

  it('keeps the metrics of a run whose folder it is saved in, and stays out of those of others', async () => {
    await norewind(`train rows.ndjson ${flags} --every 100 --records 120 --out kept -q --json`);
    const model = await openModel(desk.path('kept'));
    model.partialFit(rows.slice(120, 150));
    expect(() => model.save(desk.path('h1'))).to.throw(UsageError, /h1 has the metrics of another run: save/);
    model.save(desk.path('kept'));
    const metrics = desk.read('kept/metrics.ndjson');
    await norewind('train rows.ndjson --resume kept -q --json');
    expect(desk.read('kept/metrics.ndjson').startsWith(metrics.split('\n')[0])).to.equal(true);
    expect(existsSync(desk.path('kept/checkpoint.previous.safetensors'))).to.equal(true);
  });

  it('takes the target beside the record, and returns probabilities of categories', () => {
    const data = {
      target: 'sky',
      columns: ['temperature'],
      categorical: ['sky'],
      horizon: 0,
      units: 3,
      rate: 0.05,
    } as const;
    const [beside, within] = [createModel(data), createModel(data)];
    const skies = rows.map(({ temperature }) => ((temperature ?? 0) > 0 ? 'sun' : 'rain'));
    beside.partialFit(
      rows.map(({ temperature }) => ({ temperature })),
      skies,
    );
    within.partialFit(rows.map(({ temperature }, i) => ({ temperature, sky: skies[i] })));
    expect(beside.report()).to.deep.equal(within.report());
    const probabilities = beside.predictProbaOne({ temperature: 9 });
    expect([...probabilities.keys()]).to.have.members(['sun', 'rain', null]);
    expect([...probabilities.values()].reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
    expect(probabilities.get('sun')).to.be.above(0.5);
    const sky: string | null = beside.predictOne({ temperature: 9 });
    expect(sky).to.equal('sun');
  });

  it('refuses records in the words of the command, and nothing has changed then', () => {
    const model = createModel(weather);
    model.partialFit(rows.slice(0, 9));
    const report = JSON.stringify(model.report());
    const refuse = (record: unknown, says: RegExp) => {
      for (const use of [model.learnOne, model.predictOne])
        expect(() => use(record as RowRecord<'temperature' | 'sky'>)).to.throw(DataError, says);
    };
    refuse(
      { temperature: 'warm' },
      /^record 10, column "temperature": "warm" is not a number; if .*--categorical$/,
    );
    refuse(
      { temperature: Number.NaN },
      /^record 10, column "temperature": NaN is not a number; null stands for/,
    );
    refuse({ temperature: new Date(Number.NaN) }, /an invalid date is not a number/);
    refuse({ temperature: new Date(0) }, /1970-01-01T00:00:00.000Z is not a number/);
    refuse({ temperature: 1e200 }, /1e\+200 is too large/);
    refuse({ sky: {} }, /^record 10, column "sky": an object is not a category/);
    refuse(null, /^record 10: it is not an object/);
    refuse([1], /^record 10: it is not an object/);
    expect(JSON.stringify(model.report())).to.equal(report);
    expect(() => model.partialFit([{ temperature: 1 }], [])).to.throw(DataError, /1 records and 0 targets/);
    expect(() => createModel(weather).predictOne()).to.throw(DataError, /no record yet/);
    expect(() => model.predictProbaOne()).to.throw(UsageError, /temperature is a number/);
    expect(() => createModel({ target: 'a', columns: ['a'], horizon: 0 })).to.throw(
      ConfigurationError,
      /see its target a/,
    );
    expect(() => createModel({ target: 'a', estimator: 'uro' })).to.throw(UsageError, /did you mean uoro/);
    // TypeScript refuses these; JavaScript and a configuration in JSON do not.
    const misspelt = { target: 'a', unitss: 4 };
    expect(() => createModel(misspelt)).to.throw(
      ConfigurationError,
      'createModel: there is no option unitss; did you mean units?',
    );
    expect(() => createTextModel({ watch: 80 } as object)).to.throw(
      ConfigurationError,
      'createTextModel: there is no option watch',
    );
  });

  it('takes times as a Date too', () => {
    const [dates, texts] = [0, 1].map(() => createModel({ target: 'a', timestamp: 'when', units: 2 }));
    for (let day = 1; day < 9; day++) {
      dates.learnOne({ a: day % 3, when: new Date(Date.UTC(2024, 0, day)) });
      texts.learnOne({ a: day % 3, when: `2024-01-0${day}` });
    }
    expect(dates.report()).to.deep.equal(texts.report());
    expect(() => dates.learnOne({ a: 1, when: new Date(0) })).to.throw(
      DataError,
      '1970-01-01T00:00:00.000Z is earlier than the row before',
    );
    expect(() => dates.learnOne({ a: 1, when: new Date('x') })).to.throw(DataError, 'the time is no date');
  });

  it('once a number has stopped being finite, says so again and again, and saves nothing', () => {
    const model = createModel({ target: 'a', units: 2, optimizer: 'sgd', rate: 1e10 });
    const learn = () => {
      for (let i = 0; i < 200; i++) model.learnOne({ a: Math.sin(i) });
    };
    expect(learn).to.throw(NonFiniteError, 'lower the learning rate');
    const report = model.report();
    for (let i = 0; i < 3; i++)
      expect(() => model.learnOne({ a: 1 })).to.throw(NonFiniteError, 'lower the learning rate');
    expect(() => model.save(desk.path('broken'))).to.throw(NonFiniteError);
    expect(model.report()).to.deep.equal(report);
    expect(existsSync(desk.path('broken'))).to.equal(false);
  });

  it('misspelt columns and wrong kinds do not compile', () => {
    const model = createModel({ target: 'a', columns: ['a', 'b'], categorical: ['b'], units: 2 });
    const value: number = model.predictOne({ a: 1, b: 'x' });
    expect(value).to.satisfy(Number.isFinite);
    // @ts-expect-error: there is no column c
    model.learnOne({ a: 1, c: 2 });
    // @ts-expect-error: a number is predicted
    const wrong: string = model.predictOne({ a: 1 });
    expect(wrong).to.be.a('number');
  });

  it('learns a text in any pieces as the command does, and continues it', async () => {
    for (const [unit, name] of [
      ['byte', 'bytes'],
      ...size([], [['character', 'characters'] as const]),
      ['word', 'words'],
    ] as const) {
      const end = (
        await norewind(`train text.txt --unit ${unit} --units 3 --rate 0.02 --out ${name} -q --json`)
      ).at(-1);
      const bytes = readFileSync(desk.path('text.txt'));
      const model = createTextModel({ unit, ...small, rate: 0.02 });
      const symbols: (string | number)[] = [];
      for await (const { symbol } of model.learn(arriving(Array.from(bytes, (byte) => Uint8Array.of(byte)))))
        symbols.push(symbol);
      expect(symbols).to.have.length(end.steps);
      expect(end.figures).to.deep.equal(JSON.parse(JSON.stringify(model.report().figures)));
      const opened = await openTextModel(desk.path(name));
      expect(opened.predictProbaOne()).to.deep.equal(model.predictProbaOne());
      const best = [...model.predictProbaOne()]
        .filter(([symbol]) => symbol !== null)
        .reduce((a, b) => (b[1] > a[1] ? b : a));
      expect(model.predictOne()).to.equal(best[0]);
      const { stdout } = await desk.norewind(
        `generate ${name} --length 12 --temperature 0.5 --seed 3 --prime ab`.split(' '),
      );
      expect(opened.generate(12, { temperature: 0.5, seed: 3, prime: 'ab' })).to.equal(stdout);
      await opened.partialFit('abcdé\n');
      opened.save(desk.path(`${name}-2`));
      expect((await openTextModel(desk.path(`${name}-2`))).report().scored).to.equal(
        end.scored + { byte: 7, character: 6, word: 2 }[unit],
      );
    }
  });

  it('says when a model is of the other kind, is not there, or has seen no text', async () => {
    const refusal = async (work: Promise<unknown>) =>
      work.then(
        () => expect.fail('accepted'),
        (error) => error,
      );
    expect(await refusal(openModel(desk.path('bytes'))))
      .to.be.instanceOf(UsageError)
      .with.property('message')
      .match(/openTextModel$/);
    expect(await refusal(openTextModel(desk.path('h1'))))
      .to.be.instanceOf(UsageError)
      .with.property('message')
      .match(/use openModel$/);
    expect(await refusal(openModel(desk.path('nowhere')))).to.be.instanceOf(UsageError);
    expect(() => createTextModel(small).predictOne()).to.throw(DataError, /no text yet/);
    const model = createTextModel({ alphabet: 'ab', ...small });
    expect(await refusal(model.partialFit('abx')))
      .to.be.instanceOf(DataError)
      .with.property('message')
      .match(/^the text, line 1, column 3: /);
  });
});
