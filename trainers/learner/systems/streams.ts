import { stack } from '../../../autodiff/index.ts';
import {
  castFor,
  type FloatDType,
  formatShape,
  mapTree,
  pathsOf,
  requireWithin32,
  ShapeError,
  Tensor,
  type Tree,
  TreeError,
} from '../../../lib/index.ts';
import { entryOf } from '../../algebra.ts';

/**
 * Converts data from outside to the learner's dtype. Floats are converted here and nowhere else. Plain
 * numbers and int32 stay as they are.
 * @throws DTypeError for a finite number that float32 cannot hold.
 */
export function admit<T>(value: T, dtype: FloatDType, name: string): T {
  if (typeof value === 'number') {
    if (dtype === 'float32') requireWithin32(value, name);
    return value;
  }
  if (value === undefined || value === null) throw new TreeError(`${name}: is missing`);
  return mapTree(
    value as Tree,
    (leaf, path) => {
      const own = leaf.dtype === 'int32' || leaf.dtype === dtype ? leaf : castFor(path, leaf, dtype);
      own.label ??= path;
      return own;
    },
    name,
  ) as T;
}

/** The values of one lane: entry `lane` of the first axis of every leaf. */
export function takeLane<T>(value: T, lane: number, lanes: number, name: string): T {
  return mapTree(requireLanes(value, lanes, name) as Tree, (leaf) => entryOf(leaf, lane), name) as T;
}

/** @throws ShapeError unless the first axis of every leaf counts the lanes. */
export function requireLanes<T>(value: T, lanes: number, name: string): T {
  if (typeof value === 'number')
    throw new ShapeError(
      `${name}: one number for ${lanes} lanes; give a tensor whose first axis counts the lanes, such as indices([...])`,
    );
  for (const { path, tensor } of pathsOf(value as Tree, name))
    if (tensor.shape[0] !== lanes)
      throw new ShapeError(
        `${path}: the first axis counts the ${lanes} lanes, got shape ${formatShape(tensor.shape)}`,
      );
  return value;
}

/** Stacks trees of one structure, leaf by leaf along a new first axis. */
export function stackLanes<T>(parts: readonly T[]): T {
  if (parts.length === 1) return parts[0];
  if (parts[0] instanceof Tensor) return stack(parts as readonly Tensor[]) as T;
  if (Array.isArray(parts[0]))
    return parts[0].map((_, i) => stackLanes(parts.map((part) => (part as T[])[i]))) as T;
  return Object.fromEntries(
    Object.keys(parts[0] as object).map((key) => [
      key,
      stackLanes(parts.map((part) => (part as Record<string, unknown>)[key])),
    ]),
  ) as T;
}
