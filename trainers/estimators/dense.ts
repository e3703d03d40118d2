import { concat, matmul, reshape, slice, stack } from '../../autodiff/index.ts';
import { eye, leavesOf, mapTree, rebuild, type Tensor, type Tree, zeros } from '../../lib/index.ts';
import { addTrees, countElements, flattenTree, rowsOf, unflattenTree } from '../algebra.ts';
import type { Estimator, Transition } from './estimator.ts';

/** All entries of G: a tree like the parameters, whose leaves have shape [S, ...leaf]; S counts the elements of the state, leaf after leaf. */
export const dense: Pick<Estimator<Tree>, 'window' | 'stride' | 'restarts' | 'joint' | 'start' | 'advance' | 'pull'> = {
  window: 1,
  stride: 1,
  restarts: false,
  joint: false,
  start: (parameters, state) =>
    mapTree(parameters as Tree, (leaf) => zeros([countElements(state), ...leaf.shape], { dtype: leaf.dtype })),
  advance: (influence, transition) =>
    countElements(transition.parameters) < countElements(transition.state)
      ? advanceByPushes(influence, transition)
      : advanceByPulls(influence, transition),
  pull(influence, cotangent) {
    const flat = flattenTree(cotangent);
    return mapTree(influence, (leaf) => reshape(matmul(flat, asMatrix(leaf)), leaf.shape.slice(1))) as never;
  },
};

/** Pulling every unit vector of the state gives the rows of J and of I. */
function advanceByPulls<P, S>(influence: Tree, transition: Transition<P, S>): Tree {
  const pulled = rowsOfStep(influence, transition);
  const jacobian = stack(pulled.map(({ state }) => flattenTree(state)));
  const carried = mapTree(influence, (leaf) => reshape(matmul(jacobian, asMatrix(leaf)), leaf.shape));
  return addTrees(carried, stacked(influence, pulled));
}

/** I, as a tree like the influence. */
export function immediateOf<P, S>(influence: Tree, transition: Transition<P, S>): Tree {
  return stacked(influence, rowsOfStep(influence, transition));
}

function rowsOfStep<P, S>(influence: Tree, transition: Transition<P, S>): { parameters: P; state: S }[] {
  const unit = eye(countElements(transition.state), { dtype: leavesOf(influence)[0].dtype });
  return rowsOf(unit).map((row) => transition.pull(unflattenTree(row, transition.state) as never));
}

function stacked(influence: Tree, pulled: readonly { readonly parameters: unknown }[]): Tree {
  const rows = pulled.map(({ parameters }) => leavesOf(parameters as Tree));
  return rebuild(
    influence,
    leavesOf(influence).map((_, i) => stack(rows.map((row) => row[i]))),
  );
}

/** Pushing a column of G together with the unit vector of its parameter gives that column of J G + I. */
function advanceByPushes<P, S>(influence: Tree, transition: Transition<P, S>): Tree {
  const { parameters, state } = transition;
  const [rows, columns] = [countElements(state), countElements(parameters)];
  const leaves = leavesOf(influence);
  const before = concat(leaves.map(asMatrix), 1);
  const units = rowsOf(eye(columns, { dtype: before.dtype }));
  const after = units.map((unit, k) => {
    const column = reshape(slice(before, [0, k], [rows, k + 1]), [rows]);
    const pushed = transition.push(unflattenTree(unit, parameters) as never, unflattenTree(column, state) as never);
    return reshape(flattenTree(pushed), [rows, 1]);
  });
  const matrix = concat(after, 1);
  let at = 0;
  return mapTree(influence, (leaf) => {
    const width = leaf.size / rows;
    at += width;
    return reshape(slice(matrix, [0, at - width], [rows, at]), leaf.shape);
  });
}

/** A leaf [S, ...] as a matrix with S rows. */
function asMatrix(leaf: Tensor): Tensor {
  return reshape(leaf, [leaf.shape[0], leaf.shape.slice(1).reduce((size, length) => size * length, 1)]);
}
