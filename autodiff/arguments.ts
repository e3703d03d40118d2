import { DTypeError, formatShape, ShapeError, sameShape, Tensor, type Tree } from '../lib/index.ts';
import { asTensor } from './operations/operand.ts';

/** A tree in which plain numbers have become scalar tensors. */
export function liftTree<T>(tree: T): T & Tree {
  if (tree instanceof Tensor) return tree;
  if (typeof tree === 'number') return asTensor(tree) as unknown as T & Tree;
  if (Array.isArray(tree)) return (tree.some(needsLifting) ? tree.map(liftTree) : tree) as T & Tree;
  if (typeof tree === 'object' && tree !== null && Object.values(tree).some(needsLifting))
    return Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, liftTree(part)])) as T & Tree;
  return tree as T & Tree;
}

/** @throws ShapeError or DTypeError when a tangent or cotangent does not have the type of its tensor. */
export function checkTangent(of: Tensor, tangent: Tensor, who: string): void {
  if (of.dtype === 'int32') throw new DTypeError(`${who}: an int32 tensor carries no tangent; leave it undefined`);
  if (tangent.dtype !== of.dtype) throw new DTypeError(`${who} is ${tangent.dtype}, needs ${of.dtype}`);
  if (!sameShape(tangent.shape, of.shape))
    throw new ShapeError(`${who} has shape ${formatShape(tangent.shape)}, needs ${formatShape(of.shape)}`);
}

function needsLifting(value: unknown): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'object' && value !== null && !(value instanceof Tensor) && Object.values(value).some(needsLifting);
}
