import { createThinned } from '../watch/thinned.ts';

/** The times of a run, of all its sessions together. */
export interface Times {
  readonly seconds: number;
  /** Of the processor, for all threads of the process: a busy machine does not lengthen it as it does the others. */
  readonly cpuSeconds: number;
  /** The median time of a step of the last session, in which starting is not; null if no step was timed. */
  readonly microseconds: number | null;
}

export const noTime: Times = { seconds: 0, cpuSeconds: 0, microseconds: null };

export interface Stopwatch {
  /** A turn of steps begins, or ends. */
  begin(): void;
  end(): void;
  step(): void;
  times(): Times;
}

/** The most turns that the median is of, spread evenly over the whole session. */
const mostTurns = 1000;

/** Steps one after another, and the microseconds that each took. */
interface Turn {
  readonly steps: number;
  readonly each: number;
}

/**
 * The time of a step is the median over all steps: in a mean, a short run would be mostly compiling, and any run
 * would have the moments when the machine did something else. Turns take equal times, so a median over turns would be
 * that of the slow ones, which hold few steps.
 */
export function createStopwatch(before: Times = noTime): Stopwatch {
  const started = performance.now();
  const processor = process.cpuUsage();
  const turns = createThinned<Turn>(mostTurns);
  let begun = started;
  let steps = 0;
  return {
    begin() {
      begun = performance.now();
      steps = 0;
    },
    end() {
      if (steps > 0) turns.add({ steps, each: ((performance.now() - begun) * 1000) / steps });
      steps = 0;
    },
    step() {
      steps++;
    },
    times() {
      const { user, system } = process.cpuUsage(processor);
      return {
        seconds: before.seconds + (performance.now() - started) / 1000,
        cpuSeconds: before.cpuSeconds + (user + system) / 1e6,
        microseconds: timeOfTheMiddleStep(turns.items()) ?? before.microseconds,
      };
    },
  };
}

function timeOfTheMiddleStep(turns: Iterable<Turn>): number | undefined {
  const sorted = [...turns].sort((a, b) => a.each - b.each);
  const half = sorted.reduce((sum, { steps }) => sum + steps, 0) / 2;
  let passed = 0;
  for (const { steps, each } of sorted) {
    passed += steps;
    if (passed >= half) return each;
  }
  return undefined;
}
