import { add, linearize, mul, neg, relu, sqrt, sub, sum } from '../../autodiff/index.ts';
import {
  guard,
  leavesOf,
  mapTree,
  type Noise,
  type PartialTree,
  seeded,
  type Tensor,
  type Tree,
  zipTrees,
} from '../../lib/index.ts';
import { aCell, type Cell, meanSquare, runStep } from '../../nn/index.ts';
import type { Example } from '../index.ts';
import { jacobianByDifferences, numbersOf, treeFrom } from './numbers.ts';

/**
 * Everything that determines a run except the estimator: a model, its initial parameters and state, and its
 * data. All float64.
 */
export interface Fixture<P = unknown, S = unknown, X = unknown, Y = unknown> {
  readonly model: Cell<P, S, X>;
  // A method, whose parameters TypeScript compares bivariantly: a fixture of particular types is a fixture.
  loss(output: Tensor, target: Y): Tensor;
  readonly parameters: P;
  /**
   * Not the start state: at zeros, parts of the first step's derivative vanish, so wrong estimators would
   * pass.
   */
  readonly state: S;
  readonly examples: readonly Example<X, Y>[];
}

export interface FixtureOptions<X> {
  readonly input: (noise: Noise) => X;
  readonly steps: number;
  readonly seed?: number;
}

const fixtureChecks = {
  input: guard.needed(guard.callable),
  steps: guard.needed(guard.whole(1, 2 ** 16)),
  seed: guard.whole(0),
};

/** Checks a fixture, for callers without types. */
export function requireFixture(who: string, name: string, fixture: unknown): void {
  guard.argument(who, name, fixture, aFixture);
}

const aFixture: guard.Check = {
  what: 'a fixture, as fixtureOf makes it',
  holds: (value) =>
    guard.isRecord(value) &&
    aCell.holds(value.model) &&
    typeof value.loss === 'function' &&
    guard.listOf('', guard.isRecord).holds(value.examples) &&
    (value.examples as unknown[]).length > 0 &&
    [value.parameters, value.state].every((tree) => typeof tree === 'object' && tree !== null),
};

/** @throws ConfigurationError unless there are parameters for each step of a run. */
function requireRun<P, S, X, Y>(who: string, fixture: Fixture<P, S, X, Y>, trajectory: readonly P[]): void {
  requireFixture(who, 'fixture', fixture);
  const { length } = fixture.examples;
  guard.argument(who, 'trajectory', trajectory, {
    what: `an array of parameters, at most one for each of ${length} steps`,
    holds: (value) => Array.isArray(value) && value.length > 0 && value.length <= length,
  });
}

/**
 * Random parameters, state and inputs, and real targets of the output's shape, with their mean square as the
 * loss.
 */
export function fixtureOf<P, S, X>(
  model: Cell<P, S, X>,
  options: FixtureOptions<X>,
): Fixture<P, S, X, Tensor> {
  guard.argument('fixtureOf', 'model', model, aCell);
  const example = 'fixtureOf(model, { input: (noise) => noise.normal([2]), steps: 4 })';
  const { input, steps, seed = 1 } = guard.options('fixtureOf', options, fixtureChecks, example);
  const noise = seeded(seed);
  // Biases that start at zero would hide the terms they multiply.
  const parameters = jitter(model.init(noise.split()), noise, 0.3);
  const state = jitter(model.start(), noise, 0.5);
  const inputs = Array.from({ length: steps }, () => input(noise));
  const { output } = runStep(model, parameters, state, inputs[0]);
  const examples = inputs.map((one) => ({ input: one, target: noise.normal(output.shape) }));
  return { model, loss: meanSquare, parameters, state, examples };
}

/**
 * The run with a model whose derivative is infinite at its initial state s₀: adds √|s - s₀| to each new state
 * and to the output. Elsewhere it is as differentiable as before.
 */
export function singularAtStart<P, S, X, Y>(run: Fixture<P, S, X, Y>): Fixture<P, S, X, Y> {
  const { model, state: start } = run;
  /**
   * √|x|. Not √(x²): x² has a zero derivative where the root's is infinite, so an estimator that takes the
   * product as zero would pass.
   */
  const root = (x: Tensor) => mul(sqrt(add(x, mul(relu(neg(x)), 2))), 0.3);
  const step = (parameters: P, state: S, input: X) => {
    const { state: next, output } = model.step(parameters, state, input);
    const roots = zipTrees(state as Tree, start as Tree, (a, b) => root(sub(a, b)), 'singularAtStart');
    const moved = zipTrees(next as Tree, roots, (a, b) => add(a, b), 'singularAtStart') as S;
    return { state: moved, output: leavesOf(roots).reduce((total, leaf) => add(total, sum(leaf)), output) };
  };
  return { ...run, model: { ...model, step } };
}

/** A similar tree, a normal deviation away. */
export function jitter<T>(tree: T, noise: Noise, deviation: number): T {
  return mapTree(tree as Tree, (leaf) => {
    const shift = numbersOf(noise.normal(leaf.shape));
    return treeFrom(
      numbersOf(leaf).map((value, i) => value + deviation * shift[i]),
      leaf,
    );
  }) as T;
}

/**
 * The whole run as one function: the losses, and the state after the last step. Step t uses parameters[t] +
 * shift.
 */
export function unroll<P, S, X, Y>(
  fixture: Fixture<P, S, X, Y>,
  trajectory: readonly P[],
  shift: P,
  state = fixture.state,
): { state: S; losses: Tensor[] } {
  const { model, loss, examples } = fixture;
  const losses: Tensor[] = [];
  let current = state;
  trajectory.forEach((parameters, t) => {
    const moved = zipTrees(shift as Tree, parameters as Tree, (a, b) => add(a, b), 'unroll') as P;
    const { state: next, output } = runStep(model, moved, current, examples[t].input);
    losses.push(loss(output, examples[t].target));
    // Its keys may come in another order.
    current = zipTrees(current as Tree, next as Tree, (_, own) => own, `${model.name}.step`) as S;
  });
  return { state: current, losses };
}

/** The reference derivatives for estimators, with respect to a shift of all parameters of the trajectory. */
export interface Reference {
  /** ∂s/∂θ after the last step: S rows of P numbers. */
  readonly influence: number[][];
  /** The gradient of each step's loss. */
  readonly gradients: number[][];
}

/** By reverse mode through the whole run. */
export function byBackpropagation<P, S, X, Y>(
  fixture: Fixture<P, S, X, Y>,
  trajectory: readonly P[],
): Reference {
  requireRun('byBackpropagation', fixture, trajectory);
  const { value, pull } = linearize(
    (shift: P) => unroll(fixture, trajectory, shift),
    zerosLike(fixture.parameters),
  );
  type Cotangent = PartialTree<typeof value>;
  const states = unitTrees(value.state);
  const influence = states.map((unit) => numbersOf(pull({ state: unit } as Cotangent)[0]));
  const one = numbersOf(value.losses[0]).map(() => 1);
  const gradients = value.losses.map((_, t) => {
    const losses = value.losses.map((loss, i) => treeFrom(i === t ? one : [0], loss));
    return numbersOf(pull({ losses } as Cotangent)[0]);
  });
  return { influence, gradients };
}

/** By finite differences through the whole run, without any derivative rule. */
export function byDifferences<P, S, X, Y>(fixture: Fixture<P, S, X, Y>, trajectory: readonly P[]): Reference {
  requireRun('byDifferences', fixture, trajectory);
  const zero = zerosLike(fixture.parameters);
  const jacobian = jacobianByDifferences((shift) => {
    const { state, losses } = unroll(fixture, trajectory, treeFrom(shift, zero));
    return [...numbersOf(state), ...numbersOf(losses)];
  }, numbersOf(zero));
  const size = numbersOf(fixture.state).length;
  return { influence: jacobian.slice(0, size), gradients: jacobian.slice(size) };
}

/** For every element of a tree, a tree like it with 1 there and 0 elsewhere. */
export function unitTrees<T>(tree: T): T[] {
  const size = leavesOf(tree as Tree).reduce((sum, leaf) => sum + leaf.size, 0);
  return Array.from({ length: size }, (_, i) =>
    treeFrom(
      Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)),
      tree,
    ),
  );
}

/** The same tree with zeros. */
export function zerosLike<T>(tree: T): T {
  return treeFrom(numbersOf(tree).fill(0), tree);
}
