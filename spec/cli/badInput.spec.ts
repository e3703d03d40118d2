import { mkdirSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { createDesk, type Desk, inPairs, type Result } from './command.ts';

interface Case {
  readonly args: string;
  readonly says: RegExp;
  readonly code?: number;
}

const cases: readonly Case[] = [
  { args: 'rn', says: /unknown command 'rn'.*run/ },
  { args: 'demo --charactres 3', says: /unknown option '--charactres'.*--characters/ },
  { args: 'demo --steps many', says: /--steps.*'many'.*not a number/ },
  { args: 'demo --steps 0', says: /steps must be a whole number from 1/ },
  { args: 'run', says: /name an experiment, such as anbn/ },
  { args: 'run anbm', says: /no experiment "anbm"; did you mean anbn\?/ },
  {
    args: 'run zzzzzz',
    says: /no experiment "zzzzzz"; there are influence-balancing, hypergradient, attitude, anbn, brackets, copy, adding, delayed-sum, mimic, text/,
  },
  { args: 'run anbn extra', says: /too many arguments/ },
  { args: 'run anbn --stepz 3', says: /unknown option '--stepz'.*--steps/ },
  { args: 'run anbn --rate fast', says: /--rate.*'fast'.*not a number/ },
  { args: 'run anbn --rate 0x10', says: /--rate.*'0x10'.*not a number/ },
  { args: 'run anbn --steps 2.5', says: /--steps.*'2.5'.*not a whole number/ },
  { args: 'run anbn --steps 0', says: /steps must be a whole number from 1/ },
  { args: 'run anbn --seed 9007199254740991', says: /seed must be a whole number from 0/ },
  { args: 'run anbn --units 0', says: /units must be a whole number above zero, got 0/ },
  { args: 'run anbn --min 5 --max 2', says: /max must be a whole number of at least 5, got 2/ },
  { args: 'run anbn --estimator uro', says: /no estimator "uro"; did you mean uoro\?/ },
  { args: 'run anbn --estimator rtrl --window 3', says: /rtrl has no setting window/ },
  { args: 'run anbn --estimator tbptt --window 2 --stride 3', says: /stride must be at most 2/ },
  { args: 'run anbn --cell grue', says: /no cell "grue"; did you mean gru\?/ },
  { args: 'run anbn --optimizer adma', says: /no optimizer "adma"; did you mean adam\?/ },
  { args: 'run anbn --rate=-1', says: /^norewind: rate must be a number from 0 to 10000000000, got -1\n$/ },
  { args: 'run anbn --dtype float16', says: /dtype must be float32 or float64, got "float16"/ },
  { args: 'run anbn --data text.txt', says: /anbn has no option data; it has min, max/ },
  { args: 'run influence-balancing --cell gru', says: /system of its own/ },
  { args: 'run text --data nowhere.txt', says: /cannot read .*nowhere\.txt: there is no such file/ },
  { args: 'run text --data .', says: /cannot read .*: it is a folder, not a file/ },
  { args: 'run text --data empty.txt', says: /empty\.txt is empty/ },
  { args: 'run text --data binary.txt', says: /binary\.txt is not text: byte 2 is zero/ },
  { args: 'run text --data latin.txt', says: /latin\.txt is not text in UTF-8/ },
  { args: 'run text --data one.txt', says: /one\.txt has one character only/ },
  {
    args: 'run text --data text.txt --alphabet abc',
    says: /character "x" \(U\+0078\) at offset 3 is not in the alphabet of 3/,
  },
  {
    args: 'run missing/config.json',
    says: /cannot read the configuration missing\/config\.json: there is no such file/,
  },
  { args: 'run broken.json', says: /broken\.json is not valid JSON/ },
  { args: 'run list.json', says: /a configuration is a JSON object/ },
  { args: 'run typo.json', says: /there is no key "estimater"; did you mean estimator\?/ },
  { args: 'run words.json', says: /steps must be a number, got "many"/ },
  { args: 'run changed.json', says: /has changed: its SHA-256/ },
  { args: 'run anbn --out empty.txt', says: /empty\.txt is a file/ },
  { args: 'run anbn --out empty.txt/run', says: /a part of the path is a file, not a folder/ },
  { args: 'run anbn --steps 2 --out ', says: /option '--out <folder>' argument '' is invalid\. It is empty/ },
  { args: 'run anbn --steps 2 --resume-or-begin ', says: /--resume-or-begin.*It is empty/ },
  { args: 'run --resume ', says: /--resume.*It is empty/ },
  { args: 'train text.txt --out ', says: /--out.*It is empty/ },
  { args: 'train ', says: /'' is invalid for argument 'data'\. It is empty/ },
  { args: 'sweep anbn --seeds 1,2 --out ', says: /--out.*It is empty/ },
  { args: 'init ', says: /argument 'folder'\. It is empty/ },
  { args: 'train', says: /missing required argument 'data'/ },
  { args: 'train nowhere.txt', says: /cannot read nowhere\.txt: there is no such file/ },
  { args: 'train .', says: /cannot read \.: it is a folder/ },
  { args: 'train *.zzz', says: /no file is called \*\.zzz/ },
  { args: 'train - text.txt', says: /standard input \(-\) is a stream of its own/ },
  {
    args: 'train text.txt --target a',
    says: /text\.txt is read as a text, which has no --target: if it has rows, add --format csv/,
  },
  { args: 'train - --format csv', says: /name the column to predict, with --target/ },
  { args: 'train - --format csv --target a --symbols 3', says: /data in csv has no --symbols/ },
  { args: 'train - --format csv --target a --horizon 0', says: /the network would see its target a/ },
  { args: 'train - --format ndjson --target a --delimiter ;', says: /data in ndjson has no --delimiter/ },
  {
    args: 'train rows.csv --target a --target b',
    says: /a is the target already: one column is predicted at a time/,
  },
  {
    args: 'train - --format csv --target a --columns a,"b',
    says: /--columns.*'a,"b' is invalid\. A double quote is not closed/,
  },
  { args: 'train text.txt --unit byte --alphabet abc', says: /read by bytes has no --alphabet/ },
  { args: 'train text.txt --unit words', says: /--unit.*'words' is invalid/ },
  { args: 'train text.txt --unit word --alphabet abc', says: /read by words has no --alphabet/ },
  { args: 'train text.txt --timestamp t', says: /as a text, which has no --timestamp/ },
  { args: 'train text.txt --ignore t', says: /as a text, which has no --ignore/ },
  {
    args: 'train - --format csv --target a --ignore b',
    says: /standard input has no header: its first row has to name the columns/,
  },
  {
    args: 'train - --format csv --target a --timestamp a',
    says: /--timestamp names a, which is one of the columns/,
  },
  {
    args: 'train - --format csv --target a --delay 1001',
    says: /delay must be a whole number from 0 to 1000/,
  },
  { args: 'train - --follow', says: /standard input is followed as it is: leave out --follow/ },
  { args: 'train text.txt one.txt --follow', says: /--follow goes with one file/ },
  { args: 'train packed.gz --follow', says: /packed\.gz cannot be followed: a gzip file/ },
  { args: 'train full --follow', says: /cannot read full: it is a folder, not a file/ },
  {
    args: 'train text.txt/log --follow',
    says: /cannot read text\.txt\/log: a part of the path is a file, not a folder/,
  },
  { args: 'train none-*.txt --follow', says: /no file is called none-\*\.txt/ },
  { args: 'train text.txt --records 0', says: /--records.*'0'.*at least 1/ },
  { args: 'train text.txt --units 5000', says: /units must be a whole number from 1 to 4096, got 5000/ },
  { args: 'train text.txt --from-previous', says: /--from-previous needs --resume/ },
  { args: 'train text.txt --resume full', says: /full has no checkpoint to resume from/ },
  { args: 'train text.txt --out full', says: /full exists already and is not empty.*--force/ },
  { args: 'train text.txt --watch 65536', says: /--watch.*'65536'.*from 0 to 65535/ },
  { args: 'train text.txt --watch here', says: /--watch.*'here'.*not a number/ },
  { args: 'compare', says: /missing required argument 'run'/ },
  { args: 'compare text.txt', says: /text\.txt is a file: give the folder of a run/ },
  { args: 'predict nowhere text.txt', says: /cannot read nowhere: there is no such file/ },
  {
    args: 'predict text.txt text.txt',
    says: /text\.txt cannot be used: safetensors: it is no .safetensors file; name the folder of a run/,
  },
  { args: 'generate full', says: /cannot read full\/checkpoint\.safetensors: there is no such file/ },
  { args: 'generate text.txt --temperature=-1', says: /temperature must be a number of at least 0, got -1/ },
  { args: 'run anbn --out full', says: /full exists already and is not empty.*--force/ },
];

describe('cli: bad input', () => {
  let desk: Desk;
  let results: Map<string, Result>;
  let contents: string[];

  before(async function () {
    // Dozens of processes, one after the other.
    this.timeout(600_000);
    desk = createDesk();
    desk.file('text.txt', 'abcxabcx');
    desk.file('empty.txt', '');
    desk.file('one.txt', 'a');
    desk.file('packed.gz', '');
    desk.file('binary.txt', Uint8Array.of(97, 98, 0, 99));
    desk.file('latin.txt', Uint8Array.of(97, 0xe9, 98));
    desk.file('broken.json', '{ "experiment": ');
    desk.file('list.json', '[]');
    desk.file('typo.json', '{ "experiment": "anbn", "estimater": { "name": "uoro" } }');
    desk.file('words.json', '{ "experiment": "anbn", "steps": "many" }');
    desk.file(
      'changed.json',
      JSON.stringify({ experiment: 'text', task: { data: desk.path('text.txt'), sha256: '00' } }),
    );
    mkdirSync(desk.path('full'));
    desk.file('full/metrics.ndjson', 'precious\n');
    contents = readdirSync(desk.folder);
    const all = await inPairs(cases, ({ args }) => desk.norewind(args.split(' ')));
    results = new Map(cases.map(({ args }, i) => [args, all[i]]));
  });

  after(() => desk.dispose());

  for (const { args, says, code = 2 } of cases)
    it(`norewind ${args}`, () => {
      const { stdout, stderr, code: actual } = results.get(args) as Result;
      expect(stderr).to.match(says);
      // One sentence: no stack trace, no help.
      expect(stderr).to.match(/^norewind: [^\n]+\n$/);
      expect(stderr).not.to.contain('    at ');
      expect(stdout).to.equal('');
      expect(actual).to.equal(code);
    });

  it('changes and makes nothing', () => {
    expect(readdirSync(desk.folder)).to.deep.equal(contents);
    expect(desk.read('full/metrics.ndjson')).to.equal('precious\n');
  });
});
