import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosenCases } from '../cases.ts';
import { type Lanes, type LanesProblem, lanesOf, learnerOfLanes } from '../lanes.ts';
import { cpuClock, type Runner, ratio, type Timing, timingOf } from '../measure.ts';
import type { Options } from '../options.ts';
import { Peer, startNative, startPython } from '../peer.ts';
import { type Cell, type Table, times } from '../report.ts';

/** Starts a process with the file of a problem; what it needs besides goes into the folder. */
type Start = (problem: string, folder: string) => Promise<Peer | string>;

const python =
  (script: string): Start =>
  (problem) =>
    startPython(script, problem);
const native =
  (source: string): Start =>
  (problem, folder) =>
    startNative(source, problem, folder);

/** Steps by hand are written for SGD, and for windows and UORO. */
const isByHand = ({ estimator, optimizer, lanes }: Lanes) =>
  optimizer === 'sgd' && (estimator === 'tbptt-16' || (estimator === 'uoro' && lanes === 1));

/** The processes, by the cases that they have. */
const programs: readonly { readonly start: Start; readonly has: (own: Lanes) => boolean }[] = [
  { start: python('jax_learn.py'), has: () => true },
  { start: python('torch_learn.py'), has: isByHand },
  { start: python('numpy_learn.py'), has: (own) => isByHand(own) || own.estimator === 'rtrl' },
  { start: native('uoro.c'), has: (own) => isByHand(own) && own.estimator === 'uoro' },
  {
    start: native('tbptt.c'),
    has: (own) => isByHand(own) && own.estimator === 'tbptt-16' && own.lanes === 1,
  },
  { start: native('product.c'), has: ({ estimator }) => estimator === 'rtrl' },
];

/**
 * The same step with JAX, PyTorch, NumPy and C in processes of their own, each on one thread, in turns with norewind.
 * Each has the losses and the parameters of the float64 reference over 256 steps first. Of exact RTRL, C has only the
 * products of matrices, which are compared with those in float64.
 */
export async function libraries(options: Options, say: (text: string) => void): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'norewind-bench-'));
  const notes = new Set<string>();
  const rows: Cell[][] = [];
  try {
    for (const { name, own } of chosenCases(options)) {
      say(`libraries: ${name}`);
      const problem = lanesOf(own);
      const file = join(folder, 'problem.json');
      writeFileSync(file, JSON.stringify(problem));
      const peers = await Promise.all(
        programs.filter(({ has }) => has(own)).map(({ start }) => start(file, folder)),
      );
      const timings = await inTurns(
        problem,
        peers.filter((peer) => peer instanceof Peer),
        options.effort,
      );
      for (const peer of peers)
        if (peer instanceof Peer) peer.end();
        else notes.add(peer);
      const [mine] = timings;
      for (const [i, { runner, timing }] of timings.entries())
        rows.push([i === 0 ? name : '', runner, timing, i === 0 ? '' : times(ratio(timing, mine.timing))]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    group: 'libraries',
    title: 'Against JAX, PyTorch, NumPy and C on one thread: µs of CPU per step, of all lanes together',
    columns: ['case', 'library', 'µs per step', 'ratio'],
    rows,
    notes: [
      'All had the losses and parameters of a float64 reference over 256 steps first, and took turns; sgemm alone, which is a part of the step, had the products. Ratios above one are in favour of norewind.',
      ...notes,
    ],
  };
}

/** A contestant whose turns are waited for. */
interface Turns {
  readonly name: string;
  /** Runs about this many steps; the µs of CPU per step. */
  turn(count: number): number | Promise<number>;
}

async function inTurns(
  problem: LanesProblem,
  peers: readonly Peer[],
  { rounds, turn }: Options['effort'],
): Promise<{ readonly runner: string; readonly timing: Timing }[]> {
  const all: Turns[] = [ownTurns(learnerOfLanes(problem)), ...peers.flatMap((peer) => peer.runners)];
  const counts: number[] = [];
  let round = 0;
  for (const one of all) {
    // The first chunks compile.
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4; i++) best = Math.min(best, await one.turn(problem.period));
    const count = Math.max(1, Math.round((1000 * turn) / best / problem.period)) * problem.period;
    counts.push(count);
    round += (best * count) / 1e6;
  }
  // A minute is enough for the steps that take longest, of which a turn is one period.
  const enough = Math.min(rounds, Math.max(5, Math.ceil(60 / round)));
  const took = all.map((): number[] => []);
  for (let round = 0; round < enough; round++)
    for (let i = 0; i < all.length; i++) {
      const at = (i + round) % all.length;
      took[at].push(await all[at].turn(counts[at]));
    }
  return all.map(({ name }, i) => ({ runner: name, timing: timingOf(took[i]) }));
}

function ownTurns({ name, run }: Runner): Turns {
  return {
    name,
    turn(count) {
      const begin = cpuClock();
      run(count);
      return (1000 * (cpuClock() - begin)) / count;
    },
  };
}
