import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Command, InvalidArgumentError } from 'commander';
import { parseCount, parseNumber, parsePort } from '../../../cli/commands/options/numbers.ts';
import {
  addTrainOptions,
  configOf,
  refuseConfigOptions,
  type TrainOptions,
} from '../../../cli/commands/options/trainOptions.ts';
import { resumeOrBegin } from '../../../cli/commands/resumeOrBegin.ts';
import { encodeCheckpoint } from '../../../cli/stream/checkpoint/checkpoint.ts';
import { generations, writeGeneration } from '../../../cli/stream/checkpoint/generations.ts';
import { ConfigurationError, DataError, UsageError } from '../../../lib/index.ts';
import { beginning } from '../../../trainers/streams/reading/position.ts';
import { textCell } from '../../../trainers/streams/sessions/textNetwork.ts';
import { openSession } from '../../../trainers/streams/snapshot.ts';

describe('cli/commands: numbers on the command line', () => {
  const none = (parse: (text: string) => number, text: string, says: string) =>
    expect(() => parse(text), text).to.throw(InvalidArgumentError, says);

  it('are decimal, with an exponent or without', () => {
    for (const text of ['0', '-1', '+2.5', '.5', '7.', '1e3', '1E-3', '2e+2', '12.25e1'])
      expect(parseNumber(text)).to.equal(Number(text));
    for (const text of [
      '',
      ' ',
      'x',
      '1x',
      'x1',
      '0x10',
      '1e',
      '.',
      '1.2.3',
      'NaN',
      'Infinity',
      '1e999',
      '1_000',
      '--1',
    ])
      none(parseNumber, text, 'It is not a number.');
  });

  it('are whole and at least 0 where they count, and ports where they are', () => {
    for (const [text, value] of [
      ['0', 0],
      ['1e5', 100_000],
      ['3.0', 3],
      ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ] as const)
      expect(parseCount(text)).to.equal(value);
    for (const text of ['0.5', '1e-1', '9007199254740992', '1e300'])
      none(parseCount, text, 'It is not a whole number.');
    none(parseCount, '-1', 'It must be at least 0.');
    none(parseCount, 'x', 'It is not a number.');
    expect([parsePort('0'), parsePort('65535')]).to.deep.equal([0, 65_535]);
    none(parsePort, '65536', 'A port is a number from 0 to 65535.');
    none(parsePort, '-1', 'It must be at least 0.');
  });
});

/** The options as the command gets them. */
function optionsOf(...args: string[]): TrainOptions {
  const command = new Command('train').exitOverride().configureOutput({ writeErr() {}, writeOut() {} });
  addTrainOptions(command);
  command.parse(args, { from: 'user' });
  return command.opts<TrainOptions>();
}

const configFrom = (names: string | readonly string[], ...args: string[]) =>
  configOf(typeof names === 'string' ? [names] : names, optionsOf(...args));

describe('cli/commands: options of norewind train', () => {
  it('are few when nothing is asked for', () => {
    expect(optionsOf()).to.deep.equal({ onError: 'stop', checkpointSeconds: 60 });
    expect(
      optionsOf(
        '--on-error',
        'skip',
        '--checkpoint-seconds',
        '0.5',
        '--records',
        '1e3',
        '--watch',
        '0',
        '--follow',
      ),
    ).to.deep.equal({
      onError: 'skip',
      checkpointSeconds: 0.5,
      records: 1000,
      watch: 0,
      follow: true,
    });
  });

  it('that contradict each other, or are not known, are refused', () => {
    for (const args of [
      ['--on-error', 'ignore'],
      ['--unit', 'line'],
      ['--format', 'xml'],
      ['--units', 'x'],
      ['--rate', 'fast'],
      ['--watch', '70000'],
      ['--resume-or-begin', 'a', '--resume', 'b'],
      ['--resume-or-begin', 'a', '--out', 'b'],
      ['--resume-or-begin', 'a', '--force'],
      ['--resume-or-begin', 'a', '--from-previous'],
    ])
      expect(() => optionsOf(...args), args.join(' ')).to.throw();
  });

  it('make the configuration of a text', () => {
    expect(configFrom('a.txt').data).to.deep.equal({ kind: 'text', unit: 'byte', symbols: 256 });
    expect(configFrom('-').data.kind).to.equal('text');
    expect(configFrom('a.txt', '--unit', 'character').data).to.deep.equal({
      kind: 'text',
      unit: 'character',
      symbols: 256,
    });
    expect(configFrom('a.txt', '--symbols', '9').data).to.deep.equal({
      kind: 'text',
      unit: 'character',
      symbols: 9,
    });
    expect(configFrom('a.txt', '--unit', 'word').data).to.deep.equal({
      kind: 'text',
      unit: 'word',
      symbols: 1024,
    });
    expect(configFrom('a.txt', '--unit', 'word', '--symbols', '7').data).to.deep.equal({
      kind: 'text',
      unit: 'word',
      symbols: 7,
    });
    expect(configFrom('a.txt', '--alphabet', 'ab🐻').data).to.deep.equal({
      kind: 'text',
      unit: 'character',
      symbols: 3,
      alphabet: 'ab🐻',
    });
    expect(configFrom('a.csv', '--format', 'text').data.kind).to.equal('text');
  });

  it('make the configuration of rows', () => {
    const rows = {
      missing: [],
      columns: ['y'],
      categorical: [],
      target: 'y',
      predict: 'residual',
      horizon: 1,
      categories: 16,
    };
    for (const [name, kind, delimiter] of [
      ['a.csv', 'csv', ','],
      ['A.CSV.GZ', 'csv', ','],
      ['a.tsv', 'csv', '\t'],
      ['a.TSV.gz', 'csv', '\t'],
      ['a.ndjson', 'ndjson', ','],
      ['a.jsonl.gz', 'ndjson', ','],
    ] as const)
      expect(configFrom(name, '--target', 'y').data, name).to.deep.equal({ ...rows, kind, delimiter });
    for (const name of ['csv', 'a.csv.txt', 'ndjson', 'a.jsonlx', 'a.gz', 'a.tsv.gz.txt'])
      expect(configFrom(name).data.kind, name).to.equal('text');
    expect(configFrom('a.csv', '--target', 'y', '--predict', 'value').data).to.include({ predict: 'value' });
    const given =
      '--target y --columns a,b --categorical b --horizon 0 --delay 3 --timestamp t --categories 5 --delimiter ;';
    expect(configFrom('a.txt', '--format', 'csv', ...given.split(' ')).data).to.deep.equal({
      kind: 'csv',
      delimiter: ';',
      missing: [],
      columns: ['a', 'b'],
      categorical: ['b'],
      target: 'y',
      predict: 'residual',
      horizon: 0,
      delay: 3,
      timestamp: 't',
      categories: 5,
      calendar: 'weekdays',
    });
    const timed = ['--target', 'y', '--timestamp', 't', '--calendar', 'angles'];
    expect(configFrom('a.csv', ...timed).data).to.include({ calendar: 'angles' });
    const dialect = [
      '--comment',
      '#',
      '--missing',
      'NA,-999',
      '--missing',
      '',
      '--decimal',
      ',',
      '--time-format',
      '%Y %m',
    ];
    expect(configFrom('a.tsv', '--target', 'y', '--timestamp', 'year,month', ...dialect).data).to.deep.equal({
      ...{ ...rows, kind: 'csv', delimiter: '\t', comment: '#', missing: ['NA', '-999', ''], decimal: ',' },
      ...{ timestamp: ['year', 'month'], timeFormat: '%Y %m', calendar: 'weekdays' },
    });
    for (const [args, says] of [
      [['--comment', '##'], 'comment must be one character'],
      [
        ['--comment', ','],
        'comment must be one character, such as #, other than a quote and the delimiter, got ","',
      ],
      [['--comment', '"'], 'comment must be one character'],
      [['--time-format', '%Y'], '--time-format goes with --timestamp'],
      [['--calendar', 'angles'], '--calendar goes with --timestamp'],
      [['--timestamp', 't', '--time-format', '%m'], 'the time format "%m" has no year'],
      [['--timestamp', 't,t'], '--timestamp has a column more than once'],
      [['--timestamp', 't,y'], '--timestamp names y, which is one of the columns or the target'],
      [['--timestamp', ''], 'timestamp must be the name of a column, or a list of names'],
    ] as const)
      expect(() => configFrom('a.csv', '--target', 'y', ...args), args.join(' ')).to.throw(
        ConfigurationError,
        says,
      );
    expect(configFrom('a.csv', '--target', 'y', '--columns', ' a , b ').data).to.have.deep.property(
      'columns',
      ['a', 'b'],
    );
    expect(configFrom(['a.csv', 'b.txt'], '--target', 'y').data.kind).to.equal('csv');
  });

  it('make the rest of the configuration', () => {
    const args =
      '--estimator tbptt --window 6 --stride 2 --cell lstm --units 5 --optimizer sgd --rate 0.5 --alpha 0.25 --clip 3';
    const more = '--dtype float64 --seed 7 --recent 8 --every 9';
    expect(configFrom('a.txt', ...`${args} ${more}`.split(' '))).to.deep.include({
      estimator: { name: 'tbptt', window: 6, stride: 2 },
      cell: { ...textCell, units: 5 },
      optimizer: { name: 'sgd', rate: 0.5, alpha: 0.25, clip: 3 },
      dtype: 'float64',
      seed: 7,
      recent: 8,
      every: 9,
    });
    expect(configFrom('a.txt', '--estimator', 'uoro', '--rank', '2').estimator).to.include({
      name: 'uoro',
      rank: 2,
    });
    expect(configFrom('a.txt', '--readout', 'mlp')).to.include({ readout: 'mlp' });
    const rows = '--target y --columns a --cell lstm --coupled --norm rms --recurrent zero --forget-offset 2';
    const rule =
      '--optimizer rmsprop --span 9 --rates cell=0.1,readout=0.2 --schedule sqrtDecay --floor 0.01';
    const window = '--estimator tbptt --window 8 --window-from 2';
    expect(configFrom('a.csv', ...`${rows} ${rule} ${window}`.split(' '))).to.deep.include({
      cell: { ...textCell, units: 32, forgetOffset: 2 },
      estimator: { name: 'tbptt', window: 8, stride: 8, windowFrom: 2 },
      optimizer: {
        name: 'rmsprop',
        rate: 0.003,
        alpha: 0.03,
        schedule: 'sqrtDecay',
        floor: 0.01,
        span: 9,
        epsilon: 1e-8,
        rates: 'cell=0.1,readout=0.2',
      },
    });
    expect(() => configFrom('a.txt', '--rank', '2')).to.throw(
      UsageError,
      'the estimator tbptt has no setting rank',
    );
    expect(() => configFrom('a.txt', '--units', '0')).to.throw(ConfigurationError, 'units must be');
  });

  it('that do not fit the data are refused by their names', () => {
    const refuse = (says: string, name: string, ...args: string[]) =>
      expect(() => configFrom(name, ...args), args.join(' ')).to.throw(UsageError, says);
    const hint = '; the format of the data can be given with --format';
    for (const [key, value] of [
      ['target', 'y'],
      ['predict', 'value'],
      ['horizon', '2'],
      ['delay', '2'],
      ['timestamp', 't'],
      ['columns', 'a'],
      ['categorical', 'a'],
      ['categories', '3'],
      ['delimiter', ';'],
      ['comment', '#'],
      ['missing', 'NA'],
      ['decimal', ','],
      ['time-format', '%Y'],
    ]) {
      const remedy = ': if it has rows, add --format csv or --format ndjson';
      refuse(`a.txt is read as a text, which has no --${key}${remedy}`, 'a.txt', `--${key}`, value);
      refuse(`a text has no --${key}${hint}`, 'a.csv', '--format', 'text', `--${key}`, value);
    }
    refuse(
      `a text that is read by bytes has no --symbols${hint}`,
      'a.txt',
      '--unit',
      'byte',
      '--symbols',
      '9',
    );
    refuse(
      `a text that is read by bytes has no --alphabet${hint}`,
      'a.txt',
      '--unit',
      'byte',
      '--alphabet',
      'ab',
    );
    refuse(
      `a text that is read by words has no --alphabet${hint}`,
      'a.txt',
      '--unit',
      'word',
      '--alphabet',
      'ab',
    );
    refuse(`a text with an alphabet has no --symbols${hint}`, 'a.txt', '--alphabet', 'ab', '--symbols', '3');
    for (const [key, value] of [
      ['unit', 'byte'],
      ['symbols', '9'],
      ['alphabet', 'ab'],
    ])
      refuse(`data in csv has no --${key}${hint}`, 'a.csv', '--target', 'y', `--${key}`, value);
    refuse('data in ndjson has no --delimiter', 'a.ndjson', '--target', 'y', '--delimiter', ';');
    refuse('data in ndjson has no --comment', 'a.ndjson', '--target', 'y', '--comment', '#');
    refuse('name the column to predict, with --target', 'a.csv');
  });

  it('of the configuration are refused for a resumed run', () => {
    refuseConfigOptions(optionsOf('--resume', 'a', '--follow', '--records', '3', '--quiet'));
    for (const [args, flag] of [
      [['--format', 'csv'], '--format'],
      [['--rate', '0'], '--rate'],
      [['--every', '5'], '--every'],
    ] as const)
      expect(() => refuseConfigOptions(optionsOf(...args))).to.throw(
        UsageError,
        `a resumed run keeps its configuration: leave out ${flag}`,
      );
  });
});

describe('cli/commands: --resume-or-begin', () => {
  let folder: string;
  const data = ['a.txt'];
  const own = '--units 2 --seed 4'.split(' ');
  const become = (...args: string[]) => resumeOrBegin(data, optionsOf('--resume-or-begin', folder, ...args));
  const config = configFrom(data, ...own);

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind resume ')));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function save(): void {
    writeGeneration(
      folder,
      encodeCheckpoint({
        config,
        position: beginning,
        metricsLength: 0,
        session: openSession(config).save(),
      }),
    );
  }

  async function refused(work: Promise<unknown>, kind: typeof UsageError | typeof DataError, says: string) {
    const error = await work.then(
      () => expect.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(kind);
    expect((error as Error).message).to.contain(says);
  }

  it('leaves other options as they are', async () => {
    const options = optionsOf('--resume', folder, '--continued');
    expect(await resumeOrBegin(data, options)).to.equal(options);
  });

  it('begins where there is no checkpoint, over what the same run left when it was killed before its first', async () => {
    const rest = { onError: 'stop', checkpointSeconds: 60, units: 2, seed: 4, out: folder };
    expect(await become(...own)).to.deep.equal({ ...rest, force: false });
    rmSync(folder, { recursive: true });
    expect(await become(...own, '--continued')).to.deep.equal({ ...rest, force: false });
    mkdirSync(folder);
    writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
    expect(await become(...own)).to.deep.equal({ ...rest, force: true });
    expect(await become('--units', '2', '--seed', '5')).to.deep.include({ force: false });
    writeFileSync(join(folder, 'config.json'), '{');
    expect(await become(...own)).to.deep.include({ force: false });
  });

  it('resumes a checkpoint that was begun with the same options', async () => {
    save();
    const rest = { onError: 'stop', checkpointSeconds: 60, resume: folder };
    expect(await become(...own)).to.deep.equal(rest);
    expect(await become(...own, '--continued', '--quiet')).to.deep.equal({
      ...rest,
      continued: true,
      quiet: true,
    });
    for (const [args, says] of [
      [
        ['--units', '2', '--seed', '5'],
        `the run in ${folder} was begun with another seed, 4: give the same options, or another folder`,
      ],
      [['--units', '3', '--seed', '4'], '"recurrent":"zero","units":2}: give'],
      [
        [...own, '--unit', 'word'],
        'was begun with another data, {"kind":"text","unit":"byte","symbols":256}: give',
      ],
    ] as const)
      await refused(become(...args), UsageError, says);
  });

  it('does not begin anew where the checkpoint is damaged, or only the one before is there', async () => {
    save();
    writeFileSync(join(folder, generations.newest), 'x');
    await refused(become(...own), DataError, 'there is no whole generation before it');
    rmSync(join(folder, generations.newest));
    writeFileSync(join(folder, generations.previous), 'x');
    await refused(become(...own), DataError, 'cannot read');
  });
});
