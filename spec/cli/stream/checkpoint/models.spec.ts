import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { generations, readCheckpointFile } from '../../../../cli/stream/checkpoint/generations.ts';
import { readModel } from '../../../../cli/stream/checkpoint/model.ts';
import {
  createModel,
  createTextModel,
  openModel,
  openTextModel,
  type RowModel,
  type TextModel,
  UsageError,
} from '../../../../cli/stream/index.ts';
import { DataError } from '../../../../lib/index.ts';
import { createRowSession } from '../../../../trainers/streams/sessions/rowSession.ts';

const records = Array.from({ length: 30 }, (_, i) => ({
  t: 1000 + i,
  x: i % 6 === 2 ? null : Math.round(100 * Math.sin(i / 3)) / 10,
  k: 'pqr'[i % 3],
}));
const small = { units: 2, estimator: 'tbptt', window: 2 } as const;
const refusalOf = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => expect.fail('it was accepted'),
      (error: unknown) => error as Error,
    );

describe('cli/stream: models', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind models ')));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('of records', () => {
    it('have the defaults of the command, and what they are given', () => {
      expect(createModel({ target: 'x', ...small }).config.data).to.deep.equal({
        kind: 'ndjson',
        delimiter: ',',
        missing: [],
        columns: ['x'],
        categorical: [],
        target: 'x',
        predict: 'residual',
        horizon: 1,
        categories: 16,
      });
      const given = {
        target: 'k',
        columns: ['x', 'k'],
        categorical: ['k'],
        horizon: 2,
        delay: 1,
        timestamp: 't',
        categories: 4,
      } as const;
      expect(createModel({ ...given, ...small }).config).to.deep.include({
        data: {
          kind: 'ndjson',
          delimiter: ',',
          missing: [],
          predict: 'value',
          ...given,
          calendar: 'weekdays',
        },
        cell: { name: 'lru', units: 2 },
      });
    });

    it('learn what the session of a run learns, one by one, all at once, and as they come', async () => {
      const options = {
        target: 'x',
        columns: ['x', 'k'],
        categorical: ['k'],
        timestamp: 't',
        ...small,
      } as const;
      const one = createModel(options);
      const { config } = one;
      if (config.data.kind === 'text') throw new Error('rows were expected');
      const session = createRowSession(config, config.data);
      const scores = records.map(({ t, x, k }, i) => session.advance([x, k, t, i === 0 ? null : 1]));
      expect(records.map((record) => one.learnOne(record))).to.deep.equal(scores);
      expect(one.report()).to.deep.equal(session.report());
      const all = createModel(options);
      expect(all.partialFit(records)).to.equal(all);
      expect(all.report()).to.deep.equal(one.report());
      const learning = createModel(options);
      const asked = createModel(options);
      let i = 0;
      for await (const { record, prediction, score } of learning.learn(records)) {
        asked.learnOne(records[i]);
        expect([record, score, prediction]).to.deep.equal([records[i], scores[i], asked.predictOne()]);
        i++;
      }
      expect(i).to.equal(records.length);
      expect(learning.report()).to.deep.equal(one.report());
    });

    it('take targets beside the records, in place of the column', () => {
      const options = { target: 'x', columns: ['k'], categorical: ['k'], horizon: 0, ...small } as const;
      const [beside, within] = [createModel(options), createModel(options)];
      const targets = records.map((_, i) => (i % 5 === 0 ? null : i / 3));
      beside.partialFit(records, targets);
      within.partialFit(records.map(({ k }, i) => ({ k, x: targets[i] })));
      expect(beside.report()).to.deep.equal(within.report());
      expect(beside.report().scored).to.be.below(records.length);
      expect(beside.learnOne({ k: 'p' }, 3)).to.equal(within.learnOne({ k: 'p', x: 3 }));
      expect(() => beside.partialFit([{ k: 'p' }, { k: 'q' }], [1])).to.throw(
        DataError,
        'partialFit: there are 2 records and 1 targets',
      );
    });

    it('of the same record, predict before they learn, and need one to predict from', async () => {
      const options = { target: 'x', columns: ['k'], categorical: ['k'], horizon: 0, ...small } as const;
      const [learning, asked] = [createModel(options), createModel(options)];
      for await (const { record, prediction, score } of learning.learn(records)) {
        expect(prediction).to.equal(asked.predictOne(record));
        expect(score).to.equal(asked.learnOne(record));
      }
      expect(learning.report().scored).to.be.above(20);
      expect(() => asked.predictOne()).to.throw(DataError, 'give the record whose target is to be predicted');
      expect(() => createModel({ target: 'x', ...small }).predictOne()).to.throw(
        DataError,
        'there has been no record yet to predict from: give one',
      );
    });

    it('change nothing when they are asked', () => {
      const options = { target: 'x', columns: ['x', 'k'], categorical: ['k'], delay: 1, ...small } as const;
      const [asked, silent] = [createModel(options), createModel(options)];
      for (const record of records) {
        asked.predictOne(record);
        for (const model of [asked, silent]) model.learnOne(record);
        expect(asked.predictOne()).to.equal(silent.predictOne());
        asked.predictOne();
      }
      expect(asked.report()).to.deep.equal(silent.report());
    });

    it('return the probability of each category, and one for all categories without an index', () => {
      const model = createModel({ target: 'k', categorical: ['k'], categories: 4, ...small });
      model.partialFit(records);
      const probabilities = model.predictProbaOne();
      expect([...probabilities.keys()]).to.deep.equal(['p', 'q', 'r', null]);
      expect([...probabilities.values()].reduce((a, b) => a + b)).to.be.closeTo(1, 1e-9);
      expect(model.predictProbaOne(records[0])).not.to.deep.equal(probabilities);
      const best = [...probabilities].reduce((a, b) => (b[1] > a[1] ? b : a));
      expect(model.predictOne()).to.equal(best[0]);
      // The score of the category that comes is what its probability said.
      expect(model.learnOne({ k: 'q' })).to.be.closeTo(-Math.log2(probabilities.get('q') ?? 0), 1e-6);
      const number = createModel({ target: 'x', ...small });
      number.learnOne({ x: 1 });
      expect(() => number.predictProbaOne()).to.throw(
        UsageError,
        'x is a number, which has no probabilities: use predictOne',
      );
    });

    it('refuse what they cannot use, with the number of the record, and stay as they are', () => {
      const model = createModel({ target: 'x', timestamp: 't', ...small });
      model.learnOne({ t: 5, x: 1 });
      const report = JSON.stringify(model.report());
      for (const [record, says] of [
        [null, 'record 2: it is not an object, such as {"temperature": 12.5}'],
        ['x', 'record 2: it is not an object'],
        [[1], 'record 2: it is not an object'],
        [{ t: 6, x: 'warm' }, 'record 2, column "x": "warm" is not a number'],
        [{ t: 4, x: 1 }, 'record 2, column "t": 4 is earlier than the row before'],
      ] as const) {
        for (const use of [model.learnOne, model.predictOne])
          expect(() => use(record as never)).to.throw(DataError, says);
      }
      expect(JSON.stringify(model.report())).to.equal(report);
      expect(() =>
        model.partialFit([
          { t: 6, x: 2 },
          { t: 7, x: {} as never },
        ]),
      ).to.throw(DataError, 'record 3, column "x"');
      expect(model.report().scored).to.equal(1);
    });
  });

  describe('that are saved', () => {
    let rows: RowModel<'x'>;
    let text: TextModel;

    before(async () => {
      rows = createModel({ target: 'x', ...small });
      rows.partialFit(records.slice(0, 20));
      rows.save(path('rows'));
      text = createTextModel(small);
      await text.partialFit('abcabc');
      text.save(path('text'));
    });

    it('continue bit for bit, with the count of what they have learnt from', async () => {
      for (const name of ['rows', `rows/${generations.newest}`]) {
        const opened = await openModel(path(name));
        expect(opened.report()).to.deep.equal(rows.report());
        expect(opened.predictOne()).to.equal(rows.predictOne());
        expect(() => opened.learnOne({ x: 'no' })).to.throw('record 21,');
        opened.learnOne({ x: 1 });
        expect(() => opened.learnOne({ x: 'no' })).to.throw('record 22,');
      }
      const opened = await openTextModel(path('text'));
      expect(opened.report()).to.deep.equal(text.report());
      await opened.partialFit('d');
      opened.save(path('text-on'));
      expect(readCheckpointFile(path(`text-on/${generations.newest}`)).position.records).to.equal(7);
      expect((await openTextModel(path('text-on'))).report()).to.deep.equal(opened.report());
    });

    it('have the position of what a run would have read', () => {
      const { position, metricsLength } = readCheckpointFile(path(`text/${generations.newest}`));
      // FNV-1a with 32 bits.
      const digest = Array.from('abcabc').reduce(
        (hash, each) => Math.imul(hash ^ each.charCodeAt(0), 0x01000193) >>> 0,
        0x811c9dc5,
      );
      expect([position, metricsLength]).to.deep.equal([{ records: 6, skipped: 0, digest }, 0]);
    });

    it('keep the metrics of their own folder, and stay out of those of others', async () => {
      rows.save(path('own'));
      writeFileSync(path('own/metrics.ndjson'), '{}\n');
      const says = `${path('own')} has the metrics of another run: save the model in a folder of its own`;
      expect(() => rows.save(path('own'))).to.throw(UsageError, says);
      writeFileSync(path('own/metrics.ndjson'), '');
      rows.save(path('own'));
      expect(existsSync(path(`own/${generations.previous}`))).to.equal(true);
      const run = readCheckpointFile(path(`own/${generations.newest}`));
      writeFileSync(path('own/metrics.ndjson'), '{}\n');
      const opened = await openModel(path('own'));
      opened.save(relative('', path('own')));
      expect(() => opened.save(path('rows-else'))).not.to.throw();
      writeFileSync(path('rows-else/metrics.ndjson'), '{}\n');
      expect(() => opened.save(path('rows-else'))).to.throw(UsageError, 'metrics of another run');
      expect(readCheckpointFile(path(`own/${generations.newest}`)).metricsLength).to.equal(run.metricsLength);
      expect(readFileSync(path('own/metrics.ndjson'), 'utf8')).to.equal('{}\n');
      writeFileSync(path('a file'), '');
      expect(() => rows.save(path('a file/model'))).to.throw(UsageError, 'cannot make the folder');
    });

    it('are of one kind, and have to be there', async () => {
      const refuse = async (work: () => unknown, says: string) => {
        const error = await refusalOf(work);
        expect(error).to.be.instanceOf(UsageError);
        expect(error.message).to.equal(says);
      };
      await refuse(() => openModel(path('text')), `${path('text')} is a model of text: use openTextModel`);
      await refuse(() => openTextModel(path('rows')), `${path('rows')} is a model of rows: use openModel`);
      await refuse(
        () => openModel(path('none')),
        `cannot read ${path('none')}: there is no such file or folder`,
      );
      const model = await readModel(path('rows'));
      expect([model.kind, model.from.folder, model.position?.records]).to.deep.equal([
        'rows',
        path('rows'),
        20,
      ]);
      expect((await readModel(path(`text/${generations.newest}`))).from.folder).to.equal(path('text'));
    });
  });
});
