import { dataOf, leavesOf, type Tree } from '../lib/index.ts';
import { createLearner } from '../trainers/index.ts';
import { configOf, type Problem } from './problem.ts';

/** A learner of a problem's stream, step by step. */
export interface Contestant {
  readonly name: string;
  /**
   * Predicts, learns, and moves on. Returns the loss of the prediction.
   * @param signs the estimator's draws for this step; ignored by a contestant that draws them itself.
   */
  step(input: number, target: number, signs: Float32Array): number;
  /** Runs steps `at` to `at + count` in one call, if that is faster than `step`. */
  chunk?(at: number, count: number): void;
  /** A copy of the parameters, leaf by leaf in the order of `Problem.leaves`. */
  parameters(): readonly ArrayLike<number>[];
}

/**
 * A learner as users make it: its steps include its own draws and checks.
 * @param how in chunks, which return only losses like the other contestants; or step by step, each returning
 * its output too.
 */
export function learnerContestant(
  problem: Problem,
  how: 'chunks' | 'steps' | 'eager' | 'relaxed' = 'chunks',
): Contestant {
  const learner = createLearner({
    ...configOf(problem),
    eager: how === 'eager',
    relaxedSimd: how === 'relaxed',
  });
  const { stream, period } = problem;
  const targets = stream.map((_, t) => stream[(t + 1) % period]);
  const losses = new Float64Array(period);
  const chunk = (at: number, count: number) =>
    count === period
      ? learner.stepMany(stream, targets, losses)
      : learner.stepMany(stream.subarray(at, at + count), targets.subarray(at, at + count), losses);
  return {
    name: {
      chunks: 'norewind',
      steps: 'norewind, step by step',
      eager: 'norewind, eager',
      relaxed: 'norewind, relaxed',
    }[how],
    step: (input, target) => learner.step(input, target).loss,
    parameters: () => leavesOf(learner.parameters as Tree).map(dataOf),
    ...(how === 'chunks' || how === 'relaxed' ? { chunk } : {}),
  };
}

/** Runs steps `from` to `from + count` of the problem's stream. */
export function drive(
  contestant: Contestant,
  { stream, signs, period }: Problem,
  from: number,
  count: number,
): void {
  const end = from + count;
  if (contestant.chunk !== undefined)
    for (let t = from; t < end; ) {
      const at = t % period;
      const length = Math.min(period - at, end - t);
      contestant.chunk(at, length);
      t += length;
    }
  else
    for (let t = from; t < end; t++)
      contestant.step(stream[t % period], stream[(t + 1) % period], signs[t % period]);
}
