import { abs, concat, greater, vmap, where } from '../../../autodiff/index.ts';
import {
  alignLeaves,
  eye,
  type FloatDType,
  leavesOf,
  mapTree,
  type Parts,
  partsLike,
  type Tensor,
  type Tree,
} from '../../../lib/index.ts';
import { type Cell, runStep } from '../../../nn/index.ts';
import { addIfThere, addTrees, asMatrix, countElements, fromRows } from '../../algebra.ts';
import type { Factors, Pulled, Transition } from '../../estimators/index.ts';
import { stateLike } from '../given/conform.ts';
import { entriesOf } from './entries.ts';
import type { HeldStep } from './memory.ts';
import { pullThrough } from './step.ts';

type Model = Cell<unknown, unknown, unknown>;

/** Several consecutive steps as one transition, from the first state to the state after the last step. */
export function transitionOf(model: Model, steps: readonly HeldStep[]): Transition {
  const push = (parameters: Parts, state: Parts) => pushThrough(steps, parameters, state);
  return transition(model, steps, push, (tree) => tree, transitionOf);
}

/**
 * The same from a state on which the parameters have no influence. J is multiplied by zeros only, and need
 * not exist there, so it is zero where it is not finite.
 */
export function firstTransitionOf(model: Model, steps: readonly HeldStep[]): Transition {
  const push = (parameters: Parts, state: Parts) => {
    const carried = finitePart(pushThrough(steps, undefined, state));
    return parameters === undefined ? carried : addTrees(pushThrough(steps, parameters, undefined), carried);
  };
  return transition(model, steps, push, finitePart, firstTransitionOf);
}

/** Replaces every NaN and infinity of a tree by 0. */
function finitePart(tree: Tree): Tree {
  return mapTree(tree, (leaf) => where(greater(Number.POSITIVE_INFINITY, abs(leaf)), leaf, 0));
}

/**
 * @param known applied to products with J.
 * @param first makes the transition of the first step alone.
 */
function transition(
  model: Model,
  steps: readonly HeldStep[],
  push: (parameters: Parts, state: Parts) => Tree,
  known: (tree: Tree) => Tree,
  first: (model: Model, steps: readonly HeldStep[]) => Transition,
): Transition {
  const parameters = steps[0].parameters as Tree;
  const state = steps[0].state as Tree;
  const inputs = steps.map(({ input }) => input);
  const pull = (cotangent: Parts): Pulled => {
    const pulled = pullThrough(steps, cotangent, () => undefined);
    return { parameters: pulled.parameters as Tree, state: known(pulled.state as Tree) };
  };
  return {
    parameters,
    state,
    inputs,
    input: inputs[0],
    push,
    pull,
    pushMany: (directions, tangents) =>
      batched([parameters, state], [directions, tangents], ([own, carried]) => push(own, carried)),
    pullMany: (cotangents) => batched([state], [cotangents], ([cotangent]) => pull(cotangent)),
    factors: (leaves) => factorsOf(steps, parameters, state, known, leaves),
    entries() {
      return entriesOf(steps, parameters, known, () => this.factors());
    },
    get steps() {
      return steps.length === 1
        ? [this]
        : steps.map((step, t) => (t === 0 ? first : transitionOf)(model, [step]));
    },
    evaluate(theta, before, input) {
      const { state: next, output } = runStep(model, theta, before, input);
      return { state: stateLike(before, next, model.name) as Tree, output };
    },
  };
}

/**
 * A function of trees, of which parts may be left out, applied to a batch of them: as many operations as for
 * one.
 */
function batched<T extends object>(
  likes: readonly Tree[],
  trees: readonly Parts[],
  f: (own: readonly Parts[]) => T,
): T {
  const leaves = trees.map((tree, i) => alignLeaves(likes[i], tree, 'directions'));
  const given = leaves.flat().filter((leaf) => leaf !== undefined);
  return vmap((entries: readonly Tensor[]) => {
    let at = 0;
    return f(
      likes.map((like, i) =>
        partsLike(
          like,
          leaves[i].map((leaf) => leaf && entries[at++]),
        ),
      ),
    );
  })(given);
}

function pushThrough(steps: readonly HeldStep[], parameters: Parts, state: Parts): Tree {
  return steps.reduce<Parts>(
    (tangent, { derivative }) => derivative.push(parameters, tangent).state as Tree,
    state,
  ) as Tree;
}

/**
 * Pulls the unit vectors of the last state at once, from the last step back to the first.
 * @param only the leaves that have unit vectors.
 */
function factorsOf(
  steps: readonly HeldStep[],
  parameters: Tree,
  state: Tree,
  known: (tree: Tree) => Tree,
  only: readonly number[] | undefined,
): Factors {
  const all = leavesOf(state);
  const [{ dtype }] = all;
  const places = only ?? all.map((_, leaf) => leaf);
  const asked = places.map((leaf) => all[leaf]);
  const unit = fromRows(
    eye(countElements(asked), { dtype: dtype as FloatDType }),
    asked,
  ) as readonly Tensor[];
  let cotangents = partsLike(
    state,
    all.map((_, leaf) => unit[places.indexOf(leaf)]),
  );
  let groups: { D: Tensor; z: Tensor }[] = [];
  let rest: (Tensor | undefined)[] = leavesOf(parameters).map(() => undefined);
  for (const { derivative } of steps.toReversed()) {
    const sites = derivative.sites('state');
    const pulled = derivative.pullAtSites(sites.groups, { state: cotangents });
    const z = sites.groups.map((group) => concat(group.sites.map((site) => site.z())));
    groups = [...pulled.units.map((D, i) => ({ D, z: z[i] })), ...groups];
    const [theta, before] = pulled.arguments;
    const rows = leavesOf(theta as Tree);
    rest = rest.map((sum, leaf) => (sites.otherwise.includes(leaf) ? addIfThere(sum, rows[leaf]) : sum));
    cotangents = before as Tree;
  }
  const columns = leavesOf(known(cotangents as Tree)).map(asMatrix);
  return { jacobian: concat(columns, 1), columns, groups, rest: partsLike(parameters, rest) };
}
