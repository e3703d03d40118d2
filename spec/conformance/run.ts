import { pathsOf, replay, type Tree } from '../../lib/index.ts';
import {
  createLearner,
  type DodgeInfluence,
  type Estimator,
  type KfRtrlInfluence,
  type Learner,
  type RankOne,
  type ReversePair,
  type StepGroup,
  type StepStructure,
  sgd,
} from '../../trainers/index.ts';
import { unitTrees } from '../../trainers/testing/unrolled.ts';
import { type Case, type Draw, drawsOf, groupName, parameterName, stateName } from './cases.ts';
import type { Problem } from './problems.ts';

/** Nested arrays of numbers by name. */
export type Named = Readonly<Record<string, unknown>>;

/** One update of a case. */
interface Update {
  /** The losses of the steps since the last update, where the parameters move. */
  readonly losses?: readonly number[];
  /** Where they stay. */
  readonly gradient?: Named;
  readonly influence?: Named;
}

export interface Ran {
  readonly signs: readonly (readonly Draw[])[];
  readonly updates: readonly Update[];
  /** After the last update, where the parameters move. */
  readonly parameters?: Named;
}

type AnyLearner = Pick<Learner<unknown, unknown, unknown, unknown>, 'influence' | 'pull' | 'state'>;

/** The states after each step, the outputs and the losses, at the first parameters. */
export function forward({ model, loss, parameters, state, inputs, targets }: Problem) {
  let own = state;
  return inputs.map((input, t) => {
    const { state: next, output } = model.step(parameters, own, input);
    own = next;
    return {
      state: named(next, stateName),
      output: output.toArray(),
      loss: loss.of(output, targets[t]).item(),
    };
  });
}

/**
 * Runs norewind on a case.
 * @param estimator takes the place of the honest one, to see that the vectors reject it.
 * @param signs takes the place of the signs of the case.
 */
export function run(
  problem: Problem,
  own: Case,
  estimator: Estimator = own.make(),
  signs?: Ran['signs'],
): Ran {
  const { groups } = structures(problem);
  const draws = signs ?? drawsOf(problem, own, groups);
  const learner = createLearner({
    model: problem.model,
    loss: problem.loss.of,
    estimator,
    optimizer: sgd({ rate: own.rate }),
    dtype: 'float64',
    noise: replay(draws.flat().flatMap((draw) => Object.values(draw).flat())),
    parameters: problem.parameters,
    state: problem.state,
    eager: true,
  });
  const updates: Update[] = [];
  let losses: number[] = [];
  problem.inputs.forEach((input, t) => {
    losses.push(learner.step(input, problem.targets[t]).loss);
    if ((t + 1) % estimator.stride > 0) return;
    updates.push({
      ...(own.rate > 0 ? { losses } : { gradient: named(learner.gradient, parameterName) }),
      ...(own.form !== 'none' && { influence: influenceOf(learner, own, groups) }),
    });
    losses = [];
  });
  return {
    signs: draws,
    updates,
    ...(own.rate > 0 && { parameters: named(learner.parameters, parameterName) }),
  };
}

const known = new Map<Problem, StepStructure>();

function structures(problem: Problem): StepStructure {
  const found = known.get(problem) ?? structureOf(problem);
  known.set(problem, found);
  return found;
}

/** The dependences in the step of a problem: its groups of sites are those of the Kronecker estimators. */
function structureOf({ model, loss, parameters, state, inputs }: Problem): StepStructure {
  let found: StepStructure | undefined;
  const looking: Estimator = {
    name: 'looking',
    bias: 'none',
    settings: {},
    window: 1,
    stride: 1,
    restarts: false,
    joint: false,
    cost: () => ({ time: 1, memory: 0 }),
    bind(step) {
      found = step;
      return {
        structure: 'nothing',
        cost: { time: 1, memory: 0 },
        start: () => [],
        advance: () => [],
        pull: () => undefined,
        expand: () => [],
      };
    },
  };
  const learner = createLearner({
    model,
    loss: loss.of,
    estimator: looking,
    optimizer: sgd({ rate: 0 }),
    dtype: 'float64',
    parameters,
    state,
    eager: true,
  });
  learner.observe(inputs[0]);
  return found as StepStructure;
}

/** An influence by the names of state and parameters. Parameters of the readout have none, and are left out. */
function influenceOf(learner: AnyLearner, { form }: Case, groups: readonly StepGroup[]): Named {
  switch (form) {
    case 'pairs':
      return { pairs: [learner.influence as RankOne | RankOne[]].flat().map(pairOf) };
    case 'directions':
      return {
        pairs: (learner.influence as DodgeInfluence).directions.map(({ direction, tangent }) =>
          pairOf({ stateTangent: tangent, parameterTangent: direction }),
        ),
      };
    case 'products':
      return byGroup(groups, (group, i) => {
        const { u, A } = (learner.influence as KfRtrlInfluence).groups[i];
        const rows = (A.toArray() as number[][]).values();
        return {
          A: byState(learner.state, () => rows.next().value),
          u: bySite(group, u.toArray() as number[]),
        };
      });
    case 'reverse_products':
      return byGroup(groups, (group, i) => {
        const { A, B } = (learner.influence as { groups: ReversePair[] }).groups[i];
        const rows = (B.toArray() as number[][]).values();
        const next = () => bySite(group, rows.next().value as number[]);
        return { A: A.toArray(), B: byState(learner.state, next) };
      });
    default:
      return denseOf(learner);
  }
}

function pairOf({ stateTangent, parameterTangent }: RankOne): Named {
  return {
    state: named(stateTangent, stateName),
    parameters: inCell(named(parameterTangent, parameterName)),
  };
}

/** ∂(state)/∂(parameters), by the name of the state and by that of the parameter: [size, ...shape]. */
function denseOf(learner: AnyLearner): Named {
  const rows = unitTrees(learner.state as Tree).map((unit) =>
    inCell(named(learner.pull(unit), parameterName)),
  );
  const own = rows.values();
  return byState(learner.state, () => own.next().value);
}

/** Rows, one for each element of the state, by the names of the state. Of records, a record of lists. */
function byState(state: unknown, next: () => unknown): Named {
  return Object.fromEntries(
    pathsOf(state as Tree).map(({ path, tensor }) => [
      stateName(path),
      together(Array.from({ length: tensor.size }, () => next())),
    ]),
  );
}

function together(rows: readonly unknown[]): unknown {
  const [first] = rows;
  if (Array.isArray(first)) return rows;
  return Object.fromEntries(
    Object.keys(first as Named).map((key) => [key, rows.map((row) => (row as Named)[key])]),
  );
}

function byGroup(groups: readonly StepGroup[], of: (group: StepGroup, i: number) => Named): Named {
  return { groups: Object.fromEntries(groups.map((group, i) => [groupName(group), of(group, i)])) };
}

/** The parts of z, by the parameter that multiplies them. */
function bySite({ sites }: StepGroup, z: readonly number[]): Named {
  let begin = 0;
  return Object.fromEntries(
    sites.map(({ path, inputs }) => {
      begin += inputs;
      return [parameterName(path), z.slice(begin - inputs, begin)];
    }),
  );
}

/** Without the readout. */
function inCell(tree: Named): Named {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !name.startsWith('readout.')));
}

export function named(tree: unknown, nameOf: (path: string) => string): Named {
  return Object.fromEntries(
    pathsOf(tree as Tree).map(({ path, tensor }) => [nameOf(path), tensor.toArray()]),
  );
}
