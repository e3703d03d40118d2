import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Command } from 'commander';
import { withInputColumns } from '../../../cli/commands/inputColumns.ts';
import { addTrainOptions, configOf, type TrainOptions } from '../../../cli/commands/options/trainOptions.ts';
import { type Peekable, peekable } from '../../../cli/stream/input/peek.ts';
import { DataError, NorewindError } from '../../../lib/index.ts';

describe('cli/commands: all columns are inputs unless told otherwise', () => {
  let folder: string;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind ignore ')));
    const rows = 'when, a ,y,"b, c"\r\n2024-01-01,1,2,x\r\n';
    writeFileSync(join(folder, 'rows.csv'), rows);
    writeFileSync(join(folder, 'rows.csv.gz'), gzipSync(rows));
    writeFileSync(join(folder, 'rows.tsv'), '#1,2\nwhen\ta\ty\n');
    writeFileSync(join(folder, 'twice.csv'), 'y,a,a\n1,2,3\n');
    writeFileSync(join(folder, 'growing.csv'), 'y,a');
    writeFileSync(join(folder, 'rows.ndjson'), '{"y":1}\n');
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  async function given(
    name: string,
    args: readonly string[],
    tell?: (sentence: string) => void,
  ): Promise<TrainOptions> {
    const command = new Command('train').exitOverride();
    addTrainOptions(command);
    command.parse([...(args.includes('--target') ? [] : ['--target', 'y']), ...args], { from: 'user' });
    return withInputColumns([join(folder, name)], command.opts<TrainOptions>(), tell);
  }

  it('in the order of the header, without times, and without a target that it would see', async () => {
    for (const [name, args, columns] of [
      ['rows.csv', ['--ignore', 'when'], ['a', 'y', 'b, c']],
      ['rows.csv', ['--ignore', '"b, c",y', '--ignore', 'when'], ['a']],
      ['rows.csv', ['--ignore', 'a', '--timestamp', 'when'], ['y', 'b, c']],
      ['rows.csv', ['--ignore', 'when', '--horizon', '0'], ['a', 'b, c']],
      ['rows.csv', ['--ignore', 'when', '--horizon', '0', '--delay', '1'], ['a', 'y', 'b, c']],
      ['rows.csv', ['--ignore', ''], ['a', 'y', 'b, c']],
      ['rows.csv.gz', ['--ignore', 'when'], ['a', 'y', 'b, c']],
      ['rows.tsv', ['--ignore', 'when', '--comment', '#'], ['a', 'y']],
      ['row?.csv', ['--ignore', 'when'], ['a', 'y', 'b, c']],
    ] as const) {
      const options = await given(name, args);
      expect(options.columns, args.join(' ')).to.deep.equal(columns);
      expect(options).not.to.have.property('ignore');
      expect(configOf([name], options).data).to.deep.include({ columns, target: 'y' });
    }
  });

  it('changes nothing where it is not given, and leaves its refusal to a run that is resumed', async () => {
    expect(await given('none.csv', [])).not.to.have.property('columns');
    expect(await given('none.csv', ['--ignore', 'a', '--resume', 'run'])).to.have.property('ignore');
  });

  it('are all columns if none are named: numbers, categories, and the first column of times', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `2024/01/${String(i + 1).padStart(2, '0')},${i},${i % 7},${'abc'[i % 3]},name${i},${i * i}\n`,
    );
    writeFileSync(join(folder, 'all.csv'), `when,id,y,kind,who,b\n${rows.join('')}`);
    const command = new Command('train').exitOverride();
    addTrainOptions(command);
    command.parse(['--target', 'y'], { from: 'user' });
    const told: string[] = [];
    const options = await withInputColumns(
      [join(folder, 'all.csv')],
      command.opts<TrainOptions>(),
      (sentence) => told.push(sentence),
    );
    expect(options).to.deep.include({
      columns: ['id', 'y', 'kind', 'b'],
      categorical: ['kind'],
      timestamp: ['when'],
      timeFormat: '%Y/%m/%d',
    });
    expect(told).to.have.length(3);
    expect(told[0]).to.match(/^column "id" counts up like an identifier: leave it out with --ignore/);
    expect(told[1]).to.match(/^column "who" holds texts of its own in many rows, and is not seen/);
    expect(told[2]).to.match(/^column "b" counts up/);
    expect(configOf(['all.csv'], options).data).to.deep.include({ timestamp: 'when', target: 'y' });
    const ignoring = await given('all.csv', ['--ignore', 'id,kind']);
    expect(ignoring.columns).to.deep.equal(['y', 'b']);
  });

  const mixed = Array.from({ length: 120 }, (_, i) => ({
    when: new Date(Date.UTC(2024, 0, 1 + i)).toISOString(),
    y: i % 7,
    ...(i > 2 && { a: i % 5 === 0 ? null : i / 3 }),
    kind: 'pqr'[i % 3],
    on: i % 4 === 0,
    where: { x: i },
    who: `name${i}`,
  }));
  const ofMixed = {
    columns: ['y', 'kind', 'on', 'a'],
    categorical: ['kind', 'on'],
    timestamp: ['when'],
  };
  const ndjson = mixed.map((row) => `${JSON.stringify(row)}\n`);

  it('of NDJSON as of CSV: the names in the first records are the header', async () => {
    writeFileSync(join(folder, 'mixed.ndjson'), ndjson.join(''));
    const told: string[] = [];
    const options = await given('mixed.ndjson', [], (sentence) => told.push(sentence));
    expect(options).to.deep.include(ofMixed);
    expect(told).to.have.length(2);
    expect(told[0]).to.equal('column "where" holds objects or lists, and is not seen');
    expect(told[1]).to.match(/^column "who" holds texts of its own/);
    expect((await given('mixed.ndjson', ['--ignore', 'on,when'])).columns).to.deep.equal(['y', 'kind', 'a']);
    // A target that comes later, in a file that grows, is an input all the same.
    const later = await given('mixed.ndjson', ['--target', 'late', '--ignore', 'when', '--follow']);
    expect(later.columns).to.deep.equal(['y', 'kind', 'on', 'a', 'late']);
  });

  describe('of data that can be read only once', () => {
    const streamed = (names: readonly string[], chunks: AsyncIterable<Uint8Array>, ...more: string[]) => {
      const command = new Command('train').exitOverride();
      addTrainOptions(command);
      command.parse(['--target', 'y', ...more], { from: 'user' });
      const peeked = peekable([
        {
          name: 'standard input',
          async *open() {
            yield* chunks;
          },
        },
      ]);
      return { peeked, options: withInputColumns(names, command.opts<TrainOptions>(), () => {}, peeked) };
    };
    const read = async ({ sources }: Peekable) => {
      const pieces: Uint8Array[] = [];
      for await (const { open } of sources) for await (const chunk of open()) pieces.push(chunk);
      return Buffer.concat(pieces).toString();
    };
    async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }

    it('as of a file, and nothing of the data is lost, wherever they are cut', async () => {
      const csv = `when,y,kind\n${mixed.map(({ when, y, kind }) => `${when},${y},${kind}\n`).join('')}`;
      for (const size of [7, 1000, 1e6])
        for (const [format, text, expected] of [
          ['ndjson', ndjson.join(''), ofMixed],
          ['csv', csv, { columns: ['y', 'kind'], categorical: ['kind'], timestamp: ['when'] }],
        ] as const) {
          const { peeked, options } = streamed(['-'], cut(text, size), '--format', format);
          expect(await options, `${format} ${size}`).to.deep.include(expected);
          expect(await read(peeked)).to.equal(text);
        }
    });

    it('does not wait for more than the first second of them', async () => {
      let hand: (text: string) => void = () => {};
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('{"y":1,"a":2}\n{"y":2,');
        yield Buffer.from(await new Promise<string>((resolve) => (hand = resolve)));
      }
      const { peeked, options } = streamed(['-'], slow(), '--format', 'ndjson');
      expect((await options).columns).to.deep.equal(['y', 'a']);
      const all = read(peeked);
      hand('"a":3}\n');
      expect(await all).to.equal('{"y":1,"a":2}\n{"y":2,"a":3}\n');
    });

    it('throws a failure of the source where the data are read, not where they are surveyed', async () => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('{"y":1,"a":2}\n');
        throw new DataError('the cable is out');
      }
      const { peeked, options } = streamed(['-'], failing(), '--format', 'ndjson');
      expect((await options).columns).to.deep.equal(['y', 'a']);
      const error = await read(peeked).catch((refused: unknown) => refused);
      expect(error).to.be.instanceOf(DataError).with.property('message', 'the cable is out');
    });
  });

  it('is told of a column with numbers and texts, and follows what the user then says of it', async () => {
    writeFileSync(join(folder, 'mixed.csv'), 'y,b\n1,2\n2,off\n3,5\n');
    for (const [args, columns, says] of [
      [[], ['y'], ['column "b" holds numbers and texts, and is not seen: name the texts with --missing']],
      [['--missing', 'off'], ['y', 'b'], []],
      [['--categorical', 'b'], ['y', 'b'], []],
    ] as const) {
      const told: string[] = [];
      const options = await given('mixed.csv', args, (sentence) => told.push(sentence));
      expect(options.columns, args.join(' ')).to.deep.equal(columns);
      expect(told.map((each, i) => each.slice(0, says[i]?.length))).to.deep.equal(says);
    }
  });

  it('is told once of texts that count as missing among numbers, and of none among categories', async () => {
    writeFileSync(join(folder, 'gaps.csv'), 'y,b,c\n1,2,NA\nNA,N/A,SA\n3,NaN,NA\nNA,5,SA\n');
    const told: string[] = [];
    const options = await given('gaps.csv', [], (sentence) => told.push(sentence));
    expect([options.columns, options.categorical]).to.deep.equal([['y', 'b', 'c'], ['c']]);
    expect(told).to.deep.equal([
      'column "y" holds numbers, and counts as missing where it has "NA": name it with --categorical if it holds categories',
      'column "b" holds numbers, and counts as missing where it has "N/A", "NaN": name it with --categorical if it holds categories',
    ]);
    const named: string[] = [];
    const both = await given('gaps.csv', ['--categorical', 'b,y'], (sentence) => named.push(sentence));
    expect([both.categorical, named]).to.deep.equal([['b', 'y', 'c'], []]);
  });

  it('is told of categories that differ only in case, those that are named too, and blanks around them are none', async () => {
    writeFileSync(
      join(folder, 'case.csv'),
      'y,on,off,kind,who\n1,TRUE,no, a,Ann\n2,true,no,a ,ann\n3,True,No,b,x1\n',
    );
    const told: string[] = [];
    const args = ['--categorical', 'who', '--ignore', 'off'];
    const { categorical } = await given('case.csv', args, (sentence) => told.push(sentence));
    expect(categorical).to.deep.equal(['who', 'on', 'kind']);
    const rest = 'which differ only in case and count as different: write them alike if they mean the same';
    expect(told).to.deep.equal([
      `column "on" has the categories "TRUE", "True", "true", ${rest}`,
      `column "who" has the categories "Ann", "ann", ${rest}`,
    ]);
  });

  it('is told of times that go back, of numbers with a unit, and of what may be a time', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      newest: `2024-02-${String(29 - (i % 29)).padStart(2, '0')}T${String(23 - Math.floor(i / 29)).padStart(2, '0')}:00`,
      back: new Date(Date.UTC(2024, 0, 41 - i)).toISOString().slice(0, 10),
      quarter: `2024-0${1 + (i % 4)}`,
      price: i % 5 === 2 ? null : `$1,${200 + i}.50`,
      share: `${(i % 9) * 10} %`,
      at: 1_700_000_000_000 + i * 60_000,
      number: 7000 + i,
      y: i % 3,
    }));
    writeFileSync(join(folder, 'odd.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const told: string[] = [];
    const options = await given('odd.ndjson', [], (sentence) => told.push(sentence));
    expect(options.columns).to.deep.equal(['quarter', 'share', 'at', 'number', 'y']);
    expect(options.categorical).to.deep.equal(['quarter', 'share']);
    expect(options.timestamp).to.equal(undefined);
    const says = [
      'column "newest" holds times that go back, and is not seen: sort the rows by it',
      'column "back" holds times from the newest to the oldest, and is not seen: the rows are learnt from in that order',
      'column "price" holds numbers with a unit, such as "$1,200.50", which are texts here',
      'column "share" holds numbers with a unit, such as "0 %", which are texts here',
      'column "at" counts up like a time or an identifier: name it with --timestamp if it is a time',
      'column "number" counts up like an identifier: leave it out with --ignore if it is one',
    ];
    expect(told.map((each, i) => each.slice(0, says[i]?.length))).to.deep.equal(says);
  });

  it('is told of numbers that may be none: codes of missing ones, codes with leading zeros, and those with a unit', async () => {
    const row = (i: number) =>
      [
        i % 9 === 0 ? -9999 : i % 7,
        i % 9 === 0 ? -99 : i * i,
        i === 4 ? 999 : i % 7,
        String(40 + (i % 20)).padStart(5, '0'),
        String(i % 24).padStart(2, '0'),
        `${18 + (i % 5)} °C`,
        `${1 + (i % 3)}A`,
      ].join(';');
    const lines = Array.from({ length: 60 }, (_, i) => `${row(i)}\n`).join('');
    writeFileSync(join(folder, 'codes.csv'), `y;near;once;zip;hour;heat;seat\n${lines}`);
    const told: string[] = [];
    await given('codes.csv', ['--delimiter', ';'], (sentence) => told.push(sentence));
    expect(told).to.deep.equal([
      'column "y" has -9999 several times, far from all its other numbers: add --missing -9999 if it stands for one that is missing',
      'column "zip" holds numbers with leading zeros, such as "00040": name it with --categorical, or leave it out with --ignore, if they are codes',
      'column "heat" holds numbers with a unit, such as "18 °C", which are texts here: write the numbers alone',
    ]);
    const target: string[] = [];
    await given('codes.csv', ['--delimiter', ';', '--target', 'heat'], (sentence) => target.push(sentence));
    expect(target.some((each) => each.startsWith('column "heat" holds numbers with a unit'))).to.equal(true);
  });

  it('is told of a target whose few numbers are written otherwise: they would be categories', async () => {
    writeFileSync(join(folder, 'few.csv'), `y;b\n${'1,5;2\n2,5;3\n'.repeat(20)}`);
    const told: string[] = [];
    await given('few.csv', ['--delimiter', ';'], (sentence) => told.push(sentence));
    expect(told).to.deep.equal([
      'column "y" holds numbers that are texts here: "1,5" is not a number with a decimal .: add --decimal ,',
    ]);
  });

  it('is told of several series in one file, side by side or one after another', async () => {
    const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
    const row = (i: number, shop: number) => `${day(i)},${'ABC'[shop]},${i % 2},${i * 3 + shop}\n`;
    const all = Array.from({ length: 30 }, (_, i) => i);
    const beside = all.flatMap((i) => [0, 1, 2].map((shop) => row(i, shop)));
    const behind = [0, 1, 2].flatMap((shop) => all.map((i) => row(i, shop)));
    const told: string[] = [];
    for (const [name, rows] of Object.entries({ beside, behind })) {
      writeFileSync(join(folder, `${name}.csv`), `day,shop,kind,y\n${rows.join('')}`);
      await given(`${name}.csv`, [], (sentence) => told.push(sentence));
    }
    await given('beside.csv', ['--timestamp', 'day'], (sentence) => told.push(sentence));
    const first =
      'column "day" has the same time in several rows, as where a file holds several series, which "shop" tells apart: the next row is predicted, whichever it is of; give the rows of one series alone to predict that one';
    expect(told).to.deep.equal([
      first,
      'column "day" holds times that begin again where "shop" changes, and is not seen: give the rows of one series alone to predict that one',
      first,
    ]);
    writeFileSync(
      join(folder, 'lone.csv'),
      `day,kind,y\n${all.map((i) => `${day(i)},a,${i % 7}\n`).join('')}`,
    );
    await given('lone.csv', [], (sentence) => told.push(sentence));
    expect(told).to.have.length(3);
  });

  it('is told of numbers that are written otherwise, of times with several readings, and of texts not in UTF-8', async () => {
    const line = (i: number) =>
      `${i};${1 + (i % 9)},5;${1 + i}.${String(100 + i)},5;${String(1 + (i % 12)).padStart(2, '0')}/02/2024;0${1 + Math.floor(i / 20)}/0${1 + Math.floor(i / 10)}/2024 ${10 + (i % 10)}:00;K\xf6ln ${i}`;
    const lines = Array.from({ length: 40 }, (_, i) => `${line(i)}\n`).join('');
    writeFileSync(join(folder, 'foreign.csv'), `y;few;many;again;when;town\n${lines}`, 'latin1');
    const told: string[] = [];
    const args = ['--delimiter', ';'];
    const options = await given('foreign.csv', args, (sentence) => told.push(sentence));
    expect(options.categorical).to.deep.equal(['few', 'again']);
    expect(told).to.deep.equal([
      'column "few" holds numbers that are texts here: "1,5" is not a number with a decimal .: add --decimal ,',
      'column "many" holds numbers that are texts here, and is not seen: "1.100,5" has separators of thousands: write it as 1100,5, and add --decimal ,',
      "column \"when\" holds times that can be read in several ways, and is not seen: name it with --timestamp, and say which with --time-format '%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'",
      'column "town" is not seen: "K\ufffdln 0" is not text in UTF-8; convert the data, as iconv -f LATIN1 -t UTF-8 does',
    ]);
  });

  it('sees no columns of the same name, and says so', async () => {
    const told: string[] = [];
    const tell = (sentence: string) => void told.push(sentence);
    writeFileSync(join(folder, 'thrice.csv'), 'y,a,b,a\n1,2,3,4\n2,2,3,4\n');
    expect((await given('thrice.csv', [], tell)).columns).to.deep.equal(['y', 'b']);
    expect(told).to.deep.equal([
      'several columns are called "a", and are not seen: give them different names',
    ]);
    // Those that are left out need no remark.
    expect((await given('thrice.csv', ['--ignore', 'a'], tell)).columns).to.deep.equal(['y', 'b']);
    expect(told).to.have.length(1);
  });

  it('refuses what it cannot do, in one sentence', async () => {
    const nested = '{"y":1,"host":{"load":2}}\n';
    writeFileSync(join(folder, 'nested.ndjson'), nested.repeat(3));
    for (const [name, args, says] of [
      ['rows.csv', ['--target', 'yy'], /rows\.csv has no column "yy"; its header has/],
      [
        'rows.ndjson',
        ['--target', 'x'],
        /rows\.ndjson has no column "x" in its first 1 record, which have "y"$/,
      ],
      [
        'nested.ndjson',
        ['--target', 'host.load'],
        /in its first 3 records, which have "y", "host": take it out of "host", as jq -c '\. \+ \{"host\.load": \.host\.load\}' does$/,
      ],
      [
        'rows.csv',
        ['--ignore', 'wen'],
        /rows\.csv has no column "wen"; its header has "when", "a", "y", "b, c"; did you mean when\?$/,
      ],
      ['rows.csv', ['--ignore', 'a', '--columns', 'y'], /^--ignore and --columns both choose/],
      [
        'rows.csv',
        ['--ignore', 'when', '--timestamp', 'when'],
        /^--ignore names when, and --timestamp makes an input of it/,
      ],
      ['rows.csv', ['--ignore', 'a', '--timestamp', 'whn'], /has no column "whn"/],
      ['growing.csv', ['--ignore', 'a'], /growing\.csv has no header/],
      [
        'rows.ndjson',
        ['--ignore', 'a'],
        /rows\.ndjson has no column "a" in its first 1 record, which have "y"$/,
      ],
      ['rows.ndjson', ['--ignore', 'wen', '--target', 'y'], /has no column "wen"/],
      ['none.csv', ['--ignore', 'a'], /^cannot read .*none\.csv: there is no such file/],
    ] as const) {
      const error = await given(name, args).then(
        () => undefined,
        (refused: unknown) => refused,
      );
      expect(error, args.join(' ')).to.be.instanceOf(NorewindError);
      expect((error as NorewindError).message)
        .to.match(says)
        .and.not.include('\n');
    }
    const columns = await given('rows.csv', ['--ignore', 'when,a,y,"b, c"']);
    expect(() => configOf(['rows.csv'], columns)).to.throw(
      NorewindError,
      'the network needs one column at least',
    );
  });
});
