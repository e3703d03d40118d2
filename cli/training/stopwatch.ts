import { createThinned } from '../watch/thinned.ts';

/** The times of a run. */
export interface Stopwatch {
  /** A turn of steps begins, or ends. */
  begin(): void;
  end(): void;
  step(): void;
  /** Of all sessions together. */
  readonly seconds: number;
  /** The median time of a step over the turns; null before the first step. */
  readonly microseconds: number | null;
}

/** The most turns that the median is of, spread evenly over the whole session. */
const mostTurns = 1000;

/**
 * The time of a step is a median: in a mean, a short run would be mostly compiling, and any run would have the
 * moments when the machine did something else.
 */
export function createStopwatch(
  before: { readonly seconds: number; readonly microseconds: number | null } = {
    seconds: 0,
    microseconds: null,
  },
): Stopwatch {
  const started = performance.now();
  const turns = createThinned<number>(mostTurns);
  let begun = started;
  let steps = 0;
  return {
    begin() {
      begun = performance.now();
      steps = 0;
    },
    end() {
      if (steps > 0) turns.add(((performance.now() - begun) * 1000) / steps);
      steps = 0;
    },
    step() {
      steps++;
    },
    get seconds() {
      return before.seconds + (performance.now() - started) / 1000;
    },
    get microseconds() {
      const sorted = [...turns.items()].sort((a, b) => a - b);
      return sorted.length === 0 ? before.microseconds : sorted[sorted.length >> 1];
    },
  };
}
