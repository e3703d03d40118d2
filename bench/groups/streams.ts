import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from '../options.ts';
import { type Cell, digits, type Table } from '../report.ts';
import { packageRoot } from '../root.ts';

interface Case {
  readonly name: string;
  readonly kind: 'numbers' | 'categories' | 'text';
  readonly file: string;
  readonly target?: string;
  readonly time?: string;
  /** The season in records that Python's models are given; norewind finds its own. */
  readonly season?: number;
  /** For categories: 0 if the other columns of the same row are known, 1 if only earlier rows are. */
  readonly horizon?: 0 | 1;
  /** The columns that hold categories. */
  readonly categorical?: string;
}

const cases: readonly Case[] = [
  {
    name: 'births, daily',
    kind: 'numbers',
    file: 'cli/data/births.csv',
    target: 'births',
    time: 'date',
    season: 7,
  },
  {
    name: 'sea temperature, monthly',
    kind: 'numbers',
    file: 'bench/data/sea-temperature-monthly.csv',
    target: 'temperature',
    time: 'month',
    season: 12,
  },
  {
    name: 'CO₂, weekly',
    kind: 'numbers',
    file: 'bench/data/co2-weekly.csv',
    target: 'co2',
    time: 'date',
    season: 52,
  },
  {
    name: 'Seattle, hourly',
    kind: 'numbers',
    file: 'bench/data/seattle-hourly.csv',
    target: 'temperature',
    time: 'time',
    season: 24,
  },
  {
    name: 'weather, the next day',
    kind: 'categories',
    file: 'cli/data/seattle-weather.csv',
    target: 'weather',
    time: 'date',
    horizon: 1,
    categorical: 'weather',
  },
  {
    name: 'bird strikes, the phase',
    kind: 'categories',
    file: 'bench/data/bird-strikes.csv',
    target: 'phase',
    time: 'date',
    horizon: 0,
    categorical: 'state,phase,size,species,time_of_day,damage',
  },
  { name: 'a log', kind: 'text', file: 'bench/data/packages.log' },
  { name: 'source code', kind: 'text', file: 'bench/data/btree.c.txt' },
  { name: 'a book', kind: 'text', file: 'cli/data/moby-dick.txt' },
];

/** A line of `norewind train --json`. */
interface Metrics {
  readonly event: string;
  readonly scored: number;
  readonly mean: number;
  readonly served?: string;
  readonly interval?: { readonly stated: number; readonly held: number; readonly count: number };
  readonly baselines: Readonly<Record<string, { readonly mean: number }>>;
}

/** Predictions of `norewind train` with its defaults, of each of its experts, and of Python's libraries. */
export function streams({ effort }: Options, say: (text: string) => void): Table {
  const isQuick = effort.turn < 10;
  const chosen = isQuick ? cases.filter(({ kind }) => kind !== 'text') : cases;
  say('streams: Python');
  const python = inPython(chosen);
  const intervals: Interval[] = [];
  const rows = chosen.flatMap((own): Cell[][] => {
    say(`streams: ${own.name}`);
    const { scores, time, interval } = learn(own);
    if (interval !== undefined) intervals.push({ name: own.name, ...interval });
    const [[served, best], ...experts] = Object.entries(scores);
    const unit = own.kind === 'numbers' ? 'RMSE' : own.kind === 'text' ? 'bits a byte' : 'bits a record';
    const others = Object.entries(typeof python === 'string' ? {} : (python[own.name] ?? {}));
    const line = (who: string, score: number, more: Cell) => [
      '',
      who,
      digits(score),
      digits(score / best),
      more,
    ];
    return [
      [`${own.name}, ${unit}`, `norewind: ${served}`, digits(best), '', time],
      ...experts.sort(([, a], [, b]) => a - b).map(([name, score]) => line(`norewind: ${name}`, score, '')),
      ...others.sort(([, a], [, b]) => a - b).map(([name, score]) => line(name, score, '')),
    ];
  });
  return {
    group: 'streams',
    title: 'Streams: norewind train with its defaults, its experts alone, and other libraries',
    columns: ['stream', 'predictor', 'score', 'over the first', 'µs a record'],
    rows,
    notes: [
      'One pass; every prediction is scored before it is learnt from. RMSE and bits a record are those after the first tenth.',
      ...coverageOf(intervals),
      ...(typeof python === 'string' ? [python] : []),
    ],
  };
}

/** How often the interval around a stream's numbers held them. */
interface Interval {
  readonly name: string;
  readonly stated: number;
  readonly held: number;
  readonly count: number;
}

function coverageOf(intervals: readonly Interval[]): string[] {
  if (intervals.length === 0) return [];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const [{ stated }] = intervals;
  const outcomes = intervals.reduce((sum, { count }) => sum + count, 0);
  const held = intervals.reduce((sum, { held: share, count }) => sum + share * count, 0);
  const each = intervals.map(({ name, held: share }) => `${name} ${percent(share)}`).join('; ');
  return [
    `The interval of ${percent(stated)} held ${percent(held / outcomes)} of ${outcomes} outcomes: ${each}.`,
  ];
}

/** The scores by predictor, what is served first. */
function learn({ kind, file, target, time, horizon, categorical }: Case): {
  scores: Readonly<Record<string, number>>;
  time: number;
  interval: Metrics['interval'];
} {
  const folder = mkdtempSync(join(tmpdir(), 'norewind-bench-'));
  const path = join(packageRoot(), file);
  const records = recordsOf(path, kind);
  const flags = Object.entries({ target, timestamp: time, horizon, categorical }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  const every = String(Math.floor(records / 10));
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(packageRoot(), 'dist/cli/main.js'),
      'train',
      path,
      ...(kind === 'text' ? ['--format', 'text'] : flags),
      ...['--json', '--quiet', '--every', every, '--out', join(folder, 'run')],
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  const took = performance.now() - begin;
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(`the command failed: ${stderr}`);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Metrics)
    .filter(({ event }) => event === 'metrics');
  const [first, last] = [lines[0], lines[lines.length - 1]];
  const meanOf = (figure: (line: Metrics) => number) => {
    if (kind === 'text') return figure(last);
    const rest = (last.scored * figure(last) - first.scored * figure(first)) / (last.scored - first.scored);
    return kind === 'numbers' ? Math.sqrt(rest) : rest;
  };
  const names = Object.keys(last.baselines);
  return {
    scores: {
      [last.served ?? 'network']: meanOf(({ mean }) => mean),
      ...Object.fromEntries(names.map((name) => [name, meanOf(({ baselines }) => baselines[name].mean)])),
    },
    time: (1000 * took) / records,
    interval: last.interval,
  };
}

function recordsOf(path: string, kind: Case['kind']): number {
  const bytes = readFileSync(path);
  return kind === 'text' ? bytes.length : bytes.toString('utf8').trimEnd().split('\n').length - 1;
}

/** The scores in Python by stream and predictor, or the reason why there are none. */
function inPython(
  chosen: readonly Case[],
): Readonly<Record<string, Readonly<Record<string, number>>>> | string {
  const folder = mkdtempSync(join(tmpdir(), 'norewind-bench-'));
  const list = join(folder, 'cases.json');
  writeFileSync(list, JSON.stringify(chosen.map((own) => ({ ...own, file: join(packageRoot(), own.file) }))));
  const command = process.env.PYTHON ?? 'python3';
  const script = join(packageRoot(), 'bench', 'python', 'streams.py');
  const { status, stdout, stderr, error } = spawnSync(command, [script, list], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  rmSync(folder, { recursive: true, force: true });
  if (error !== undefined) return `There is no ${command} here; set PYTHON to one that has river and pyppmd.`;
  return status === 0 ? JSON.parse(stdout) : stderr.trim().split('\n').slice(-1)[0];
}
