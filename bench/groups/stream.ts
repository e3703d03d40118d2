import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { median } from '../measure.ts';
import type { Options } from '../options.ts';
import { type Cell, digits, type Table } from '../report.ts';
import { packageRoot } from '../root.ts';

const alone = ['--experts', 'network'];
const cases: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: 'the default, with all experts', args: [] },
  { name: 'UORO, GRU of 64 units', args: [...alone, '--cell', 'gru', '--estimator', 'uoro'] },
  {
    name: 'TBPTT-16, GRU of 64 units',
    args: [...alone, '--cell', 'gru', '--estimator', 'tbptt', '--window', '16', '--rate', '0.001'],
  },
  {
    name: 'RTRL, LRU of 64 units',
    args: [...alone, '--cell', 'lru', '--estimator', 'rtrl', '--rate', '0.001'],
  },
];

/** A line of `norewind train --json`. */
interface Event {
  readonly event: string;
  readonly step: number;
  readonly mean: number;
  readonly recent: number;
  readonly baselines: Readonly<Record<string, { readonly mean: number; readonly recent: number }>>;
}

/** The memory and the scores of the process after a number of characters. */
interface Sample {
  readonly records: number;
  readonly resident: number;
  readonly seconds: number;
  readonly event: Event;
}

/** Pipes a book repeatedly into `norewind train`, and tracks the resident memory of the process. */
export async function stream({ effort }: Options, say: (text: string) => void): Promise<Table> {
  const isQuick = effort.turn < 10;
  const characters = isQuick ? 20_000 : 1_000_000;
  const rows: Cell[][] = [];
  for (const { name, args } of cases) {
    say(`stream: ${characters} characters, ${name}`);
    const samples = await learn(characters, args);
    // The first tenth is warm-up of compilers, pools and caches.
    const tenth = Math.floor(samples.length / 10);
    const [warm, last] = [samples[tenth], samples[samples.length - 1]];
    const held = samples.slice(tenth).map(({ resident }) => resident);
    const [usual, most] = [median(held), Math.max(...held)];
    const drift = median(held.slice(-tenth)) / median(held.slice(0, tenth)) - 1;
    const { mean, recent, baselines } = last.event;
    const others = Object.values(baselines).map((baseline) => baseline.mean);
    const rate = (last.records - warm.records) / (last.seconds - warm.seconds);
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    rows.push([
      name,
      last.records,
      Math.round(rate),
      ...[usual, most].map((value) => value.toFixed(1)),
      percent(most / usual - 1),
      percent(drift),
      ...[mean, recent].map(digits),
      others.length === 0 ? '-' : digits(Math.min(...others)),
    ]);
  }
  return {
    group: 'stream',
    title: 'A stream of characters through the command line',
    columns: [
      'case',
      'characters',
      'a second',
      'resident MiB, median',
      'largest',
      'over the median',
      'last tenth over the second',
      'bits, all',
      'bits, last 1,000',
      'best single expert, all',
    ],
    rows,
    notes: [
      'Resident memory is read from /proc at each of a hundred lines of metrics; the first ten do not count.',
    ],
  };
}

async function learn(characters: number, args: readonly string[]): Promise<Sample[]> {
  const out = mkdtempSync(join(tmpdir(), 'norewind-bench-'));
  const train = [
    'train',
    '-',
    '--unit',
    'character',
    '--json',
    '--quiet',
    '--every',
    String(characters / 100),
  ];
  const child = spawn(
    process.execPath,
    [join(packageRoot(), 'dist/cli/main.js'), ...train, ...args, '--out', join(out, 'run')],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  Readable.from(book(characters)).pipe(child.stdin);
  const closed = once(child, 'close');
  const begin = performance.now();
  const samples: Sample[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Event;
    if (event.event === 'metrics')
      samples.push({
        event,
        records: event.step,
        resident: resident(child.pid),
        seconds: (performance.now() - begin) / 1000,
      });
  }
  const [code] = await closed;
  rmSync(out, { recursive: true, force: true });
  if (code !== 0) throw new Error('the command failed');
  return samples;
}

/** This many characters of Moby-Dick, repeated from its beginning. */
function* book(characters: number): Generator<string, void, undefined> {
  const text = Array.from(readFileSync(join(packageRoot(), 'cli/data/moby-dick.txt'), 'utf8'));
  for (let left = characters; left > 0; left -= text.length) yield text.slice(0, left).join('');
}

/** In MiB; NaN if the system does not report it. */
function resident(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
