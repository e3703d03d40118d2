import { stack } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  expectation,
  guard,
  indices,
  leavesOf,
  mapTree,
  type Noise,
  recording,
  seeded,
  type Tensor,
  type Tree,
} from '../../lib/index.ts';
import { createLearner, type Estimator, type Learner } from '../index.ts';
import { namesOf, numbersOf, requireClose, requireLive, UncheckedError, vector } from './numbers.ts';
import { prescribed, trajectoryOf } from './trajectory.ts';
import {
  byBackpropagation,
  type Fixture,
  type Reference,
  requireFixture,
  unitTrees,
  zerosLike,
} from './unrolled.ts';

/** How to run an estimator and compare it with a reference. */
export interface AgreementOptions<P = unknown> {
  /** The k-th update of the parameters adds moves[k]; the gradient is ignored. No entry, no move. */
  readonly moves?: readonly P[];
  /** The steps at which there is no target. */
  readonly observed?: readonly number[];
  /** Number of steps before the run, followed by a reset. None by default. */
  readonly before?: number;
  /** Runs without a plan, as runs under every sequence of signs always do. */
  readonly eager?: boolean;
  /** Relative to the largest number compared, or to 1. Default 1e-10. */
  readonly tolerance?: number;
  /** ∂s/∂θ and the gradients of one lane along a trajectory; `byBackpropagation` by default. */
  readonly reference?: (fixture: Fixture, trajectory: readonly unknown[]) => Reference;
}

const checks: guard.Checks<AgreementOptions> = {
  before: guard.whole(0),
  moves: guard.list,
  observed: guard.listOf('an array of steps, counted from 0', guard.whole(0).holds),
  eager: guard.flag,
  tolerance: guard.between(0),
  reference: guard.callable,
};

/** A function that makes an estimator, for callers without types. */
export const makesEstimator: guard.Check = {
  ...guard.callable,
  what: 'a function that makes an estimator, such as () => uoro()',
  remedy: (value) =>
    typeof value === 'object' && value !== null
      ? 'give the function, each run has an estimator of its own'
      : undefined,
};

function requireLanes(who: string, lanes: readonly Fixture[]): void {
  guard.argument(who, 'lanes', lanes, {
    what: 'an array of fixtures, one for each lane',
    holds: (value) => Array.isArray(value) && value.length > 0,
  });
  for (const [i, lane] of lanes.entries()) {
    requireFixture(who, `lane ${i}`, lane);
    if (lane.examples.length !== lanes[0].examples.length)
      throw new ConfigurationError(
        `${who}: lane ${i} has ${lane.examples.length} steps, lane 0 has ${lanes[0].examples.length}`,
      );
    if (numbersOf(lane.parameters).join() !== numbersOf(lanes[0].parameters).join())
      throw new ConfigurationError(
        `${who}: lane ${i} has other parameters than lane 0, and one learner has one set of them`,
      );
  }
}

/**
 * The results of a run as numbers: cᵀG for every unit vector c after the last step, and the gradient of each
 * update.
 */
export type Estimates = { readonly influence: Tensor; readonly gradients: readonly Tensor[] };

/**
 * Checks that an estimator is exact in the mean over every sequence of signs that it draws: E[cᵀG] = cᵀ∂s/∂θ
 * for every c, and the mean of each gradient is the gradient of the losses since the last update. Several
 * fixtures become lanes.
 * @throws LawError if it is not, or if the reference is nearly zero.
 */
export function checkUnbiased(
  lanes: readonly Fixture[],
  estimator: () => Estimator,
  options: AgreementOptions = {},
): void {
  requireLanes('checkUnbiased', lanes);
  guard.argument('checkUnbiased', 'estimator', estimator, makesEstimator);
  const { tolerance = 1e-10 } = guard.options('checkUnbiased', options, checks);
  requireFewSigns(lanes, estimator, options);
  const { mean } = expectation((noise) => estimates(lanes, estimator(), noise, options));
  const expected = referenceOf(lanes, estimator(), options);
  const [{ parameters, state }] = lanes;
  const [rows, columns] = [namesOf(state, 'state'), namesOf(parameters, 'params')];
  const last = expected.gradients.at(-1) ?? [];
  requireLive(last, 'the gradient of the loss');
  mean.gradients.forEach((gradient, k) => {
    requireClose(
      numbersOf(gradient),
      expected.gradients[k],
      tolerance,
      `the mean of gradient ${k + 1}`,
      (at) => `∂ℓ/∂${columns[at]}`,
    );
  });
  if (mean.influence.size === 0) return;
  requireLive(expected.influence, '∂s/∂θ');
  requireClose(
    numbersOf(mean.influence),
    expected.influence,
    tolerance,
    'the mean of the influence',
    (at) => `∂${rows[Math.floor(at / columns.length) % rows.length]}/∂${columns[at % columns.length]}`,
  );
}

/** The most runs for a mean over every sequence of signs. */
const mostRuns = 2 ** 16;

/** @throws UncheckedError at once if a run draws too many signs to enumerate their sequences. */
function requireFewSigns(
  lanes: readonly Fixture[],
  estimator: () => Estimator,
  options: AgreementOptions,
): void {
  const noise = recording(seeded(1));
  // A plan draws as many, and would have to be compiled first.
  estimates(lanes, estimator(), noise, { ...options, eager: true });
  const runs = 2 ** noise.draws.length;
  if (runs > mostRuns)
    throw new UncheckedError(
      `a run of ${lanes[0].examples.length} steps draws ${noise.draws.length} signs, which have ${runs.toLocaleString('en-US')} sequences, and ${mostRuns.toLocaleString('en-US')} is the most; give fixtures with fewer units or parameters, or fewer steps`,
    );
}

/** Runs a learner over the examples of the fixtures, one for each lane. */
export function estimates(
  lanes: readonly Fixture[],
  estimator: Estimator,
  noise: Noise,
  options: AgreementOptions = {},
): Estimates {
  const learner = learnerOf(lanes, estimator, noise, options);
  const gradients: Tensor[] = [];
  let scored = false;
  const read = () => numbersOf(learner.gradient);
  // Also before the first step, whose plan then keeps the gradient: no other has to be compiled for it.
  read();
  for (let t = 0; t < (options.before ?? 0); t++)
    learner.step(
      together(lanes.map(({ examples }) => examples[t].input)),
      together(lanes.map(({ examples }) => examples[t].target)),
    );
  if (options.before !== undefined) {
    learner.resetState();
    read();
  }
  lanes[0].examples.forEach((_, t) => {
    const input = together(lanes.map(({ examples }) => examples[t].input));
    if (options.observed?.includes(t)) learner.observe(input);
    else learner.step(input, together(lanes.map(({ examples }) => examples[t].target)));
    scored ||= !options.observed?.includes(t);
    if ((t + 1) % estimator.stride > 0) return;
    if (scored) gradients.push(vector(read()));
    scored = false;
  });
  return { influence: vector(influenceOf(learner, lanes).flat()), gradients };
}

/** Creates a float64 learner in the state of the fixtures, whose k-th update adds moves[k]. */
export function learnerOf(
  lanes: readonly Fixture[],
  estimator: Estimator,
  noise: Noise,
  { moves = [], eager = false }: AgreementOptions = {},
): Learner<unknown, unknown, unknown, unknown> {
  const [{ model, loss, parameters }] = lanes;
  const state = together(lanes.map((lane) => lane.state));
  const optimizer = prescribed(moves);
  return createLearner({
    model,
    loss,
    estimator,
    optimizer,
    dtype: 'float64',
    noise,
    lanes: lanes.length,
    parameters,
    state,
    eager,
  });
}

/**
 * Returns, for each lane, cᵀG for every unit vector c of its state. Empty for estimators that carry nothing.
 */
export function influenceOf(
  learner: Learner<unknown, unknown, unknown, unknown>,
  lanes: readonly Fixture[],
): number[][] {
  const isSingle = lanes.length === 1 || learner.estimator.joint;
  const carriesNothing = leavesOf(learner.influence as Tree).length === 0;
  return lanes.map(({ state }, lane) => {
    if (carriesNothing) return [];
    return unitTrees(state).flatMap((unit) => {
      const pulled = learner.pull(
        together(lanes.map((other, i) => (i === lane ? unit : zerosLike(other.state)))),
      );
      return numbersOf(isSingle ? pulled : (pulled as readonly unknown[])[lane]);
    });
  });
}

function referenceOf(
  lanes: readonly Fixture[],
  { stride, restarts }: Estimator,
  { moves = [], observed = [], reference = byBackpropagation }: AgreementOptions,
): { influence: number[]; gradients: number[][] } {
  const each = lanes.map((lane) => {
    const trajectory = trajectoryOf(lane, stride, moves, observed);
    const blocks = Math.floor(lane.examples.length / stride);
    const whole = restarts ? undefined : reference(lane, trajectory);
    const gradients = Array.from({ length: blocks }, (_, k) => {
      const [begin, end] = [k * stride, (k + 1) * stride];
      const own =
        whole?.gradients.slice(begin, end) ??
        reference({ ...lane, examples: lane.examples.slice(begin, end) }, trajectory.slice(begin, end))
          .gradients;
      const scored = own.filter((_, i) => !observed.includes(begin + i));
      return scored.length === 0 ? undefined : sum(scored);
    });
    return {
      influence: whole?.influence.flat() ?? [],
      gradients: gradients.filter((gradient) => gradient !== undefined),
    };
  });
  const count = each[0].gradients.length;
  return {
    influence: each.flatMap(({ influence }) => influence),
    gradients: Array.from({ length: count }, (_, k) =>
      sum(each.map(({ gradients }) => gradients[k])).map((value) => value / lanes.length),
    ),
  };
}

/** Joins the values of all lanes along a first axis, as a learner takes them. */
export function together(values: readonly unknown[]): unknown {
  if (values.length === 1) return values[0];
  if (values.every((value) => typeof value === 'number')) return indices(values as number[]);
  const [first, ...rest] = values as readonly Tree[];
  const others = rest.map((tree) => leavesOf(tree));
  let at = 0;
  return mapTree(first, (leaf) => {
    const own = at++;
    return stack([leaf, ...others.map((leaves) => leaves[own])]);
  });
}

function sum(rows: readonly (readonly number[])[]): number[] {
  return rows.reduce<number[]>(
    (total, row) => total.map((value, i) => value + row[i]),
    rows[0].map(() => 0),
  );
}
