import { expect } from 'chai';
import { createModel, openModel } from '../../../cli/stream/index.ts';
import { ConfigurationError, DataError } from '../../../lib/index.ts';
import { restoreModel, UsageError } from '../../../trainers/norewind.ts';
import { createDesk, type Desk } from '../../cli/command.ts';
import { size } from '../../support/size.ts';

/** A number, a category, a time, an identifier, texts of their own, and objects; kinds show late. */
const rows = Array.from({ length: 130 }, (_, i) => ({
  when: new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10),
  id: 1000 + i,
  sky: i < 3 ? null : i % 3 === 0 ? 'rain' : 'sun',
  load: Math.round(100 * (Math.sin(i / 4) + (i % 7))) / 100,
  wind: i % 11 === 4 ? null : i % 5,
  remark: `no ${i} of many`,
  more: { not: 'read' },
}));
const small = { units: 2, target: 'load' } as const;

/** A model as JavaScript sees it. */
const learnt = (records: readonly object[], options: object = {}) => {
  const model = createModel({ ...small, ...options });
  for (const record of records) model.learnOne(record);
  return model;
};

describe('trainers/streams: a model whose columns are not named', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    const names = Object.keys(rows[0]) as (keyof (typeof rows)[0])[];
    const cell = (value: unknown) => (value === null ? '' : typeof value === 'object' ? '{}' : String(value));
    const lines = [names.join(','), ...rows.map((row) => names.map((name) => cell(row[name])).join(','))];
    desk.file('rows.csv', `${lines.join('\n')}\n`);
    desk.file('rows.ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });

  after(() => desk.dispose());

  it('sees what train sees by default, and predicts the same', async () => {
    for (const [i, more] of [[], ['--ignore', 'id,wind']].entries()) {
      if (i === size(0, 2)) continue;
      const args = ['train', 'rows.ndjson', '--target', 'load', '--units', '2', '--out', `run-${i}`, ...more];
      const { code, stderr } = await desk.norewind(args);
      expect(code, stderr).to.equal(0);
      const own = await openModel(desk.path(`run-${i}`));
      const options = i === 0 ? {} : { ignore: ['id', 'wind'] };
      const all = createModel({ ...small, ...options }).partialFit(rows);
      const single = learnt(rows, options);
      for (const model of [all, single]) {
        expect(model.config).to.deep.equal(own.config);
        expect(model.report()).to.deep.equal(own.report());
        expect(model.predictOne()).to.equal(own.predictOne());
      }
      for (const note of all.notes) expect(stderr).to.include(note);
      expect(all.notes).to.have.length(i === 0 ? 3 : 2);
    }
  });

  it('learns as from the beginning when a later record shows another kind of input', () => {
    const model = learnt(rows.slice(0, 3));
    expect(model.config.data).to.deep.include({
      columns: ['id', 'sky', 'load', 'wind', 'remark'],
      categorical: ['remark'],
    });
    for (const row of rows.slice(3, 20)) model.learnOne(row);
    expect(model.config.data).to.deep.include({
      columns: ['id', 'sky', 'load', 'wind'],
      categorical: ['sky'],
    });
    expect(model.report()).to.deep.equal(createModel(small).partialFit(rows.slice(0, 20)).report());
  });

  it('keeps the inputs of 100 records, or of those before it was saved', () => {
    const late = { later: 5 };
    const before = learnt([...rows.slice(0, 99), { ...rows[99], ...late }]);
    expect(before.config.data).to.have.property('columns').that.includes('later');
    const after = learnt([...rows.slice(0, 100), { ...rows[100], ...late }]);
    expect(after.config.data).to.have.property('columns').that.does.not.include('later');
    const model = learnt(rows.slice(0, 10));
    const again = restoreModel(structuredClone(model.snapshot()));
    for (const each of [model, again]) each.learnOne({ ...rows[10], ...late });
    expect(model.config).to.deep.equal(again.config);
    expect(model.predictOne()).to.equal(again.predictOne());
  });

  it('changes nothing where it predicts, and where it refuses a record', () => {
    const [asked, silent] = [learnt([]), learnt([])];
    for (const [i, row] of rows.slice(0, 8).entries()) {
      asked.predictOne({ ...row, load: 3, other: i });
      for (const wrong of [5, { lod: 3 }, { ...row, load: 'high' }])
        expect(() => asked.learnOne(wrong as object)).to.throw(DataError, `record ${i + 1}`);
      for (const model of [asked, silent]) model.learnOne(row);
    }
    expect(asked.report()).to.deep.equal(silent.report());
    expect(asked.config).to.deep.equal(silent.config);
  });

  it('takes a calendar for the times that it finds, and none without times', () => {
    const of = (options: object) =>
      learnt(rows.slice(0, 40), { experts: ['linear'], ...options }).predictOne();
    expect(of({ calendar: 'angles' })).not.to.equal(of({ calendar: 'weekdays' }));
    expect(of({ calendar: 'weekdays' })).to.equal(of({}));
    expect(() => learnt([{ load: 1 }, { load: 2 }], { calendar: 'angles' })).to.throw(
      ConfigurationError,
      '--calendar goes with --timestamp',
    );
  });

  it('may be given the same object again and again', () => {
    const row = { load: 0, text: '' };
    const reused = createModel(small);
    for (let i = 0; i < 30; i++) reused.learnOne(Object.assign(row, { load: i % 5, text: `${i}` }));
    const fresh = learnt(Array.from({ length: 30 }, (_, i) => ({ load: i % 5, text: `${i}` })));
    expect(reused.report()).to.deep.equal(fresh.report());
  });

  it('predicts a column of the same row from all others, and takes targets beside the records', () => {
    const others = rows.map(({ load: _, ...row }) => row);
    const beside = createModel({ ...small, horizon: 0 }).partialFit(
      others,
      rows.map(({ load }) => load),
    );
    const within = createModel({ ...small, horizon: 0 }).partialFit(rows);
    expect(beside.report()).to.deep.equal(within.report());
    expect(beside.config.data).to.have.property('columns').that.deep.equals(['id', 'sky', 'wind']);
    expect(beside.predictOne(others[129])).to.equal(within.predictOne(rows[129]));
  });

  it('is refused what it cannot do, in one sentence', () => {
    const refused: readonly (readonly [() => unknown, string])[] = [
      [() => learnt([]).snapshot(), 'no record yet, which shows the inputs'],
      [() => learnt([], { columns: ['load'], ignore: ['id'] }), 'columns and ignore both choose the inputs'],
      [() => learnt([], { timestamp: 'when', ignore: ['when'] }), 'ignore names when'],
    ];
    for (const [work, says] of refused) expect(work).to.throw(UsageError, says);
    const misspelt: readonly (readonly [object, object, string])[] = [
      [{ laod: 3 }, {}, 'did you mean load?'],
      [{ other: 3 }, {}, 'it has none of the columns "load"; it has "other"'],
      [{ load: 3, remarks: 'x' }, { ignore: ['remark'] }, 'did you mean remark?'],
      [{ load: 3, skye: 'x' }, { categorical: ['skyes'] }, 'did you mean skyes?'],
    ];
    for (const [record, options, says] of misspelt)
      expect(() => learnt([record], options), says).to.throw(DataError, says);
    const targets: readonly (readonly [unknown, string])[] = [
      [5, 'partialFit: targets must be'],
      [[1, 2, 3], 'partialFit: there are 2 records and 3 targets'],
    ];
    for (const options of [{}, { columns: ['wind'] }])
      for (const [given, says] of targets)
        expect(() =>
          Reflect.apply(learnt([], options).partialFit, undefined, [rows.slice(0, 2), given]),
        ).to.throw(DataError, says);
  });

  it('is not of a category unless it says so, as its type says', () => {
    expect(() => learnt([{ load: 'high' }])).to.throw(DataError, 'name it with --categorical');
    const model = learnt([{ load: 'high' }, { load: 'low' }], { categorical: ['load'] });
    expect(model.predictOne()).to.be.oneOf(['high', 'low', null]);
  });
});
