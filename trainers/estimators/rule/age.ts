import { greater, where } from '../../../autodiff/index.ts';
import { type FloatDType, full, leavesOf, mapTree, type Tensor, type Tree } from '../../../lib/index.ts';

/**
 * The age of an influence that is there from the beginning, or again after a reset: 0 before its first step, 1 after
 * it; a scalar of the state's dtype.
 */
export function ageOf(steps: 0 | 1, state: Tree): Tensor {
  const [{ dtype }] = leavesOf(state);
  return full([], steps, { dtype: dtype as FloatDType });
}

/** Whether a first step has been taken. */
export function isBegun(age: Tensor): Tensor {
  return greater(age, 0.5);
}

/**
 * A tree, or zeros before the first step: the model need not have a finite derivative in the start state.
 * @param age undefined for an influence that is absent at first.
 */
export function unlessNew<T extends Tree>(age: Tensor | undefined, tree: T): T {
  if (age === undefined) return tree;
  const known = isBegun(age);
  return mapTree(tree, (leaf) => where(known, leaf, 0));
}
