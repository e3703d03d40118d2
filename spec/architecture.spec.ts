import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { createProject, filesBelow, root } from './support/project.ts';
import { size } from './support/size.ts';

const layers = ['lib', 'autodiff', 'nn', 'trainers', 'cli'];
const folders = layers.filter((folder) => existsSync(join(root, folder)));

describe('architecture', () => {
  const sources = folders
    .flatMap((folder) => filesBelow(join(root, folder)).map((path) => `${folder}/${path}`))
    .filter(isSource);

  it('imports point left, through index.ts, without cycles, and to few packages', () => {
    // `npm run architecture` looks at all of them too.
    const looked = size(['lib'], folders);
    const { modules, summary } = cruise(root, looked);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).to.deep.equal(
      [],
    );
    // Without TypeScript's API the cruiser sees no modules and reports success.
    const seen = new Set(modules.map(({ source }) => source));
    const within = sources.filter((path) => looked.some((folder) => path.startsWith(`${folder}/`)));
    expect(within.filter((path) => !seen.has(path))).to.deep.equal([]);
    expect(within).to.have.length.above(20);
  });

  describe('the import rules', () => {
    // Each module breaks one rule or none. All are in one small tree, as starting the cruiser takes most of
    // its time.
    const tree: [path: string, source: string, rule?: string][] = [
      ['lib/upwards.ts', "import '../nn/index.ts';", 'lib-imports-only-left'],
      [
        'lib/types.ts',
        "import type { T } from '../nn/index.ts';\nexport type U = T;",
        'lib-imports-only-left',
      ],
      ['autodiff/reexport.ts', "export * from '../trainers/index.ts';", 'autodiff-imports-only-left'],
      ['nn/later.ts', "export const later = () => import('../cli/index.ts');", 'nn-imports-only-left'],
      [
        'trainers/streams/laws.ts',
        "import '../testing/index.ts';",
        'estimators-evaluation-experts-learner-optimizers-probe-registry-streams-tasks-imports-only-earlier-parts',
      ],
      ['trainers/testing/later.ts', "import '../../cli/index.ts';", 'trainers-imports-only-left'],
      ['trainers/testing/good.ts', "import '../streams/index.ts';"],
      ['cli/spec.ts', "import '../spec/other.ts';", 'cli-imports-no-tests'],
      ['nn/inside.ts', "import '../lib/deep/other.ts';", 'only-through-the-index'],
      ['nn/inner-index.ts', "import '../lib/deep/index.ts';", 'only-through-the-index'],
      ['cli/inside.ts', "import '../trainers/streams/other.ts';", 'only-through-the-index'],
      ['cli/inner-index.ts', "import '../trainers/streams/index.ts';"],
      ['trainers/evaluation/up.ts', "import '../streams/other.ts';", 'evaluation-imports-only-earlier-parts'],
      ['trainers/registry/up.ts', "import '../learner/other.ts';", 'registry-imports-only-earlier-parts'],
      [
        'trainers/tasks/up.ts',
        "import '../streams/index.ts';",
        'estimators-learner-optimizers-tasks-imports-only-earlier-parts',
      ],
      ['trainers/streams/files.ts', "import 'node:fs';", 'no-node-in-portable-folders'],
      ['trainers/streams/good.ts', "import '../evaluation/good.ts';\nimport '../learner/other.ts';"],
      ['trainers/evaluation/good.ts', "import '../../lib/index.ts';"],
      ['cli/stream/input/up.ts', "import '../run/other.ts';", 'input-imports-only-earlier-parts'],
      ['cli/stream/checkpoint/up.ts', "import '../run/other.ts';", 'checkpoint-imports-only-earlier-parts'],
      ['cli/stream/run/good.ts', "import '../input/good.ts';\nimport '../checkpoint/good.ts';"],
      ['cli/stream/input/good.ts', "import 'node:fs';"],
      ['cli/stream/checkpoint/good.ts', "import 'node:fs';"],
      ['lib/chicken.ts', "import './egg.ts';", 'no-cycles'],
      ['trainers/files.ts', "import 'node:fs';", 'no-node-in-portable-folders'],
      [
        'lib/node-types.ts',
        "import type { Stats } from 'fs';\nexport type S = Stats;",
        'no-node-in-portable-folders',
      ],
      ['nn/package.ts', "import 'commander';", 'few-packages-in-portable-folders'],
      ['lib/nowhere.ts', "import './missing.ts';", 'resolvable'],
      [
        'nn/good.ts',
        "import 'ndarray';\nimport 'ndarray-ops';\nimport 'gl-matrix';\nimport '../lib/index.ts';\nimport './deep/good.ts';",
      ],
      ['nn/deep/good.ts', "import '../../autodiff/index.ts';"],
      ['cli/good.ts', "import 'node:fs';\nimport 'commander';\nimport '../trainers/testing/index.ts';"],
    ];
    let violations: readonly Violation[];

    before(() => {
      const rest = [...layers, 'lib/deep', 'trainers/streams', 'trainers/testing'].map(
        (folder) => `${folder}/index.ts`,
      );
      const files = [
        ...tree,
        ...[
          ...rest,
          ...['lib/deep', 'spec', 'trainers/streams', 'trainers/learner', 'cli/stream/run'].map(
            (folder) => `${folder}/other.ts`,
          ),
        ].map((path) => [path, 'export {};'] as const),
      ];
      files.push(['lib/egg.ts', "import './chicken.ts';"]);
      violations = cruiseTree(files.map(([path, source]) => [path, source]));
    });

    for (const [path, source, rule] of tree)
      it(`${rule ?? 'let it be'}: ${path}: ${source.split('\n')[0]}`, () => {
        const broken = violations.filter(({ from }) => from === path).map(({ rule }) => rule.name);
        expect([...new Set(broken)]).to.deep.equal(rule === undefined ? [] : [rule]);
      });
  });

  it('no file has more than 300 lines', () => {
    const long = sources.filter(
      (path) => readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length > 300,
    );
    expect(long).to.deep.equal([]);
  });

  it('what is mutated is there, and so are the specs that must notice', async () => {
    const list = pathToFileURL(join(root, '.ci', 'mutation', 'parts.mjs')).href;
    const { parts }: { parts: readonly { mutate: string[]; spec: string[] }[] } = await import(list);
    const paths = parts.flatMap(({ mutate, spec }) => [...mutate, ...spec]);
    expect(paths.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
  });

  it('no source uses what the house rules forbid', () => {
    const found = sources.flatMap((path) =>
      forbiddenIn(readFileSync(join(root, path), 'utf8')).map((what) => `${path}:${what}`),
    );
    expect(found).to.deep.equal([]);
  });

  it('the house rules catch what they forbid, in code and not in comments', () => {
    const bad = [
      'let x: any;',
      'x as any;',
      'f<any>();',
      'Math.random();',
      'new Function("");',
      'eval("");',
      '// @ts-ignore',
      'enum E {}',
    ];
    for (const line of bad) expect(forbiddenIn(`const a = 1;\n${line}`), line).to.have.length(1);
    const good = [
      '// Math.random() is not: any of it',
      '/** eval() */',
      ' * new Function',
      'retrieval();',
      'many as anything;',
      'x: anyone;',
    ];
    expect(forbiddenIn(good.join('\n'))).to.deep.equal([]);
  });
});

function isSource(path: string): boolean {
  return path.endsWith('.ts');
}

function forbiddenIn(text: string): string[] {
  const everywhere = /@ts-(ignore|nocheck)/;
  const code =
    /(:|\bas|<|\|)\s*any\b(?!\s*\()|\bMath\.random\b|\bnew Function\b|(?<![.\w])eval\s*\(|^\s*(export )?(const )?enum\s/;
  return text.split('\n').flatMap((line, at) => {
    const bare = /^\s*(\/\/|\/?\*)/.test(line) ? '' : line.replace(/\s\/\/ .*$/, '');
    return everywhere.test(line) || code.test(bare) ? [`${at + 1}: ${line.trim()}`] : [];
  });
}

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly Violation[] };
}

function cruise(folder: string, starts: readonly string[]): Cruise {
  const binary = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const config = join(root, '.ci', 'dependency-cruiser.cjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [binary, '--config', config, '--output-type', 'json', ...starts],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${stderr || stdout}`);
  return JSON.parse(stdout);
}

/** The violations in a project of these files, with a few packages installed. */
function cruiseTree(files: readonly (readonly [path: string, source: string])[]): readonly Violation[] {
  const project = createProject();
  try {
    const packages = ['ndarray', 'ndarray-ops', 'gl-matrix', 'commander'];
    for (const name of packages) {
      project.write(
        `node_modules/${name}/package.json`,
        `{ "name": "${name}", "version": "1.0.0", "main": "main.js" }`,
      );
      project.write(`node_modules/${name}/main.js`, '');
    }
    project.write(
      'package.json',
      JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, '1.0.0'])) }),
    );
    for (const [path, source] of files) project.write(path, `${source}\n`);
    return cruise(project.folder, layers).summary.violations;
  } finally {
    project.dispose();
  }
}
