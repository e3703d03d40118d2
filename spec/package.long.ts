import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  compileFiles,
  createProject,
  type Project,
  readManifest,
  root,
  userOptions,
} from './support/project.ts';
import { readTarball } from './support/tarball.ts';

/** The files that an entry of `exports` names. */
function filesOf(entry: string | Readonly<Record<string, string>>): string[] {
  return typeof entry === 'string' ? [entry] : Object.values(entry);
}

describe('the published package', () => {
  const manifest = readManifest();
  const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'));
  let project: Project;
  let files: Map<string, Buffer>;

  before(() => {
    project = createProject();
    files = pack(project.folder);
    for (const [path, bytes] of files) project.write(`node_modules/${manifest.name}/${path}`, bytes);
    for (const name of Object.keys(manifest.dependencies)) project.link(name);
    project.link('@types/node');
  });

  after(() => project.dispose());

  it('has its licence, its readme and the files that package.json names', () => {
    expect([...files.keys()]).to.include.members(['package.json', 'LICENSE', 'README.md']);
    for (const target of [
      ...Object.values(manifest.exports).flatMap(filesOf),
      ...Object.values(manifest.bin),
    ])
      expect([...files.keys()]).to.include(target.replace(/^\.\//, ''));
    for (const target of Object.values(manifest.bin))
      expect(files.get(target)?.toString('utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  it('has a command that runs from a clone, as `npx norewind` does', function () {
    if (process.platform === 'win32') this.skip();
    for (const target of Object.values(manifest.bin))
      expect(statSync(join(root, target)).mode & 0o111, target).to.equal(0o111);
  });

  it('is built when npm installs it from git, by a script that does nothing in an installed package', () => {
    const { prepare, prepack } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
    expect([typeof prepare, prepack]).to.deep.equal(['string', undefined]);
    const installed = join(project.folder, 'node_modules', manifest.name);
    const { status, stdout, stderr } = spawnSync(prepare, { cwd: installed, shell: true, encoding: 'utf8' });
    expect([status, stdout, stderr]).to.deep.equal([0, '', '']);
  });

  it('has nothing else: no tests, no sources, no benchmarks, no build state', () => {
    const expected = [
      /^(package\.json|LICENSE|README\.md)$/,
      /^dist\/(lib|autodiff|nn|trainers|cli|browser|node|parts)\/.+(?<!\.spec)\.(js|js\.map|d\.ts)$/,
      /^cli\/(data|starter)\//,
      /^docs\/.+\.(md|svg|png)$/,
      /^docs\/course\/(labs|solutions)\/.+\.ts$/,
    ];
    expect([...files.keys()].filter((path) => !expected.some((pattern) => pattern.test(path)))).to.deep.equal(
      [],
    );
    expect([...files.keys()].filter((path) => path.startsWith('dist/lib/'))).to.have.length.above(20);
  });

  it('contains no path of the machine that packed it', () => {
    // A home of `/` or `/root` would match ordinary text.
    const paths = [root, homedir(), project.folder].filter((path) => path.split(/[/\\]/).length > 2);
    expect(paths).to.include(root);
    const leaks = [...files]
      .filter(([, bytes]) => paths.some((path) => bytes.includes(path)))
      .map(([path]) => path);
    expect(leaks).to.deep.equal([]);
  });

  for (const [name, options] of [
    ['nodenext', userOptions],
    ['bundler', { ...userOptions, module: 'es2022', moduleResolution: 'bundler' }],
  ] as const)
    it(`a strict TypeScript program that imports every entry point compiles and runs (${name})`, () => {
      const program = [
        ...entries.map((entry, at) => `import * as entry${at} from '${manifest.name}${entry.slice(1)}';`),
        "import { type Tensor, tensor } from 'norewind/lib';",
        "const x: Tensor = tensor([[1, 2, 3], [4, 5, 6]], { dtype: 'float32' });",
        `const entries: object[] = [${entries.map((_, at) => `entry${at}`).join(', ')}];`,
        'console.log(x.shape.join(), entries.every((entry) => Object.keys(entry).length > 0));',
      ];
      const file = project.write(`${name}/program.ts`, `${program.join('\n')}\n`);
      // skipLibCheck would hide errors in the published declarations.
      expect(compileFiles([file], { ...options, skipLibCheck: false }, project.folder)).to.deep.equal([]);
      expect(run(project.folder, `${name}/program.js`)).to.deep.equal({
        stdout: '2,3 true\n',
        stderr: '',
        status: 0,
      });
    });

  it("a user's own cell, with interfaces for its trees, trains with every estimator", () => {
    const file = project.write('own-cell/train.ts', ownCell);
    expect(compileFiles([file], userOptions, project.folder)).to.deep.equal([]);
    const { stdout, stderr, status } = run(project.folder, 'own-cell/train.js');
    expect({ stderr, status }).to.deep.equal({ stderr: '', status: 0 });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal([
      'uoro',
      'uoro',
      'uoro',
      'rtrl',
      'tbptt',
      'tbptt',
      'bptt',
    ]);
    for (const line of lines) {
      const [before, after] = line.split(' ').slice(1).map(Number);
      expect(after, line).to.be.below(before / 2);
    }
  });

  it('the lock file has the packages of every platform, including those not installable here', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, LockEntry>;
    };
    const optional = Object.values(lock.packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    );
    expect(optional).to.have.length.above(20);
    // Without them `npm ci` fails in a fresh clone.
    expect(optional.filter((name) => lock.packages[`node_modules/${name}`] === undefined)).to.deep.equal([]);
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).to.deep.equal([]);
  });

  it('a program with wrong types does not compile', () => {
    const file = project.write(
      'wrong.ts',
      "import { tensor } from 'norewind/lib';\ntensor([1], { dtype: 'float16' });\n",
    );
    const complaints = compileFiles([file], { ...userOptions, noEmit: true }, project.folder);
    expect(complaints.map(({ line }) => line)).to.deep.equal([2]);
  });
});

interface LockEntry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

function pack(folder: string): Map<string, Buffer> {
  // Scripts would rebuild while other specs run.
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const npm = process.env.npm_execpath ?? '';
  const [command, first] = npm.endsWith('npm-cli.js') ? [process.execPath, [npm]] : ['npm', []];
  const shell = process.platform === 'win32' && first.length === 0;
  const { status, stderr } = spawnSync(command, [...first, ...args], { cwd: root, encoding: 'utf8', shell });
  if (status !== 0) throw new Error(`npm pack ended with status ${status}: ${stderr}`);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  return readTarball(readFileSync(join(folder, tarball)));
}

function run(folder: string, file: string): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
  return { stdout, stderr, status };
}

const ownCell = `
import { adam, anbn, bptt, type Cell, createLearner, crossEntropy, linear, model, rtrl, tanh, tbptt, uoro } from 'norewind';
import { add, gather, matmul, mul, sub } from 'norewind/autodiff';
import { type Tensor, zeros } from 'norewind/lib';

interface Parameters { readonly w: Tensor; readonly u: Tensor; readonly leak: Tensor }
interface State { readonly h: Tensor }

/** h' = a∘h + (1-a)∘tanh(w[x] + u h). */
function leaky(symbols: number, units: number): Cell<Parameters, State, number> {
  return {
    name: 'leaky',
    init: (noise) => ({ w: noise.normal([symbols, units]), u: mul(noise.normal([units, units]), 0.3), leak: noise.uniform([units]) }),
    start: () => ({ h: zeros([units]) }),
    step({ w, u, leak }, { h }, x) {
      const next = add(mul(leak, h), mul(sub(1, leak), tanh(add(gather(w, x), matmul(u, h)))));
      return { state: { h: next }, output: next };
    },
  };
}

const task = anbn({ min: 2, max: 2 });
const estimators = [uoro(), uoro({ window: 2 }), uoro({ rank: 2 }), rtrl(), tbptt({ window: 4 }), tbptt({ window: 4, stride: 1 }), bptt({ length: 6 })];
for (const estimator of estimators) {
  const network = model({ cell: leaky(task.symbols, 8), readout: linear({ outputs: task.symbols }) });
  const learner = createLearner({ model: network, loss: crossEntropy, estimator, optimizer: adam({ rate: 0.02 }) });
  const losses: number[] = [];
  for (const { input, target } of task) {
    losses.push(learner.step(input, target).loss);
    if (losses.length === 1200) break;
  }
  const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
  console.log(estimator.name, mean(losses.slice(0, 50)), mean(losses.slice(-300)));
}
`;
