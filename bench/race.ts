import { requireSame } from './check.ts';
import { type Contestant, drive } from './contestant.ts';
import { type Effort, interleave, type Runner, type Timing } from './measure.ts';
import type { Problem } from './problem.ts';

/** Checks fresh contestants against the first one, then times identical ones in turns. */
export function race(problem: Problem, make: readonly (() => Contestant)[], effort: Effort): Timing[] {
  if (make.length > 1)
    requireSame(
      problem,
      make.map((one) => one()),
    );
  return interleave(
    make.map((one) => runnerOf(one(), problem)),
    effort,
  );
}

/** Runs a contestant along the stream in whole windows, so that every turn has the same share of updates. */
export function runnerOf(contestant: Contestant, problem: Problem): Runner {
  const window = problem.estimator === 'tbptt-16' ? 16 : 1;
  let at = 0;
  return {
    name: contestant.name,
    run(count) {
      const steps = count * window;
      drive(contestant, problem, at, steps);
      at += steps;
    },
    window,
  };
}
