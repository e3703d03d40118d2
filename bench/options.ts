import { parseArgs } from 'node:util';
import type { Effort } from './measure.ts';

/** The groups to run, and how long. */
export interface Options {
  readonly groups: readonly string[];
  readonly cells: readonly string[];
  readonly estimators: readonly string[];
  readonly optimizers: readonly string[];
  readonly sizes: readonly number[];
  readonly effort: Effort;
  readonly out: string;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

export const usage = `npm run bench -- [group ...] [options]

groups (all but the last six when none is given):
  grid        norewind alone: µs per step by cell, estimator, optimiser, size and dtype
  plain       against plain JavaScript written by hand for the cell, and against the eager path
  hand        the compiled step against instructions written by hand for the tanh RNN, on the same kernels
  relaxed     strict and relaxed SIMD
  kernels     every kernel by itself: GFLOP/s and GB/s
  roofline    a step against what one core can do, measured in the same rounds
  growth      how the time grows with the number of units
  lanes       a lane among 8 and 32 against one alone
  optimizers  what each optimiser adds to a step, built-in ones and rules of one's own
  estimators  every estimator on RNN and GRU at 64 and 128 units, and the numbers that it carries
  bias        every estimator against the exact gradient: cosine, squared bias, variance
  probe       a probe of eight copies against the steps that it consists of, on a GRU of 16 and 64 units
  memory      bytes allocated per step, and resident memory
  start       start-up, and time to compile a step
  package     what npm would publish
  end-to-end  a task through the command line against the step alone
  stream      a million characters through standard input: memory, rate, bits
  streams     norewind train with its defaults, its experts, River, PPMd and bzip2 (where Python has them)
  lag         a task that truncation cannot win: RTRL, UORO and windows, each at its best rate
  peers       the same step with jax-js and TensorFlow.js (npm run bench:peers installs and runs this)
  libraries   steps, windows and lanes with JAX, PyTorch, NumPy (bench/python/requirements.txt) and C, on one thread

options:
  --cells rnn,gru,lstm            --estimators uoro,tbptt-1,tbptt-16,rtrl
  --optimizers sgd,adam           --sizes 16,64,256,512,1024
  --rounds 15                     turns of each contestant
  --turn 25                       milliseconds per turn
  --quick                         3 rounds of 5 ms, small sizes: to see that everything runs
  --out bench-results.json

bench page writes docs/performance.md from the results that are committed in bench/results. To measure a group anew:
bench <group> --out bench/results/<group>.json`;

export const everyGroup = [
  'grid',
  'plain',
  'hand',
  'relaxed',
  'kernels',
  'roofline',
  'growth',
  'lanes',
  'optimizers',
  'estimators',
  'bias',
  'probe',
  'memory',
  'start',
  'package',
  'end-to-end',
  'stream',
  'streams',
  'lag',
  'peers',
  'libraries',
];

/** @throws UsageError with one sentence. */
export function optionsOf(args: readonly string[]): Options | 'help' | 'page' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  if (positionals.length === 1 && positionals[0] === 'page') return 'page';
  const unknown = positionals.find((name) => !everyGroup.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`there is no group ${unknown}; the groups are ${everyGroup.join(', ')}`);
  const list = (value: string | undefined, all: string) => (value ?? all).split(',');
  const quick = values.quick ?? false;
  return {
    groups: positionals.length > 0 ? positionals : everyGroup.slice(0, -6),
    cells: chosen('cells', values.cells, ['rnn', 'gru', 'lstm']),
    estimators: chosen('estimators', values.estimators, ['uoro', 'tbptt-1', 'tbptt-16', 'rtrl']),
    optimizers: chosen('optimizers', values.optimizers, ['sgd', 'adam']),
    sizes: list(values.sizes, quick ? '16,64' : '16,64,256,512,1024').map((text) => count('sizes', text)),
    effort: {
      rounds: count('rounds', values.rounds ?? (quick ? '3' : '15')),
      turn: count('turn', values.turn ?? (quick ? '5' : '25')),
    },
    out: values.out ?? 'bench-results.json',
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    cells: text,
    estimators: text,
    optimizers: text,
    sizes: text,
    rounds: text,
    turn: text,
    out: text,
    quick: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function chosen(name: string, value: string | undefined, all: readonly string[]): readonly string[] {
  const names = value?.split(',') ?? all;
  const unknown = names.find((own) => !all.includes(own));
  if (unknown !== undefined)
    throw new UsageError(`--${name}: there is no ${unknown}; choose from ${all.join(', ')}`);
  return names;
}

/** Plain JavaScript processes four rows at a time. */
function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name}: ${text} is not a whole number above 0`);
  if (name === 'sizes' && value % 4 !== 0)
    throw new UsageError(`--sizes: ${text} is not a multiple of 4, which the hand-written steps need`);
  return value;
}
