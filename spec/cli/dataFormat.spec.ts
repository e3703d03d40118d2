import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { parseDelimiter, parseNames } from '../../cli/commands/options/dataFormat.ts';
import { createDesk, type Desk, inPairs } from './command.ts';

const values = Array.from({ length: 90 }, (_, i) => ({
  a: (i * 7) % 11,
  'b, "c"': `x${i % 3}`,
  ' d': i % 5,
}));
const columns = ['--columns', 'a,"b, ""c"""', '--columns', '" d"', '--categorical', '"b, ""c"""'];

describe('cli: the format of rows', () => {
  let desk: Desk;
  const run = (args: string, ...more: readonly string[]) => desk.norewind([...args.split(' '), ...more]);

  before(async () => {
    desk = createDesk();
    const csv = (delimiter: string) => stringify(values, { header: true, delimiter });
    desk.file('rows.csv', csv(','));
    desk.file('rows.tsv', csv('\t'));
    desk.file('tabs.txt', csv('\t'));
    desk.file('semicolons.txt', csv(';'));
    desk.file('rows.ndjson', values.map((row) => `${JSON.stringify(row)}\n`).join(''));
    desk.file('text.txt', 'abc'.repeat(30));
    await inPairs(
      [
        ['train rows.ndjson --target a --units 3 -q --out ndjson', ...columns],
        // A row of CSV names the column without its space, NDJSON with it.
        ['train rows.csv --target a --ignore d --units 3 -q --out csv'],
        ['train text.txt --units 3 -q --out text'],
      ],
      ([args, ...more]) => run(args, ...more),
    );
  });

  after(() => desk.dispose());

  it('names are those of a row of CSV, whatever they are, and each list adds to the one before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }),
        fc.array(fc.string()),
        (names, before) => {
          expect(parseNames(stringify([names], { quoted: true, eof: false }), before)).to.deep.equal([
            ...before,
            ...names,
          ]);
        },
      ),
      { seed: 1 },
    );
    expect(parseNames(' a , b c,"d, e", " f",5" g')).to.deep.equal(['a', 'b c', 'd, e', ' f', '5" g']);
    expect(() => parseNames('a,"b')).to.throw(InvalidArgumentError, 'A double quote is not closed.');
  });

  it('a delimiter may be a tab by name', () => {
    expect(['\\t', 'tab', '\t', ';', 'ta'].map(parseDelimiter)).to.deep.equal(['\t', '\t', '\t', ';', 'ta']);
  });

  it('trains on columns with commas, quotes and spaces in their names', () => {
    expect(JSON.parse(desk.read('ndjson/config.json')).data).to.include.deep.keys({
      columns: ['a', 'b, "c"', ' d'],
      categorical: ['b, "c"'],
    });
    expect(desk.read('ndjson/metrics.ndjson')).to.match(/"step":90/);
  });

  it('trains on tabs that are named in either way', async () => {
    for (const delimiter of ['\\t', 'tab']) {
      const { code, stderr } = await run(
        'train tabs.txt --format csv --target a --ignore d --units 3 -q --force --out tabs --delimiter',
        delimiter,
      );
      expect(code, stderr).to.equal(0);
      expect(desk.read('tabs/metrics.ndjson')).to.equal(desk.read('csv/metrics.ndjson'));
    }
  });

  it('predicts the same from rows in any format: the one that is given, that of the ending, or that of the training', async () => {
    const ways = [
      'rows.csv',
      'rows.ndjson',
      'rows.tsv',
      'semicolons.txt --format csv --delimiter ;',
      'tabs.txt --delimiter tab',
    ];
    const results = await inPairs(ways, (way) => run(`predict csv ${way}`));
    for (const { code, stdout, stderr } of results) {
      expect(code, stderr).to.equal(0);
      expect(stdout).to.equal(results[0].stdout);
    }
    expect(results[0].stdout.trimEnd().split('\n')).to.have.length(90);
  });

  const refused: readonly (readonly [args: string, says: string])[] = [
    ['text text.txt --format csv', 'a model of text reads plain text: leave out --format'],
    ['text text.txt --delimiter ;', 'a model of text reads plain text: leave out --delimiter'],
    ['text text.txt --missing NA', 'a model of text reads plain text: leave out --missing'],
    ['text text.txt --time-format %Y', 'a model of text reads plain text: leave out --time-format'],
    ['csv rows.ndjson --comment #', 'data in ndjson has no --comment'],
    [
      'csv rows.csv --time-format %Y',
      '--time-format goes with --timestamp, which names the column with the times',
    ],
    [
      'csv rows.csv --decimal ;',
      "option '--decimal <character>' argument ';' is invalid. Allowed choices are ., ,.",
    ],
    ['csv --steps 2 --fresh', '--fresh is for data: name them, or leave it out'],
    ['csv --steps 2 --learn', '--learn is for data: name them, or leave it out'],
    ['csv --steps 2 --decimal ,', '--decimal is for data: name them, or leave it out'],
    ['csv rows.ndjson --delimiter ;', 'data in ndjson has no --delimiter'],
    ['csv rows.csv --delimiter ;;', 'delimiter must be one character, such as , or ; or a tab, got ";;"'],
  ];

  for (const [args, says] of refused)
    it(`norewind predict ${args} is refused`, async () => {
      expect(await run(`predict ${args}`)).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: `norewind: ${says}\n`,
      });
    });
});
