import { dataOf, leavesOf, type Tree } from '../lib/index.ts';
import { createLearner } from '../trainers/index.ts';
import { configOf, type Problem } from './problem.ts';

/** Something that learns a problem's stream step by step. */
export interface Contestant {
  readonly name: string;
  /**
   * Predicts, learns, and moves on; returns the loss of the prediction.
   * @param signs the estimator's draws for this step; a contestant that draws the same ones itself ignores them.
   */
  step(input: number, target: number, signs: Float32Array): number;
  /** A copy of the parameters, leaf after leaf in the order of `Problem.leaves`. */
  parameters(): readonly ArrayLike<number>[];
}

/** A learner as users make it: what it does per step includes its own draws, checks, and the output that it returns. */
export function learnerContestant(problem: Problem, eager = false): Contestant {
  const learner = createLearner({ ...configOf(problem), eager });
  return {
    name: eager ? 'norewind, eager' : 'norewind',
    step: (input, target) => learner.step(input, target).loss,
    parameters: () => leavesOf(learner.parameters as Tree).map(dataOf),
  };
}

/** Runs steps `from` to `from + count` of the problem's stream; returns the sum of the losses. */
export function drive(contestant: Contestant, { stream, signs, period }: Problem, from: number, count: number): number {
  let total = 0;
  for (let t = from; t < from + count; t++)
    total += contestant.step(stream[t % period], stream[(t + 1) % period], signs[t % period]);
  return total;
}
