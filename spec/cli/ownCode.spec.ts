import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { examplesOf } from '../support/fences.ts';
import { root } from '../support/project.ts';
import { size } from '../support/size.ts';
import { createDesk, type Desk } from './command.ts';

interface Config {
  readonly experiment: string;
  readonly task: Record<string, unknown>;
  readonly cell: Record<string, unknown>;
  readonly estimator: Record<string, unknown>;
  readonly optimizer: Record<string, unknown>;
}

describe('cli: own code', () => {
  let desk: Desk;
  const sources = examplesOf(readFileSync(join(root, 'docs', 'own-code.md'), 'utf8'));

  beforeEach(() => {
    desk = createDesk();
    for (const { file, source } of sources) desk.file(file, source);
  });
  afterEach(() => desk.dispose());

  const run = (line: string) => desk.norewind(['run', '-q', ...line.split(' ')]);
  const configOf = (folder: string) => JSON.parse(desk.read(`${folder}/config.json`)) as Config;
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const all =
    '--task ./parity.ts --cell ./leaky.ts --estimator ./shallow.ts --optimizer ./signs.ts --units 5 --steps 40';
  const settings = ['cell.leak=0.3', 'estimator.depth=2', 'task.length=3']
    .map((set) => `--set ${set}`)
    .join(' ');

  it('a task, a cell, an estimator and an optimiser of four files make a run that its configuration repeats', async () => {
    expect((await run(`${all} ${settings} --rate 0.01 --out a`)).code).to.equal(0);
    const { experiment, task, cell, estimator, optimizer } = configOf('a');
    expect(experiment).to.equal(desk.path('parity.ts'));
    expect(task).to.include({ length: 3, sha256: hash(desk.read('parity.ts')) });
    expect(cell).to.deep.equal({
      name: desk.path('leaky.ts'),
      units: 5,
      leak: 0.3,
      sha256: hash(desk.read('leaky.ts')),
    });
    expect(estimator).to.include({ name: desk.path('shallow.ts'), depth: 2 });
    expect(optimizer).to.include({ name: desk.path('signs.ts'), rate: 0.01 });
    expect((await run('a/config.json --out b')).code).to.equal(0);
    for (const file of ['config.json', 'metrics.ndjson'])
      expect(desk.read(`b/${file}`), file).to.equal(desk.read(`a/${file}`));
    const report = desk.read('a/report.html');
    expect(report).to.include('<title>parity, shallow</title>').and.to.include('bits per symbol');
  });

  it('are swept beside built-in ones, and named without their folders', async () => {
    const line = `sweep ./parity.ts --cell ./leaky.ts,rnn --set cell.leak=${size('0.4', '0.2,0.4')} --units 3 --steps 30 --jobs 1 -q`;
    const { stdout, stderr, code } = await desk.norewind([...line.split(' '), '--out', 'grid']);
    expect(code, stderr).to.equal(0);
    for (const leak of size(['0.4'], ['0.2', '0.4']))
      expect(stdout).to.match(new RegExp(`^ +leaky +(${leak} +)?1 of 1 `, 'm'));
    expect(stdout).to.match(/^ +rnn +1 of 1 /m);
  });

  it('the settings reach the code', async () => {
    await run(`${all} --out a`);
    for (const set of settings.split('--set ').slice(1)) {
      await run(`${all} --set ${set.trim()} --out b --force`);
      expect(desk.read('b/metrics.ndjson'), set).not.to.equal(desk.read('a/metrics.ndjson'));
    }
  });

  it('a file beside which no norewind is installed, in JavaScript too, uses that of the command', async () => {
    const entries = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports)
      .map((path) => path.slice(2))
      .filter((name) => name !== '' && name !== 'browser' && name !== 'package.json');
    expect(entries).to.include.members(['lib', 'plot', 'runs']);
    desk.file('pair.mjs', "import { helped } from './help.ts';\nexport default () => helped();\n");
    desk.file(
      'help.ts',
      [
        "import { uoro } from 'norewind/trainers';",
        ...entries.map((name) => `import 'norewind/${name}';`),
        'enum Rank { two = 2 }',
        'export const helped = () => uoro({ rank: Rank.two });\n',
      ].join('\n'),
    );
    expect((await run('anbn --units 3 --steps 9 --estimator pair.mjs --out a')).code).to.equal(0);
    const lines = ['help.ts', 'pair.mjs'].map((name) => `${hash(desk.read(name))}  ${name}\n`);
    expect(configOf('a').estimator).to.deep.equal({
      name: desk.path('pair.mjs'),
      sha256: hash(lines.join('')),
    });
    desk.file('help.ts', `${desk.read('help.ts')}// changed\n`);
    const { code, stderr } = await run('a/config.json --out b');
    expect(code).to.equal(2);
    expect(stderr).to.match(
      /^norewind: pair\.mjs has changed: its SHA-256 is \w{64}, the configuration has \w{64}; /,
    );
    expect(existsSync(desk.path('b'))).to.equal(false);
  });

  it('a changed file is refused, and used if it is named again, with the settings of before', async () => {
    await run(`${all} ${settings} --out a`);
    for (const [part, file] of [
      ['task', 'parity.ts'],
      ['cell', 'leaky.ts'],
      ['estimator', 'shallow.ts'],
      ['optimizer', 'signs.ts'],
    ].slice(0, size(2, 4))) {
      const before = desk.read(file);
      desk.file(file, `${before}// changed\n`);
      const refused = await run('a/config.json --out b');
      expect(refused.code, part).to.equal(2);
      expect(refused.stderr)
        .to.include(`${file} has changed: `)
        .and.to.include(`--${part} to use it as it is now`);
      const { code, stderr } = await run(`a/config.json --${part} ./${file} --out b --force`);
      expect({ code, stderr }, part).to.deep.equal({ code: 0, stderr: '' });
      expect(desk.read('b/metrics.ndjson'), part).to.equal(desk.read('a/metrics.ndjson'));
      desk.file(file, before);
    }
  });

  it('vectors, classes and a system of its own are tasks too, and the end of a task ends the run', async () => {
    const stream = (target: string) =>
      `*[Symbol.iterator]() { for (let i = 0; i < 20; i++) yield { input: tensor([i / 20, 1]), target: ${target} }; }`;
    const file = (more: string, target: string) =>
      `import { mul, sub, sum, square, tensor } from 'norewind';\nexport const task = () => ({ name: 'own', ${more} ${stream(target)} });\n`;
    const model =
      "model: { name: 'line', init: () => ({ w: tensor([0.5, 0]) }), start: () => tensor([0]), step: ({ w }, state, x) => ({ state, output: mul(w, x) }) },";
    for (const [name, source, unit] of [
      ['numbers.ts', file("levels: [{ label: 'floor', value: 0.25 }],", 'tensor([i])'), 'loss'],
      ['classes.ts', file('classes: 3, entropyRate: 0,', 'i % 3'), 'bits per symbol'],
      ['system.ts', file(`${model} loss: (y, t) => sum(square(sub(y, t))),`, 'tensor([i, 1])'), 'loss'],
    ]) {
      desk.file(name, source);
      const { code, stdout, stderr } = await run(
        `${name} ${name === 'system.ts' ? '' : '--units 3 '}--steps 50 --out a --force`,
      );
      expect({ code, stderr }, name).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout, name).to.match(new RegExp(` steps +20\\n  ${unit}, all steps `));
    }
    expect((await run('system.ts --units 3 --out a --force')).stderr).to.equal(
      'norewind: system.ts: the task own has a model of its own: it takes no cell\n',
    );
  });

  const refused: [what: string, line: string, content: string, sentence: RegExp][] = [
    [
      'another export',
      'anbn --cell x.ts',
      'export const gate = 3;',
      /x\.ts must export a function of \{ inputs, units \} that returns a cell, as cell or as default; it exports gate, 3$/,
    ],
    [
      'no export',
      'anbn --optimizer x.ts',
      '',
      /x\.ts must export an optimiser, or a function of \{ rate \} that returns one, as optimizer or as default; it exports nothing$/,
    ],
    [
      'a function that returns something else',
      'anbn --estimator x.ts',
      'export default () => 3;',
      /x\.ts: estimator\(\) must return an estimator, such as uoro\(\), and returns 3/,
    ],
    [
      'a cell without a step',
      'anbn --cell x.ts',
      "export const cell = () => ({ name: 'x', init() {}, start() {} });",
      /x\.ts: cell\(\{.*\}\) must return a cell.*; it has no step$/,
    ],
    [
      'a function that throws',
      'anbn --cell x.ts',
      '\nexport const cell = () => null.x;',
      /x\.ts: cell\(\{.*\}\) threw TypeError: .*, line 2$/,
    ],
    [
      'a step that throws',
      'anbn --cell x.ts',
      "import { zeros } from 'norewind';\nexport const cell = () => ({ name: 'x', init: () => ({}), start: () => zeros([2]),\nstep: () => { throw new RangeError('too far'); } });",
      /x\.ts: a step of the cell x with an input of shape \[\d+\] threw RangeError: too far, line 3$/,
    ],
    [
      'an output that is no vector',
      'anbn --cell x.ts',
      "import { zeros } from 'norewind';\nexport const cell = () => ({ name: 'x', init: () => ({}), start: () => zeros([2]), step: (_, state) => ({ state, output: zeros([2, 2]) }) });",
      /x\.ts: the output of the cell x must be a vector \[n\], got one of shape \[2,2\]$/,
    ],
    [
      'a task that yields something else',
      'x.ts',
      "export default () => ({ name: 'x', *[Symbol.iterator]() { yield 3; } });",
      /x\.ts: the task x must yield \{ input, target \}, and yields 3$/,
    ],
    [
      'a task that is none',
      'x.ts',
      'export default () => ({ symbols: 2 });',
      /x\.ts: task\(\{ seed: 1 \}\) must return a task, .*; it has no name$/,
    ],
    [
      'an empty task',
      'x.ts',
      "export default () => ({ name: 'x', *[Symbol.iterator]() {} });",
      /x\.ts: the task x ends before its first example$/,
    ],
    [
      'targets that are numbers without classes',
      'x.ts',
      "import { tensor } from 'norewind';\nexport default () => ({ name: 'x', *[Symbol.iterator]() { yield { input: tensor([1]), target: 3 }; } });",
      /x\.ts: the targets of the task x must be vectors; for class indices, /,
    ],
    [
      'a syntax error',
      'anbn --cell x.ts',
      'export const x: = 3;',
      /x\.ts cannot be loaded: ParseError: .*x\.ts:1:\d+$/,
    ],
    [
      'a setting that it does not read',
      'anbn --estimator x.ts --rank 2',
      "import { uoro } from 'norewind';\nexport default () => uoro();",
      /the estimator .*x\.ts has no setting rank; it has none$/,
    ],
    [
      'a rate that it does not read',
      'anbn --optimizer x.ts --rate 0.1',
      "import { adam } from 'norewind';\nexport default adam({ rate: 0.1 });",
      /the optimizer .*x\.ts has no setting rate; it has clip$/,
    ],
  ];
  for (const [what, line, content, sentence] of refused)
    it(`refuses ${what} in one sentence, before anything is written`, async () => {
      desk.file('x.ts', content);
      const { code, stderr } = await run(`${line} --out a`);
      expect(stderr.trimEnd()).to.match(sentence);
      expect(stderr.trimEnd().split('\n')).to.have.length(1);
      expect(code).to.equal(2);
      expect(existsSync(desk.path('a'))).to.equal(false);
    });

  for (const [line, sentence] of [
    ['anbn --cell ./nowhere.ts', /cannot read .*nowhere\.ts: there is no such file or folder$/],
    ['anbn --cell ./x.csv', /x\.csv is no TypeScript or JavaScript file: its name must end in /],
    ['anbn --task ./parity.ts', /both anbn and --task \.\/parity\.ts say what to run: give one of them$/],
    ['--task anbn', /--task takes a file with a task of your own, such as \.\/mine\.ts, got anbn$/],
    ['--out a', /name an experiment, such as anbn, or a file with a task of your own: --task \.\/mine\.ts$/],
    [
      'anbn --set depth=2',
      /--set takes a group, a setting and its value, such as estimator\.beta=0\.5, .*; got "depth=2"$/,
    ],
    ['anbn --set cell.sha256=2 --units 3', /the cell gru is built in: it has no sha256$/],
    ['./parity.ts --set task.max=3', /the experiment .*parity\.ts has no option max; it has length, sha256$/],
  ] as const)
    it(`run ${line} is refused`, async () => {
      const { code, stderr } = await run(line);
      expect(stderr.trimEnd()).to.match(sentence);
      expect(code).to.equal(2);
    });

  it('names the file and the line of an error in the middle of a run, and keeps what was measured', async () => {
    desk.file(
      'late.ts',
      "export const task = () => ({ name: 'late', symbols: 2, *[Symbol.iterator]() {\nfor (let i = 0; i < 30; i++) yield { input: 0, target: 1 };\nnull.x; } });\n",
    );
    const { code, stderr } = await run('late.ts --units 3 --out a');
    expect(code).to.equal(1);
    expect(stderr.trimEnd()).to.match(
      /^norewind: .*late\.ts, line 3: TypeError: Cannot read properties of null/,
    );
    expect(desk.read('a/metrics.ndjson').trimEnd().split('\n').length).to.be.above(10);
  });

  it('names the file of a task whose later examples do not fit', async () => {
    const task = (rest: string, example: string) =>
      `import { tensor } from 'norewind';\nexport default () => ({ name: 'x', ${rest} *[Symbol.iterator]() { for (let i = 0; ; i++) yield ${example}; } });\n`;
    for (const [content, says] of [
      [task('symbols: 3,', '{ input: i, target: 0 }'), 'gather: index 3 of inputs\\[0\\] is outside 0..2'],
      [task('symbols: 3,', '{ input: 0, target: i / 8 }'), '0.125 is not a class index, '],
      [
        task('', '{ input: tensor([1]), target: tensor(i < 2 ? [1] : [1, 2]) }'),
        'meanSquare: the output has shape',
      ],
      [
        task('classes: 2,', 'i < 2 ? { input: tensor([1]), target: 0 } : { input: tensor([1]) }'),
        'target: is missing',
      ],
    ]) {
      desk.file('x.ts', content);
      const { code, stderr } = await run('x.ts --units 2 --steps 9 --out a --force');
      expect(code).to.equal(1);
      expect(stderr).to.match(
        new RegExp(`^norewind: .*x\\.ts: an example of the task does not fit: ${says}`),
      );
    }
  });
});
