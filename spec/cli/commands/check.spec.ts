import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/project.ts';
import { size } from '../../support/size.ts';
import { createDesk, type Desk } from '../command.ts';

describe('norewind check', () => {
  let desk: Desk;
  before(() => {
    desk = createDesk();
    const target = desk.path('node_modules/norewind');
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(root, target, 'junction');
  });
  after(() => desk.dispose());

  const square = (factor: number, ending: string) =>
    desk.file(
      `square${factor}.${ending}`,
      [
        "import { mul, smooth } from 'norewind/autodiff';",
        "import { tensorsOf } from 'norewind/testing';",
        ...(ending === 'ts' ? ['enum Factor { right = 2 }', 'const factor: number = Factor.right;'] : []),
        `const own = smooth({ name: 'own', evaluate: (x) => x * x, partials: [(x) => mul(x, ${factor})] });`,
        "export const anything = { name: 'own', operation: own, operands: tensorsOf([2]).map((x) => [x]), runs: 2 };",
        'export const beside = 3;',
      ].join('\n'),
    );

  it('checks what a TypeScript or JavaScript file exports: exit code 0 if all laws hold', async () => {
    for (const ending of size(['ts'], ['ts', 'mjs'])) {
      square(2, ending);
      const { code, stdout, stderr } = await desk.norewind(['check', `square2.${ending}`]);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout.split('\n')[0]).to.equal(`primitive own (anything of square2.${ending})`);
      expect(stdout).to.match(/\n {2}(\d+) of \1 laws hold\n$/);
    }
  });

  it('writes which law fails, the smallest example and the numbers, and exits with 1', async () => {
    square(3, 'ts');
    const { code, stdout } = await desk.norewind(['check', 'square3.ts']);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /\n {2}fails: has a push equal to central differences\n {4}checkDerivatives\(\w+\): .*the rule returns \S+ instead of \S+\n {6}operand 0 = \[2\]: .*\n {6}draw /,
    );
  });

  it('writes a line of JSON for each law with --json, over several files', async () => {
    const { code, stdout } = await desk.norewind(['check', 'square2.ts', 'square3.ts', '--json']);
    expect(code).to.equal(1);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(lines.map(({ file }) => file))).to.deep.equal(new Set(['square2.ts', 'square3.ts']));
    expect(lines[0]).to.deep.equal({
      file: 'square2.ts',
      export: 'anything',
      kind: 'primitive',
      name: 'own',
      law: 'does not write to its operands',
      result: 'holds',
    });
    const failing = lines.filter(({ result }) => result === 'fails');
    expect(failing.map(({ file }) => file))
      .to.include('square3.ts')
      .and.not.include('square2.ts');
    expect(failing[0]).to.include.keys('sentence', 'example');
  });

  /** A cell as `--cell` takes it, whose step is wrong on line 7 unless the size of u is `units`. */
  const factory = (exported: string, size: string) =>
    [
      "import { add, matmul, project, tanh, zeros } from 'norewind';",
      `export ${exported} ({ inputs, units }) => ({`,
      "  name: 'mine',",
      `  init: (noise) => ({ w: noise.normal([inputs, units]), u: noise.normal([${size}, units]) }),`,
      '  start: () => zeros([units]),',
      '  step({ w, u }, h, x) {',
      '    const state = tanh(add(project(x, w), matmul(u, h)));',
      '    return { state, output: state };',
      '  },',
      '});',
    ].join('\n');

  it('checks the functions that run takes as a cell and an estimator', async () => {
    const files = {
      'cell.ts': `${factory('const cell =', 'units')}\nexport const task = () => 0;`,
      'estimator.mjs':
        "import { tbptt } from 'norewind';\nexport const estimator = ({ window = 1 }) => tbptt({ window });",
      'large.mjs':
        "import { rnn } from 'norewind';\nexport const cell = ({ inputs, units }) => rnn({ inputs, units: 4 * units });",
      'symbols.mjs': [
        "import { embedded, embedding, rnn } from 'norewind';",
        'export const cell = ({ inputs, units }) =>',
        '  embedded(embedding({ symbols: inputs, size: 2 }), rnn({ inputs: 2, units }));',
      ].join('\n'),
    };
    for (const [name, content] of Object.entries(files)) desk.file(name, content);
    const names = {
      'cell.ts': 'cell mine (cell of cell.ts)',
      'estimator.mjs': 'estimator tbptt (estimator of estimator.mjs)',
      ...size({}, { 'large.mjs': 'cell rnn (cell of large.mjs)' }),
      'symbols.mjs': 'cell rnn (cell of symbols.mjs)',
    };
    const { code, stdout, stderr } = await desk.norewind(['check', ...Object.keys(names)]);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.includes(' of ') && line.endsWith(')'))).to.deep.equal(
      Object.values(names),
    );
  });

  it('checks what the file itself says in place of a function of that kind', async () => {
    const own =
      'export const own = { cell: cell({ inputs: 1, units: 2 }), input: (noise) => noise.normal([1]) };';
    desk.file('both.mjs', `${factory('const cell =', 'units')}\n${own}`);
    const { code, stdout } = await desk.norewind(['check', 'both.mjs']);
    expect(code).to.equal(0);
    expect(stdout.match(/^cell .*$/gm)).to.deep.equal(['cell mine (own of both.mjs)']);
  });

  it("says once, with the line, what the file's own code throws in several laws", async () => {
    for (const [name, exported] of [
      ['wrong.ts', 'const cell ='],
      ['wrong.mjs', 'default'],
    ]) {
      desk.file(name, factory(exported, 'units + 1'));
      const { code, stdout } = await desk.norewind(['check', name]);
      expect(code).to.equal(1);
      expect(stdout.split('\n').slice(1)).to.deep.equal([
        '  holds: draws the same parameters from the same noise',
        `  8 laws could not be tried: ${name}, line 7: add: shapes [3] and [4] do not broadcast`,
        '  1 of 9 laws hold',
        '',
      ]);
      const lines = (await desk.norewind(['check', '--json', name])).stdout.trimEnd().split('\n');
      expect(lines).to.have.length(9);
      expect(JSON.parse(lines[8])).to.include({
        result: 'fails',
        sentence: `${name}, line 7: add: shapes [3] and [4] do not broadcast`,
      });
    }
  });

  it('takes the norewind of the command for a file beside which none is installed', async () => {
    const bare = createDesk();
    try {
      bare.file('cell.ts', factory('const cell =', 'units + 1'));
      const { stdout } = await bare.norewind(['check', 'cell.ts']);
      expect(stdout).to.include('could not be tried: cell.ts, line 7: add: shapes [3] and [4] do not');
    } finally {
      bare.dispose();
    }
  });

  const refused: [what: string, name: string, content: string | undefined, sentence: RegExp][] = [
    [
      'a file that is not there',
      'nowhere.ts',
      undefined,
      /^norewind: cannot read nowhere\.ts: there is no such file or folder$/,
    ],
    [
      'a file of another kind',
      'data.csv',
      'a,b\n',
      /^norewind: data\.csv is no TypeScript or JavaScript file: its name must end in /,
    ],
    [
      'a syntax error, with its place',
      'syntax.ts',
      'export const a = 1;\nexport const x: = 3;\n',
      /^norewind: syntax\.ts cannot be loaded: ParseError: .*syntax\.ts:2:\d+$/,
    ],
    [
      'a file that throws',
      'throws.ts',
      "throw new RangeError('boom');\n",
      /^norewind: throws\.ts cannot be loaded: RangeError: boom$/,
    ],
    [
      'an import that leads nowhere',
      'lost.ts',
      "import { a } from './lost-too.ts';\nexport const b = a;\n",
      /^norewind: lost\.ts cannot be loaded: Cannot find module '\.\/lost-too\.ts'/,
    ],
    [
      'a file that exports nothing to check',
      'none.ts',
      'export const answer = 42;\n',
      /^norewind: none\.ts has nothing to check: export \{ cell, input.* it exports answer, 42$/,
    ],
    [
      'an empty file',
      'empty.mjs',
      '',
      /^norewind: empty\.mjs has nothing to check: export .* it exports nothing$/,
    ],
    [
      'a part that has no laws',
      'lawless.mjs',
      'export const task = () => 1;\n',
      /^norewind: lawless\.mjs has nothing to check: .*; there are no laws for a task, which run tries$/,
    ],
    [
      'a function that returns no optimiser',
      'rate.mjs',
      'export const optimizer = () => 1;\n',
      /^norewind: rate\.mjs: optimizer\(\{ rate: … \}\) must return an optimiser, such as .*, and returns 1$/,
    ],
    [
      'a function that returns no cell',
      'number.mjs',
      'export const cell = () => 3;\n',
      /^norewind: number\.mjs: cell\(\{ inputs: 2, units: 3 \}\) must return a cell, .*, and returns 3$/,
    ],
    [
      'a function that throws, with its line',
      'boom.ts',
      "export const estimator = () => {\n  throw new RangeError('boom');\n};\n",
      /^norewind: boom\.ts: estimator\(\) threw RangeError: boom, line 2$/,
    ],
    [
      'a subject that lacks something',
      'lacks.mjs',
      "import { rnn } from 'norewind';\nexport const mine = { cell: rnn({ inputs: 1, units: 1 }) };\n",
      /^norewind: lacks\.mjs: export mine: a cell: input is missing/,
    ],
  ];
  for (const [what, name, content, sentence] of refused)
    it(`refuses ${what} in one sentence, with exit code 2`, async () => {
      if (content !== undefined) desk.file(name, content);
      const { code, stdout, stderr } = await desk.norewind(['check', name]);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr.trimEnd()).to.match(sentence).and.not.include('\n');
    });
});
