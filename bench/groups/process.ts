import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../../lib/index.ts';
import { crossEntropy, gru, linear, model } from '../../nn/index.ts';
import { adam, createLearner, uoro } from '../../trainers/index.ts';
import { child } from '../children.ts';
import { interleave, median } from '../measure.ts';
import type { MemoryReport } from '../memory-child.ts';
import type { Options } from '../options.ts';
import { type Case, nameOf } from '../problem.ts';
import { type Cell, digits, type Table, times } from '../report.ts';
import { packageRoot } from '../root.ts';
import type { StartReport } from '../start-child.ts';

const cases: readonly Case[] = [
  { cell: 'rnn', estimator: 'uoro', optimizer: 'sgd', units: 64, dtype: 'float32' },
  { cell: 'gru', estimator: 'uoro', optimizer: 'adam', units: 64, dtype: 'float32' },
  { cell: 'gru', estimator: 'tbptt-16', optimizer: 'sgd', units: 64, dtype: 'float32' },
  { cell: 'rnn', estimator: 'rtrl', optimizer: 'sgd', units: 32, dtype: 'float32' },
];

/** a, b and the line end. */
const taskSymbols = 3;

const quick = ({ effort }: Options) => effort.turn < 10;

/** The memory that a steady loop of steps allocates. */
export function memory(options: Options, say: (text: string) => void): Table {
  const rows = cases.flatMap((own) =>
    ['stepMany', 'steps'].map((how): Cell[] => {
      say(`memory: ${nameOf(own)}, ${how}`);
      const steps = quick(options) ? 3_200 : own.estimator === 'rtrl' ? 32_000 : 64_000;
      const report = child<MemoryReport>(
        'memory-child',
        ['--expose-gc', '--max-semi-space-size=64', '--min-semi-space-size=64'],
        [JSON.stringify(own), String(steps), how],
      );
      return [
        `${nameOf(own)}, ${how === 'steps' ? 'step' : how}`,
        report.steps,
        ...[report.allocated, report.external, report.kept, report.resident].map((value) =>
          value.toFixed(Math.abs(value) > 10 ? 0 : 2),
        ),
      ];
    }),
  );
  return {
    group: 'memory',
    title: 'Memory of a steady loop',
    columns: [
      'case',
      'steps',
      'heap bytes allocated per step',
      'buffer bytes per step',
      'heap bytes kept per step',
      'resident MiB gained',
    ],
    rows,
    notes: [
      'Allocated: with `step`, the result and its output, which live as long as they are held. Kept: the bytes that survive a garbage collection.',
    ],
  };
}

/** The time until a program's first fast step. */
export function start(options: Options, say: (text: string) => void): Table {
  const large: Case[] = [{ cell: 'gru', estimator: 'uoro', optimizer: 'sgd', units: 512, dtype: 'float32' }];
  const rows = [...cases, ...large].map((own): Cell[] => {
    say(`start: ${nameOf(own)}`);
    const window = own.estimator === 'tbptt-16' ? '16' : '1';
    const reports = Array.from({ length: quick(options) ? 1 : 7 }, () =>
      child<StartReport>('start-child', [], [JSON.stringify(own), window]),
    );
    return [
      nameOf(own),
      ...(['node', 'load', 'create', 'first', 'second'] as const).map((part) =>
        digits(median(reports.map((report) => report[part]))),
      ),
    ];
  });
  return {
    group: 'start',
    title: 'Start-up: median ms in fresh processes',
    columns: [
      'case',
      'Node itself',
      'load norewind',
      'createLearner',
      'first window (traces and compiles)',
      'second',
    ],
    rows,
  };
}

/** The contents of the npm package. */
export function packageSize(_: Options, say: (text: string) => void): Table {
  say('package');
  const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageRoot(),
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 1 << 26,
  });
  if (stdout === '') throw new Error(`npm pack printed nothing: ${stderr}`);
  const [{ size, unpackedSize, files }] = JSON.parse(stdout) as [
    { size: number; unpackedSize: number; files: { path: string; size: number }[] },
  ];
  const kiB = (bytes: number) => `${digits(bytes / 1024)} KiB`;
  const sum = (test: (path: string) => boolean) =>
    kiB(files.filter(({ path }) => test(path)).reduce((total, file) => total + file.size, 0));
  return {
    group: 'package',
    title: 'The package',
    columns: ['what', 'size'],
    rows: [
      ['tarball', kiB(size)],
      ['unpacked', kiB(unpackedSize)],
      [
        'JavaScript of lib, autodiff, nn, trainers',
        sum((path) => /^dist\/(lib|autodiff|nn|trainers)\/.*\.js$/.test(path)),
      ],
      [
        'of it the kernels, strict and relaxed, in base64',
        sum((path) => /^dist\/lib\/kernels\/wasm\/(strict|relaxed)\.js$/.test(path)),
      ],
      ['data', sum((path) => path.startsWith('cli/data/'))],
      ['declarations and source maps', sum((path) => /\.(d\.ts|map)$/.test(path))],
    ],
  };
}

/** A task through the command line, including data and metrics, against the step alone. */
export function endToEnd(options: Options, say: (text: string) => void): Table {
  const steps = quick(options) ? 20_000 : 1_000_000;
  say(`end-to-end: ${steps} characters through the command line`);
  const out = mkdtempSync(join(tmpdir(), 'norewind-bench-'));
  const args = [
    'run',
    'anbn',
    '--estimator',
    'uoro',
    '--cell',
    'gru',
    '--units',
    '64',
    '--optimizer',
    'adam',
  ];
  const chosen = [
    '--rate',
    '0.001',
    '--min',
    '1',
    '--max',
    '32',
    '--steps',
    String(steps),
    '--out',
    join(out, 'run'),
    '--quiet',
  ];
  const begin = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(packageRoot(), 'dist/cli/main.js'), ...args, ...chosen],
    {
      encoding: 'utf8',
    },
  );
  const seconds = (performance.now() - begin) / 1000;
  rmSync(out, { recursive: true, force: true });
  if (status !== 0) throw new Error(`the command failed: ${stderr.trim()}`);
  const learner = createLearner({
    model: model({
      cell: gru({ inputs: taskSymbols, units: 64 }),
      readout: linear({ outputs: taskSymbols }),
    }),
    loss: crossEntropy,
    estimator: uoro(),
    optimizer: adam({ rate: 1e-3 }),
  });
  // Random rather than a pattern: gradients of certain predictions underflow, which is slow.
  const noise = seeded(1);
  const stream = Array.from({ length: 4096 }, () => noise.integer(taskSymbols));
  let t = 0;
  const run = (count: number) => {
    for (const end = t + count; t < end; t++) learner.step(stream[t % 4096], stream[(t + 1) % 4096]);
  };
  const [timing] = interleave([{ name: 'norewind', run }], options.effort);
  const alone = (steps * timing.median) / 1e6;
  return {
    group: 'end-to-end',
    title: 'a^n b^n(1,32), GRU 64, UORO with Adam, through the command line',
    columns: ['characters', 'command line, s', 'steps alone, s', 'ratio'],
    rows: [[steps, digits(seconds), digits(alone), times(seconds / alone)]],
    notes: ['One after the other, not in turns.'],
  };
}
