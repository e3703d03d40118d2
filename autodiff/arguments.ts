import {
  ConfigurationError,
  DTypeError,
  formatShape,
  liftNumbers,
  ShapeError,
  sameShape,
  type Tensor,
  type Tree,
} from '../lib/index.ts';
import { asTensor } from './operations/operand.ts';

/** The tree with plain numbers turned into scalar tensors. */
export function liftTree<T>(tree: T): T & Tree {
  return liftNumbers(tree, (value) => asTensor(value)) as T & Tree;
}

/** @throws ConfigurationError for more tangents than arguments: the rest would have no effect. */
export function requireOneEach(tangents: readonly unknown[], primals: readonly unknown[], who: string): void {
  if (tangents.length > primals.length)
    throw new ConfigurationError(
      `${who}: ${tangents.length} tangents, and ${primals.length} to differentiate by; give one for each`,
    );
}

/** @throws ShapeError or DTypeError if the type of a tangent or cotangent differs from its tensor's. */
export function checkTangent(of: Tensor, tangent: Tensor, who: string): void {
  if (of.dtype === 'int32')
    throw new DTypeError(`${who}: an int32 tensor carries no tangent; leave it undefined`);
  if (tangent.dtype !== of.dtype) throw new DTypeError(`${who} is ${tangent.dtype}, needs ${of.dtype}`);
  if (!sameShape(tangent.shape, of.shape))
    throw new ShapeError(`${who} has shape ${formatShape(tangent.shape)}, needs ${formatShape(of.shape)}`);
}
