import { dataOf, indices, leavesOf, seeded, type Tensor, type Tree } from '../lib/index.ts';
import { createLearner, type LearnerConfig } from '../trainers/index.ts';
import type { Runner } from './measure.ts';
import { type Case, configOf, problemOf } from './problem.ts';

/** A case with a number of parallel streams. */
export interface Lanes extends Case {
  readonly lanes: number;
}

/** A case as other processes read it, with the losses and the parameters that it has to have after one period. */
export interface LanesProblem extends Lanes {
  readonly rate: number;
  readonly period: number;
  /** The steps between two updates. */
  readonly window: number;
  readonly leaves: readonly (readonly number[])[];
  /** For each step, the symbol of each lane. */
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
  /** For each step, the signs of each lane; those of the learner. */
  readonly signs: readonly number[];
  readonly losses: readonly number[];
  readonly after: readonly (readonly number[])[];
}

/** A case with its streams, and what it has to have computed after one period. */
export function lanesOf(own: Lanes): LanesProblem {
  const problem = streamOf(own);
  return { ...problem, ...reference(problem) };
}

/** A case with its streams. */
export function streamOf(own: Lanes): Given {
  const { rate, seed, leaves, stream, period } = problemOf(own);
  const { lanes, units } = own;
  // Each lane is elsewhere in the stream.
  const symbol = (t: number, lane: number) => stream[(t + 37 * lane) % period];
  const all = (shift: number) =>
    Array.from({ length: period * lanes }, (_, i) => symbol(Math.floor(i / lanes) + shift, i % lanes));
  const noise = seeded(seed);
  const signs = own.estimator === 'uoro' ? period * lanes : 0;
  return {
    ...own,
    rate,
    period,
    window: own.estimator === 'tbptt-16' ? 16 : 1,
    leaves,
    inputs: all(0),
    targets: all(1),
    signs: Array.from({ length: signs }, () => [...dataOf(noise.signs([units]))]).flat(),
  };
}

type Given = Omit<LanesProblem, 'losses' | 'after'>;

/** The losses and parameters after one period in float64. */
function reference(problem: Given): Pick<LanesProblem, 'losses' | 'after'> {
  const learner = learnerOf({ ...problem, dtype: 'float64' });
  const losses = [...learner.stepMany(...streamsOf(problem))];
  return { losses, after: leavesOf(learner.parameters as Tree).map((leaf) => [...dataOf(leaf)]) };
}

/** The learner as users have it, on chunks of the stream. */
export function learnerOfLanes(problem: Given): Runner {
  const learner = learnerOf(problem);
  const [inputs, targets] = streamsOf(problem);
  const losses = new Float64Array(problem.period);
  return {
    name: 'norewind',
    run(count) {
      for (let t = 0; t < count; t += problem.period) learner.stepMany(inputs, targets, losses);
    },
  };
}

/** A symbol, or one for each lane. */
type Symbols = number | Tensor;

function learnerOf(problem: Given) {
  const config = configOf(problem) as LearnerConfig<Tree, Tree, Symbols, Symbols>;
  return createLearner({ ...config, lanes: problem.lanes });
}

/** The inputs and targets of every step. */
function streamsOf({ inputs, targets, lanes }: Given): readonly [ArrayLike<Symbols>, ArrayLike<Symbols>] {
  const steps = (all: readonly number[]): ArrayLike<Symbols> =>
    lanes === 1
      ? Int32Array.from(all)
      : Array.from({ length: all.length / lanes }, (_, t) => indices(all.slice(t * lanes, (t + 1) * lanes)));
  return [steps(inputs), steps(targets)];
}
