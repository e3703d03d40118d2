/** Microseconds per call over rounds. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** One per round. */
  readonly rounds: readonly number[];
}

/** Something to be timed: runs `count` steps. */
export interface Runner {
  readonly name: string;
  run(count: number): void;
  /** The steps that one call counts for. Default 1. */
  readonly window?: number;
}

export interface Effort {
  /** Turns per runner. */
  readonly rounds: number;
  /** Milliseconds per turn. */
  readonly turn: number;
}

/** Milliseconds. */
export type Clock = () => number;

const performanceClock: Clock = () => performance.now();

/** Of CPU time of the process, which other load on the machine disturbs less. */
export const cpuClock: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * Times runners in turns, so that other load on the machine affects all alike. First each runner warms up
 * until it is compiled, and the number of steps per turn is chosen.
 */
export function interleave(
  runners: readonly Runner[],
  { rounds, turn }: Effort,
  clock: Clock = performanceClock,
): Timing[] {
  const counts = runners.map((runner) => warmUp(runner, turn, clock));
  const times = runners.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    runners.forEach((_, i) => {
      // A different order each round, so that no runner always inherits the same other one's cache.
      const at = (i + round) % runners.length;
      times[at].push(time(runners[at], counts[at], clock));
    });
  return times.map(timingOf);
}

function warmUp(runner: Runner, turn: number, clock: Clock): number {
  const end = performance.now() + 3 * turn;
  let count = 1;
  let [best, calls] = [Number.POSITIVE_INFINITY, 0];
  while (performance.now() < end || calls < 3) {
    best = Math.min(best, time(runner, count, clock));
    calls++;
    count = Math.max(1, Math.min(2 * count, Math.round((1000 * turn) / (best * (runner.window ?? 1)))));
  }
  return Math.max(1, Math.round((1000 * turn) / (best * (runner.window ?? 1))));
}

function time(runner: Runner, count: number, clock: Clock): number {
  const begin = clock();
  runner.run(count);
  return (1000 * (clock() - begin)) / (count * (runner.window ?? 1));
}

export function timingOf(rounds: readonly number[]): Timing {
  return { median: median(rounds), min: Math.min(...rounds), max: Math.max(...rounds), rounds };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How many times as long a takes as b: the median over rounds, each comparing runs close in time. */
export function ratio(a: Timing, b: Timing): number {
  return median(a.rounds.map((value, round) => value / b.rounds[round]));
}
