import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drive, learnerContestant } from '../contestant.ts';
import { interleave, type Timing, timingOf } from '../measure.ts';
import type { Options } from '../options.ts';
import { nameOf, type Problem, problemOf } from '../problem.ts';
import { type Cell, digits, type Table, times } from '../report.ts';
import { packageRoot } from '../root.ts';

const scripts = { 'PyTorch, by hand, scripted': 'torch_uoro.py', 'JAX, jit': 'jax_uoro.py' } as const;

/** The same step in Python, on one thread. Each script compares its losses with norewind's before timing. */
export function python({ sizes, effort }: Options, say: (text: string) => void): Table {
  const folder = mkdtempSync(join(tmpdir(), 'norewind-bench-'));
  const notes = new Set(['Another process, timed one after the other, not in turns.']);
  const rows = (['rnn', 'gru'] as const).flatMap((cell) =>
    sizes
      .filter((units) => units === 64 || units === 256 || units === 512)
      .flatMap((units): Cell[][] => {
        const problem = problemOf({ cell, estimator: 'uoro', optimizer: 'sgd', units, dtype: 'float32' });
        const own = timeOwn(problem, effort);
        const file = join(folder, 'problem.json');
        writeFileSync(file, JSON.stringify(forPython(problem)));
        const others = Object.entries(scripts).flatMap(([name, script]): Cell[][] => {
          say(`python: ${name}, ${nameOf(problem)}`);
          const result = run(script, file, effort.rounds, effort.turn);
          if (typeof result === 'string') {
            notes.add(result);
            return [];
          }
          return [['', name, result, times(result.median / own.median)]];
        });
        return [[nameOf(problem), 'norewind', own, ''], ...others];
      }),
  );
  rmSync(folder, { recursive: true, force: true });
  return {
    group: 'python',
    title: 'Against Python on one thread: µs per step of UORO with SGD',
    columns: ['case', 'library', 'µs per step', 'ratio'],
    rows,
    notes: [...notes],
  };
}

function timeOwn(problem: Problem, effort: Options['effort']): Timing {
  const contestant = learnerContestant(problem);
  let t = 0;
  const run = (count: number) => {
    drive(contestant, problem, t, count);
    t += count;
  };
  return interleave([{ name: contestant.name, run }], effort)[0];
}

/** The problem, and the losses that every implementation must reproduce. */
function forPython(problem: Problem) {
  const contestant = learnerContestant(problem);
  const losses = Array.from({ length: 48 }, (_, t) =>
    contestant.step(
      problem.stream[t % problem.period],
      problem.stream[(t + 1) % problem.period],
      problem.signs[t % problem.period],
    ),
  );
  return {
    ...problem,
    stream: [...problem.stream],
    signs: problem.signs.map((draw) => [...draw]),
    losses,
    after: contestant.parameters().map((leaf) => Array.from(leaf)),
  };
}

/** The times, or the reason why there are none. */
function run(script: string, file: string, rounds: number, turn: number): Timing | string {
  const path = join(packageRoot(), 'bench', 'python', script);
  const threads = Object.fromEntries(
    ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'].map((name) => [name, '1']),
  );
  const command = process.env.PYTHON ?? 'python3';
  const { status, stdout, stderr, error } = spawnSync(command, [path, file, String(rounds), String(turn)], {
    encoding: 'utf8',
    env: {
      ...process.env,
      ...threads,
      PYTHONDONTWRITEBYTECODE: '1',
      XLA_FLAGS: '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1',
    },
  });
  if (error !== undefined) return `There is no ${command} here; set PYTHON to one that has PyTorch or JAX.`;
  if (status !== 0) return stderr.trim().split('\n').slice(-1)[0];
  const times = JSON.parse(stdout) as number[];
  return times.length > 0 ? timingOf(times) : `${script} printed ${digits(times.length)} times.`;
}
