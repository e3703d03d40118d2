import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openModel } from '../../cli/stream/index.ts';
import { examplesOf } from '../support/fences.ts';
import { root } from '../support/project.ts';
import { size } from '../support/size.ts';
import { createDesk, type Desk } from './command.ts';

describe('cli: own code in norewind train', () => {
  let desk: Desk;
  before(() => {
    desk = createDesk();
    for (const { file, source } of examplesOf(readFileSync(join(root, 'docs', 'own-code.md'), 'utf8')))
      desk.file(file, source);
    const row = (i: number) => `${Math.sin(i / 5).toFixed(3)},${i % 7}`;
    desk.file('rows.csv', `wave,day\n${Array.from({ length: 120 }, (_, i) => row(i)).join('\n')}\n`);
    desk.file('text.txt', 'the cat sat on the mat. '.repeat(8));
  });
  after(() => desk.dispose());

  const norewind = async (line: string, code = 0) => {
    const result = await desk.norewind(line.split(' '));
    expect(result.code, result.stderr).to.equal(code);
    return result;
  };
  const configOf = (folder: string) => JSON.parse(desk.read(`${folder}/config.json`));
  const hash = (file: string) => createHash('sha256').update(desk.read(file)).digest('hex');
  const files = '--cell ./leaky.ts --estimator ./shallow.ts --optimizer ./signs.ts';
  const small = '--units 4 --every 20 -q --experts network,linear';

  it('learns rows with a cell, an estimator and an optimiser of files, whose hashes are in the configuration', async () => {
    const sets = '--set cell.leak=0.3 --set estimator.depth=2 --rate 0.01';
    await norewind(`train rows.csv --target wave ${files} ${sets} ${small} --out own`);
    const { cell, estimator, optimizer } = configOf('own');
    const named = (file: string) => ({ name: desk.path(file), sha256: hash(file) });
    expect(cell).to.deep.equal({ ...named('leaky.ts'), units: 4, leak: 0.3 });
    expect(estimator).to.deep.equal({ ...named('shallow.ts'), depth: 2 });
    expect(optimizer).to.include({ ...named('signs.ts'), rate: 0.01 });
  });

  it('resumes with them bit for bit, and predicts, in code too', async () => {
    const line = `train rows.csv --target wave --cell ./leaky.ts ${small}`;
    await norewind(`${line} --out whole`);
    await norewind(`${line} --records 70 --out parts`);
    await norewind('train rows.csv --resume parts -q');
    expect(desk.read('parts/metrics.ndjson')).to.equal(desk.read('whole/metrics.ndjson'));
    const { stdout } = await norewind('predict parts rows.csv');
    expect(stdout.trimEnd().split('\n')).to.have.length(120);
    const model = await openModel(desk.path('parts'));
    expect(model.report().scored).to.be.above(100);
  });

  it('learns a text with a cell of a file, and writes one', async () => {
    await norewind('train text.txt --cell ./leaky.ts --units 4 -q --experts network --out text');
    expect(configOf('text').optimizer).to.include({ name: 'adam', rate: 0.01 });
    expect((await norewind('generate text --length 9')).stdout).not.to.equal('');
  });

  it('does not resume or predict with another file, and says so in one sentence', async () => {
    const before = desk.read('leaky.ts');
    desk.file('leaky.ts', `${before}// changed\n`);
    for (const line of ['train rows.csv --resume parts', 'predict parts rows.csv', 'generate text']) {
      const { stderr } = await norewind(line, 2);
      expect(stderr, line).to.match(
        /^norewind: leaky\.ts has changed: its SHA-256 is \w{64}, the configuration has \w{64}; restore it to resume, .*\n$/,
      );
    }
    desk.file('leaky.ts', before);
    desk.file('empty.ts', 'export const other = 1;\n');
    for (const [line, sentence] of [
      ['--cell ./nothing.ts', /cannot read .*nothing\.ts/],
      ['--cell ./empty.ts', /empty\.ts must export a function of \{ inputs, units \} that returns a cell/],
      ['--cell gru --set cell.leak=1', /the cell gru has no setting leak/],
      [
        '--set task.length=3',
        /--set takes a group, a setting and its value, .* with the group cell, estimator, optimizer/,
      ],
    ] as const) {
      const { stderr } = await norewind(`train rows.csv --target wave ${small} --out none ${line}`, 2);
      expect(stderr, line).to.match(sentence);
    }
  });

  it('an error of the file is told with its line', async () => {
    desk.file(
      'broken.ts',
      "import { zeros } from 'norewind';\nlet steps = 0;\nexport const cell = ({ inputs, units }) => ({\n  name: 'broken',\n  outputs: units,\n  init: () => ({ w: zeros([inputs, units]) }),\n  start: () => zeros([units]),\n  step(p, h) {\n    if (steps++ > 1) throw new Error('no more');\n    return { state: h, output: h };\n  },\n});\n",
    );
    const { code, stderr } = await desk.norewind(
      `train rows.csv --target wave --cell ./broken.ts ${small} --out broken`.split(' '),
    );
    expect(code).to.equal(1);
    expect(stderr).to.equal(`norewind: ${desk.path('broken.ts')}, line 9: Error: no more\n`);
  });

  it('a file that ends the process, or never ends to load, fails in one sentence', async () => {
    desk.file('exit.ts', 'export const cell = () => 1;\nprocess.exit(0);\n');
    desk.file('late.ts', 'export const cell = () => {\n  process.exit();\n};\n');
    desk.file('never.ts', 'await new Promise(() => {});\nexport const cell = () => 1;\n');
    const ended = (file: string) =>
      `${desk.path(file)}, line 2: process.exit(0) ended the command before it was done: leave the call out`;
    for (const [file, code, sentence] of [
      ...size([], [['exit.ts', 1, ended('exit.ts')] as const]),
      ['late.ts', 1, ended('late.ts')],
      ['never.ts', 2, 'never.ts cannot be loaded: an await at its top level never ends'],
    ] as const) {
      const args = `train rows.csv --target wave --cell ./${file} ${small} --out ended`;
      expect(await desk.spawn(args.split(' ')), file).to.deep.equal({
        code,
        stdout: '',
        stderr: `norewind: ${sentence}\n`,
      });
    }
  });
});
