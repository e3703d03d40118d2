import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createDesk, type Desk, inPairs } from './command.ts';

const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${['NA', 'EU', 'SA'][i % 3]}\n`).join('');
const files: Readonly<Record<string, string | Uint8Array>> = {
  'made.csv': `# made by x\na,b\n${rows}`,
  'other.csv': `x,b\n${rows}`,
  'twice.csv': `a,a\n${rows}`,
  'empty.csv': '',
  'blank.csv': '\n\r\n\n',
  'header.csv': 'a,b\n',
  'first.csv': `a,b\nfoo,1\n${rows}`,
  'short.csv': `a,b\n1\n${rows}`,
  'open.csv': `a,b\n"1,1\n${rows}`,
  'returns.csv': `a,b\r${rows.replaceAll('\n', '\r')}`,
  'wide.csv': Buffer.from(`a,b\n${rows}`, 'utf16le'),
  'picture.csv': Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  'array.ndjson': '[{"a":1},\n{"a":2}]\n',
  'pretty.ndjson': '{\n  "a": 1\n}\n',
  'nan.ndjson': '{"a":NaN}\n'.repeat(9),
  'broken.ndjson': '{"a":1\n',
  'empty.ndjson': '',
  'report.txt': '%PDF-1.7\n1 0 obj\n',
  'cut.txt': gzipSync(Buffer.alloc(9999, 'text of some length ')).subarray(0, 14),
  'when.csv': 'when,a\n31/01/2024,1\n01/02/2024,2\n',
};

describe('cli: input that is refused', () => {
  let desk: Desk;
  before(() => {
    desk = createDesk();
    for (const [name, content] of Object.entries(files)) writeFileSync(desk.path(name), content);
  });
  after(() => desk.dispose());

  const train = (args: string) => desk.norewind(`train ${args} --units 2 -q`.split(' '));

  it('at its start leaves nothing in the file system, with or without --out, and skipping or not', async () => {
    const before = readdirSync(desk.path('.')).sort();
    const cases = Object.keys(files).map((name, i) => {
      const options = /\.txt$/.test(name)
        ? ''
        : name === 'when.csv'
          ? ' --target a --timestamp when'
          : ' --target a';
      // Without the bad record, these could be learnt from.
      const skip = i % 2 === 0 || ['first.csv', 'short.csv'].includes(name) ? '' : ' --on-error skip';
      return `${name}${options}${skip}${i % 3 === 0 ? '' : ` --out new-${i}/folders/within`}`;
    });
    const results = await inPairs(cases, train);
    for (const [i, { code, stdout, stderr }] of results.entries()) {
      expect([code, stdout], `${cases[i]}: ${stderr}`).to.deep.equal([2, '']);
      expect(stderr, cases[i]).to.match(/^norewind: [^\n]+\n$/);
    }
    expect(readdirSync(desk.path('.')).sort()).to.deep.equal(before);
  });

  it('leaves a run that it was to replace as it was', async () => {
    desk.file('good.csv', `a,b\n${rows}`);
    expect((await train('good.csv --target a --out kept')).code).to.equal(0);
    const left = () =>
      readdirSync(desk.path('kept')).map(
        (name) => `${name} ${readFileSync(desk.path(`kept/${name}`)).toString('base64')}`,
      );
    const before = left();
    for (const name of ['made.csv', 'array.ndjson', 'wide.csv']) {
      expect((await train(`${name} --target a --out kept --force`)).code).to.equal(2);
      expect(left()).to.deep.equal(before);
    }
  });

  it('later keeps what was learnt before it, wherever the bytes are cut, and no more', async () => {
    desk.file('late.csv', `a,b\n${rows}"x"y,1\n${rows}`);
    const { code, stderr } = await train('late.csv --target a --out late');
    expect(code).to.equal(2);
    expect(stderr).to.match(/^norewind: late.csv, line 42, field 1: a quoted field has characters after/);
    expect(stderr).to.match(/; the checkpoint in late\/checkpoint.safetensors is from after 40 records\n$/);
    expect(existsSync(desk.path('late/config.json'))).to.equal(true);
  });

  it('in the header of a further file is refused before the files before it are used', async () => {
    desk.file('good.csv', `a,b\n${rows}`);
    desk.file('second.csv', `# made by x\na,b\n${rows}`);
    desk.file('third.csv', `a,c\n${rows}`);
    for (const [args, says] of [
      ['good.csv second.csv --target a', /^norewind: second.csv has no column "a"; .*--comment '#'\n$/],
      [
        'good.csv good.csv third.csv --target a --columns b',
        /^norewind: third.csv has no column "b"; [^;]*\n$/,
      ],
    ] as const) {
      const { code, stderr } = await train(`${args} --out further`);
      expect([code, existsSync(desk.path('further'))], args).to.deep.equal([2, false]);
      expect(stderr).to.match(says);
    }
    expect((await train('good.csv good.csv --target a --out further')).code).to.equal(0);
    const predicted = await desk.norewind('predict further good.csv third.csv'.split(' '));
    expect([predicted.code, predicted.stdout]).to.deep.equal([2, '']);
    expect(predicted.stderr).to.match(/^norewind: third.csv has no column "b"/);
  });

  it('is read with the options that the sentences name, which the configuration and the checkpoint keep', async () => {
    const cases: readonly (readonly [args: string, data: object])[] = [
      ['made.csv --target a --comment #', { comment: '#', missing: [] }],
      ['nan.ndjson --target b --columns b --missing NaN', { missing: ['NaN'] }],
      [
        'when.csv --target a --timestamp when --time-format %d/%m/%Y',
        { timestamp: 'when', timeFormat: '%d/%m/%Y' },
      ],
      ['report.txt --unit byte', { unit: 'byte' }],
    ];
    desk.file(
      'nan.ndjson',
      '{"a":NaN,"b":1}\n{"a":Infinity,"b":2}\n{"a":-1,"b":3}\n'.replace('Infinity', 'NaN'),
    );
    const results = await inPairs(cases, ([args], i = cases.findIndex(([each]) => each === args)) =>
      train(`${args} --out read${i}`),
    );
    for (const [i, { code, stderr }] of results.entries()) {
      expect(code, stderr).to.equal(0);
      expect(JSON.parse(desk.read(`read${i}/config.json`)).data).to.deep.include(cases[i][1]);
    }
    const { code, stderr } = await desk.norewind('train when.csv --resume read2 -q'.split(' '));
    expect(code, stderr).to.equal(0);
    const refused = await desk.norewind('train when.csv --resume read2 -q --time-format %F'.split(' '));
    expect(refused.stderr).to.equal(
      'norewind: a resumed run keeps its configuration: leave out --time-format\n',
    );
  });

  it('is not what only looks alike: NA is a category, and identifiers beyond 2^53 are told apart', async () => {
    const ids = ['9007199254740992', '9007199254740993'];
    desk.file(
      'ids.ndjson',
      Array.from({ length: 40 }, (_, i) => `{"id":${ids[i % 2]},"region":"NA"}\n`).join(''),
    );
    expect((await train('ids.ndjson --target id --categorical id --out ids')).code).to.equal(0);
    const { stdout } = await desk.norewind('predict ids ids.ndjson'.split(' '));
    const predictions = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(predictions.map(({ current }) => current))).to.deep.equal(new Set(ids));
    const numbers = await train('ids.ndjson --target id');
    expect(numbers.code).to.equal(2);
    expect(numbers.stderr).to.match(
      /line 2, column "id": 9007199254740993 is beyond ±2\^53, .*--categorical/,
    );
    const regions = await train('good.csv --target b --categorical b --out regions --json');
    expect(JSON.parse(regions.stdout.trimEnd().split('\n').at(-1) ?? '').scored).to.equal(39);
  });
});
