import {
  DataError,
  type DType,
  dataOf,
  leavesOf,
  type Shape,
  sameShape,
  Tensor,
  type Tree,
} from '../../lib/index.ts';
import { countElements } from '../algebra.ts';

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
  else if (jacobians !== undefined) requireJacobians(`${path}.jacobians`, jacobians, leaves, size);
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

function requireJacobians(path: string, jacobians: unknown, leaves: readonly Tensor[], size: number): void {
  for (const [place, jacobian] of Object.entries(jacobians as Entries)) {
    const leaf = leaves[Number(place)];
    if (leaf === undefined || String(Number(place)) !== place)
      throw new DataError(`${path}.${place} is about none of the ${leaves.length} parameters`);
    const shape = [size, ...leaf.shape];
    if (!isLike(jacobian, shape, leaf.dtype))
      throw new DataError(`${path}.${place} is not a tensor ${leaf.dtype}[${shape.join()}]`);
  }
}

function isLike(value: unknown, shape: Shape, dtype: DType): boolean {
  return value instanceof Tensor && sameShape(value.shape, shape) && value.dtype === dtype;
}
