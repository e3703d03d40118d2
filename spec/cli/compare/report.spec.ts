import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { DOMParser } from 'linkedom';
import { writeCsv } from '../../../cli/compare/csv.ts';
import { groupsOf } from '../../../cli/compare/groups.ts';
import { type PastRun, readRun } from '../../../cli/compare/readRun.ts';
import { compareReport, comparisonOf } from '../../../cli/compare/report.ts';
import { groupTable } from '../../../cli/compare/tables.ts';
import { FailedError } from '../../../cli/errors.ts';
import { DataError, UsageError } from '../../../lib/index.ts';
import { inject } from '../../support/faults.ts';

/** The rows of a table of a page. */
const rowsOf = (document: ReturnType<DOMParser['parseFromString']>, at: number) =>
  [...[...document.querySelectorAll('table')][at].querySelectorAll('tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent),
  );

describe('cli: the comparison of runs', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind compare ')));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const trainConfig = { data: { kind: 'text', unit: 'byte' }, cell: { name: 'gru', units: 3 }, seed: 1 };
  const runConfig = { experiment: 'anbn', cell: { name: 'gru', units: 3 }, task: { list: [1, 2] }, steps: 5 };
  const trained = (step: number, mean: number | null, recent: number | null, rest: object = {}) => ({
    step,
    unit: 'bits',
    mean,
    recent,
    gradientNorm: 4,
    baselines: { 'order-0 model': { mean: 3, recent: step / 100 } },
    ...rest,
  });
  const stepped = (step: number, rest: object = {}) => ({
    step,
    unit: 'loss',
    loss: 1,
    mean: step / 2,
    recent: step / 4,
    gradientNorm: 0,
    baselines: {},
    ...rest,
  });

  function make(name: string, config: unknown, lines: readonly (object | string)[], end = '\n'): string {
    mkdirSync(path(name));
    writeFileSync(path(`${name}/config.json`), typeof config === 'string' ? config : JSON.stringify(config));
    writeFileSync(
      path(`${name}/metrics.ndjson`),
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n') + end,
    );
    return path(name);
  }

  const finalTable = (runs: readonly PastRun[]) => {
    const { header, rows } = groupTable(groupsOf(runs));
    return { header, rows };
  };
  const pageOf = (runs: readonly PastRun[]) => compareReport(runs, comparisonOf(runs));
  const never = (sentence: string) => expect.fail(sentence);
  const refusalOf = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('it was accepted'),
      (error: unknown) => error as Error,
    );

  it('reads the lines and settings of either command', async () => {
    const train = await readRun(make('t', trainConfig, [trained(50, 2, 1), trained(100, 1.5, null)]), never);
    expect(train).to.deep.include({
      folder: path('t'),
      metrics: path('t/metrics.ndjson'),
      command: 'train',
      score: 'bits',
    });
    expect(train.entries).to.deep.equal([
      {
        at: 50,
        score: 'bits',
        mean: 2,
        recent: 1,
        gradientNorm: 4,
        baselines: { 'order-0 model': { mean: 3, recent: 0.5 } },
      },
      {
        at: 100,
        score: 'bits',
        mean: 1.5,
        recent: Number.NaN,
        gradientNorm: 4,
        baselines: { 'order-0 model': { mean: 3, recent: 1 } },
      },
    ]);
    expect(train.last).to.equal(train.entries[1]);
    expect([...train.settings]).to.deep.equal([
      ['data.kind', 'text'],
      ['data.unit', 'byte'],
      ['cell.name', 'gru'],
      ['cell.units', '3'],
      ['seed', '1'],
    ]);
    const run = await readRun(make('r', runConfig, [stepped(2), stepped(4)]), never);
    expect([run.command, run.score, run.settings.get('task.list')]).to.deep.equal(['run', 'loss', '1, 2']);
    expect(run.last).to.deep.equal({
      at: 4,
      score: 'loss',
      mean: 2,
      recent: 1,
      gradientNorm: 0,
      baselines: {},
    });
    const bits = { unit: 'bits', mean: 7, recent: 6, baselines: { 'order 1': { mean: 5, recent: 4 } } };
    const symbols = await readRun(make('s', runConfig, [stepped(3, bits)]), never);
    expect(symbols.last).to.deep.equal({
      at: 3,
      score: 'bits',
      mean: 7,
      recent: 6,
      gradientNorm: 0,
      baselines: { 'order 1': { mean: 5, recent: 4 } },
    });
    const squared = await readRun(
      make('q', trainConfig, [trained(1, 2, 3, { unit: 'squared error', baselines: undefined })]),
      never,
    );
    expect([squared.score, squared.last.baselines]).to.deep.equal(['squared error', {}]);
    const long = await readRun(
      make(
        'l',
        trainConfig,
        Array.from({ length: 2500 }, (_, i) => trained(i + 1, 1, 1)),
      ),
      never,
    );
    expect(long.entries.length).to.be.within(500, 1000);
    expect([long.entries[0].at, long.entries.at(-1)?.at, long.last.at]).to.deep.equal([1, 2500, 2500]);
  });

  it('skips an incomplete last line, and no other', async () => {
    const sentences: string[] = [];
    const cut = await readRun(make('cut', trainConfig, [trained(1, 2, 3), '{"step":2,"un'], ''), (each) =>
      sentences.push(each),
    );
    expect(cut.last.at).to.equal(1);
    const where = `${path('cut/metrics.ndjson')}, line 2: it is not a line of metrics`;
    expect(sentences).to.deep.equal([`${where}, and was skipped: the run was cut off there`]);
    const good = trained(1, 2, 3);
    const bad: (object | string)[] = [
      '{',
      '[]',
      'null',
      '3',
      { ...good, step: 1.5 },
      { ...good, step: '1' },
      { ...good, unit: 'nats' },
      { ...good, mean: '2' },
      { ...good, recent: undefined },
      { ...good, gradientNorm: true },
      { ...good, baselines: [] },
      { ...good, baselines: 3 },
      { ...good, baselines: { other: null } },
      { ...good, baselines: { other: { mean: 1 } } },
      { ...good, baselines: { other: { recent: 1 } } },
      { ...stepped(1), step: undefined },
      { ...stepped(1), unit: undefined },
    ];
    for (const [i, line] of bad.entries()) {
      const error = await refusalOf(readRun(make(`bad${i}`, trainConfig, [good, line, good]), never));
      expect(error, JSON.stringify(line)).to.be.instanceOf(DataError);
      expect(error.message, JSON.stringify(line)).to.equal(
        `${path(`bad${i}/metrics.ndjson`)}, line 2: it is not a line of metrics`,
      );
    }
  });

  it('refuses a folder that is not of a run', async () => {
    const refuse = async (name: string, type: typeof UsageError | typeof DataError, says: string) => {
      const error = await refusalOf(readRun(path(name), never));
      expect(error).to.be.instanceOf(type);
      expect(error.message).to.equal(says);
    };
    writeFileSync(path('file'), '');
    await refuse('file', UsageError, `${path('file')} is a file: give the folder of a run`);
    const missing = (name: string, file: string) =>
      `${path(name)} is not the folder of a run: cannot read ${path(file)}: there is no such file or folder`;
    await refuse('none', UsageError, missing('none', 'none/config.json'));
    mkdirSync(path('bare'));
    await refuse('bare', UsageError, missing('bare', 'bare/config.json'));
    for (const [name, config] of [
      ['odd', '{'],
      ['odder', 'null'],
      ['oddest', { seed: 1 }],
      ['text', '"experiment"'],
    ] as const) {
      make(name, config, [trained(1, 1, 1)]);
      await refuse(name, DataError, `${path(`${name}/config.json`)} is not the configuration of a run`);
    }
    make('new', trainConfig, [], '');
    await refuse(
      'new',
      DataError,
      `${path('new/metrics.ndjson')} has no line yet: there is nothing to compare`,
    );
    rmSync(path('new/metrics.ndjson'));
    await refuse(
      'new',
      UsageError,
      `cannot read ${path('new/metrics.ndjson')}: there is no such file or folder`,
    );
  });

  it('has the best recent score first, and the baselines that all runs share', async () => {
    const runs = await Promise.all([
      readRun(make('worse', trainConfig, [trained(1000, 2, 1.5)]), never),
      readRun(make('broken', trainConfig, [trained(1000, 1, null)]), never),
      readRun(make('better', trainConfig, [trained(1000, 3, 1.25)]), never),
    ]);
    expect(finalTable(runs)).to.deep.equal({
      header: ['run', 'bits, latest', 'records', 'bits, all'],
      rows: [
        [path('better'), '1.250', '1,000', '3.000'],
        [path('worse'), '1.500', '1,000', '2.000'],
        [path('broken'), 'not finite', '1,000', '1.000'],
        ['order-0 model', '10.000', '1,000', '3.000'],
      ],
    });
    expect(runs.map(({ folder: own }) => own)).to.deep.equal(['worse', 'broken', 'better'].map(path));
    const other = await readRun(make('other data', trainConfig, [trained(900, 1, 1)]), never);
    expect(finalTable([runs[0], runs[2], other]).rows).to.have.length(3);
    const losses = await readRun(make('losses', runConfig, [stepped(8000)]), never);
    expect(finalTable([losses])).to.deep.equal({
      header: ['run', 'loss, latest', 'steps', 'loss, all'],
      rows: [[path('losses'), '2000', '8,000', '4000']],
    });
  });

  it('draws curves over records, and lists the differences of the runs', async () => {
    const lines = [
      trained(0, 9, 9),
      trained(50, 4, 3, { gradientNorm: 0 }),
      trained(100, 3, null),
      trained(150, 2, 1),
    ];
    const one = await readRun(make('one', trainConfig, lines), never);
    const changed = { ...trainConfig, cell: { name: 'gru', units: 5 }, extra: true };
    const two = await readRun(make('two', changed, lines.slice(1)), never);
    const page = pageOf([one, two]);
    const document = new DOMParser().parseFromString(page, 'text/html');
    expect(document.querySelector('title')?.textContent).to.equal('Comparison of 2 runs');
    expect([...document.querySelectorAll('h2')].map((each) => each.textContent)).to.deep.equal([
      'Latest predictions',
      'All predictions so far',
      'Norm of the gradient estimate',
      'Differences in configuration',
    ]);
    const { header, rows } = finalTable([one, two]);
    expect(rowsOf(document, 0)).to.deep.equal([header, ...rows]);
    expect(rowsOf(document, 1)).to.deep.equal([
      ['group', 'cell.units', 'extra'],
      ['units 3', '3', ''],
      ['units 5', '5', 'true'],
    ]);
    const figures = [...document.querySelectorAll('figure')];
    expect(
      figures.map((figure) => figure.querySelector('.wide svg')?.getAttribute('aria-label')),
    ).to.deep.equal([
      'bits, latest against records',
      'bits, all so far against records',
      'norm against records',
    ]);
    expect(
      figures.map((figure) =>
        [...figure.querySelectorAll('figcaption span')].map((each) => each.textContent),
      ),
    ).to.deep.equal([
      ['units 3', 'units 5', 'order-0 model'],
      ['units 3', 'units 5'],
      ['units 3', 'units 5'],
    ]);
    expect(figures[0].querySelectorAll('figcaption line[stroke-dasharray="2 3"]')).to.have.length(1);
    const pointsIn = (figure: (typeof figures)[number]) =>
      [...figure.querySelectorAll('.wide [aria-label="line"] path')].map(
        (each) => each.getAttribute('d')?.match(/[ML]/g)?.length,
      );
    // Points at record 0, non-finite ones, and 0 on a logarithmic axis are not drawn.
    expect(figures.map(pointsIn)).to.deep.equal([
      [2, 2, 3],
      [3, 3],
      [2, 2],
    ]);
    expect(pageOf([one])).to.contain('<p>There are none.</p>');
    expect(page).not.to.contain('<p>There are none.</p>');
  });

  it('writes every line as CSV, empty where a run has no figure, or no CSV at all', async () => {
    const one = await readRun(
      make('csv one', trainConfig, [trained(5, 2, null), trained(10, 1, 0.5)]),
      never,
    );
    const baselines = { other: { mean: 7, recent: 8 } };
    const two = await readRun(make('csv "two",', trainConfig, [trained(5, 3, 4, { baselines })]), never);
    await writeCsv(path('all.csv'), [one, two]);
    const settings = ['data.kind', 'data.unit', 'cell.name', 'cell.units', 'seed'];
    const own = ['text', 'byte', 'gru', '3', '1'];
    const names = ['order-0 model mean', 'order-0 model recent', 'other mean', 'other recent'];
    expect(parse(readFileSync(path('all.csv')))).to.deep.equal([
      ['run', ...settings, 'step', 'unit', 'mean', 'recent', 'gradient norm', ...names],
      [path('csv one'), ...own, '5', 'bits', '2', '', '4', '3', '0.05', '', ''],
      [path('csv one'), ...own, '10', 'bits', '1', '0.5', '4', '3', '0.1', '', ''],
      [path('csv "two",'), ...own, '5', 'bits', '3', '4', '4', '', '', '7', '8'],
    ]);
    expect(existsSync(path('all.csv.part'))).to.equal(false);
    const whole = readFileSync(path('all.csv'), 'utf8');
    for (const [at, effect] of [
      [1, 'EACCES'],
      [3, 'ENOSPC'],
      [6, 'EIO'],
    ] as const) {
      const injection = inject(folder, { at, effect, half: true, lasts: false });
      const error = await refusalOf(writeCsv(path('all.csv'), [one])).finally(injection.restore);
      expect(error).to.be.instanceOf(FailedError);
      expect(error.message).to.contain(`cannot write ${path('all.csv')}: `);
      expect(existsSync(path('all.csv.part'))).to.equal(false);
      expect(readFileSync(path('all.csv'), 'utf8')).to.equal(whole);
    }
    const short = inject(folder, { at: 1, effect: 'short', half: false, lasts: true });
    await writeCsv(path('all.csv'), [one, two]).finally(short.restore);
    expect(readFileSync(path('all.csv'), 'utf8')).to.equal(whole);
    // The metrics changed in the meantime.
    writeFileSync(one.metrics, '{}\n{}\n');
    expect(await refusalOf(writeCsv(path('all.csv'), [one]))).to.be.instanceOf(DataError);
    expect(existsSync(path('all.csv.part'))).to.equal(false);
  });

  it('leaves no partial CSV when the process ends meanwhile, and ignores one that was left', async () => {
    const one = await readRun(make('csv ended', trainConfig, [trained(5, 2, 2), trained(10, 1, 0.5)]), never);
    writeFileSync(path('ended.csv.part'), 'left by a process that was killed');
    const listeners = process.listeners('exit');
    const writing = writeCsv(path('ended.csv'), [one]);
    const [drop] = process.listeners('exit').filter((each) => !listeners.includes(each));
    // The first line is written synchronously.
    expect(readFileSync(path('ended.csv.part'), 'utf8')).to.match(/^run,data\.kind,/);
    drop(143);
    expect(existsSync(path('ended.csv.part'))).to.equal(false);
    expect(await refusalOf(writing)).to.be.instanceOf(FailedError);
    expect(process.listeners('exit')).to.deep.equal(listeners);
    writeFileSync(path('ended.csv.part'), 'left by a process that was killed');
    await writeCsv(path('ended.csv'), [one]);
    expect(readFileSync(path('ended.csv'), 'utf8')).to.match(/^run,data\.kind,/);
    expect(existsSync(path('ended.csv.part'))).to.equal(false);
  });
});
