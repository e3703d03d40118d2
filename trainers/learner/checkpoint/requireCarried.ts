import {
  DataError,
  type DType,
  dataOf,
  guard,
  leavesOf,
  type Shape,
  sameShape,
  Tensor,
  type Tree,
} from '../../../lib/index.ts';
import { countElements } from '../../algebra.ts';
import { leavesIn } from '../../estimators/entries/full.ts';

type Entries = Readonly<Record<string, unknown>>;

/**
 * Checks that an influence on slots, or for some leaves of the parameters, agrees with itself, the parameters
 * and the state. One read from a checkpoint is shown before the estimator is bound to the model. Other forms
 * pass.
 * @throws DataError if it does not.
 */
export function requireCarried(path: string, influence: unknown, parameters: Tree, state: Tree): void {
  const { rows, slots, jacobians } = influence as Entries;
  const leaves = leavesOf(parameters);
  const size = countElements(state);
  if (slots !== undefined) requireSlots(path, rows, slots, leaves, size);
  else if (jacobians !== undefined) requireJacobians(`${path}.jacobians`, jacobians, leaves, state);
}

function requireSlots(
  path: string,
  rows: unknown,
  slots: unknown,
  leaves: readonly Tensor[],
  size: number,
): void {
  const isEach = (list: unknown): list is readonly unknown[] =>
    Array.isArray(list) && list.length === leaves.length;
  if (!isEach(rows) || !isEach(slots))
    throw new DataError(`${path} has no rows and slots for each of the ${leaves.length} parameters`);
  for (const [i, { shape, dtype }] of leaves.entries()) {
    const [elements, own] = [rows[i], slots[i]];
    if (!Array.isArray(own) || !own.every((slot) => isLike(slot, shape, dtype)))
      throw new DataError(`${path}.slots[${i}] is not a list of tensors like the parameter`);
    if (!(elements instanceof Tensor) || elements.dtype !== dtype)
      throw new DataError(`${path}.rows[${i}] is not a tensor of ${dtype}`);
    const [count, ...compact] = elements.shape;
    const fits =
      compact.length === shape.length &&
      compact.every((length, axis) => length === 1 || length === shape[axis]);
    if (count !== own.length || !fits)
      throw new DataError(`${path}.rows[${i}] does not say what its ${own.length} slots are about`);
    const isElement = (value: number) => Number.isInteger(value) && value >= -1 && value < size;
    if (!dataOf(elements).every(isElement))
      throw new DataError(`${path}.rows[${i}] has a number that is no place among ${size} state elements`);
  }
}

function requireJacobians(path: string, jacobians: unknown, leaves: readonly Tensor[], state: Tree): void {
  for (const [place, rows] of Object.entries(jacobians as Entries)) {
    const leaf = leaves[Number(place)];
    if (leaf === undefined || String(Number(place)) !== place)
      throw new DataError(`${path}.${place} is about none of the ${leaves.length} parameters`);
    if (guard.isRecord(rows)) requireBlocks(`${path}.${place}`, rows, leaf, state);
    else requireLike(`${path}.${place}`, rows, [countElements(state), ...leaf.shape], leaf.dtype);
  }
}

/** Rows for some of the leaves of the state, by their positions. */
function requireBlocks(path: string, rows: Entries, { shape, dtype }: Tensor, state: Tree): void {
  const sizes = leavesOf(state).map(({ size }) => size);
  for (const [name, own] of Object.entries(rows)) {
    const leaves = leavesIn(name);
    if (leaves.join() !== name || leaves.some((leaf) => sizes[leaf] === undefined))
      throw new DataError(`${path}.${name} is about none of the ${sizes.length} tensors of the state`);
    const count = leaves.reduce((sum, leaf) => sum + sizes[leaf], 0);
    requireLike(`${path}.${name}`, own, [count, ...shape], dtype);
  }
}

function requireLike(path: string, value: unknown, shape: Shape, dtype: DType): void {
  if (!isLike(value, shape, dtype)) throw new DataError(`${path} is not a tensor ${dtype}[${shape.join()}]`);
}

function isLike(value: unknown, shape: Shape, dtype: DType): boolean {
  return value instanceof Tensor && sameShape(value.shape, shape) && value.dtype === dtype;
}
