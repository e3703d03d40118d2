import {
  alignLeaves,
  DTypeError,
  formatShape,
  pathsOf,
  rebuild,
  ShapeError,
  sameShape,
  type Tensor,
  type Tree,
} from '../../../lib/index.ts';

/**
 * Returns `next` with its leaves in the order of `before`. A plan writes it over `before` in memory,
 * so another form would run over its neighbours.
 *
 * @param who the function that returned `next`, and `root` the name of what it returned.
 * @throws ShapeError, DTypeError or TreeError if it has another structure, or leaves of another shape or dtype.
 */
export function conform<T>(before: T, next: T, who: string, root: string): T {
  const leaves = alignLeaves(before as Tree, next, `${who}: ${root}`);
  for (const [i, { path, tensor }] of pathsOf(before as Tree, root).entries()) {
    const leaf = leaves[i];
    if (leaf === undefined) throw new ShapeError(`${who}: ${path} is missing from the new ${root}`);
    if (!sameShape(leaf.shape, tensor.shape))
      throw new ShapeError(
        `${who}: ${path} changed its shape from ${formatShape(tensor.shape)} to ${formatShape(leaf.shape)}`,
      );
    if (leaf.dtype !== tensor.dtype)
      throw new DTypeError(
        `${who}: ${path} changed its dtype from ${tensor.dtype} to ${leaf.dtype}; make constants of the dtype that ${root} had`,
      );
  }
  return rebuild(before as Tree, leaves as Tensor[]) as T;
}

/** The new state of a cell with its leaves in the old order. @throws as `conform`. */
export function stateLike<S>(before: S, next: S, cell: string): S {
  return conform(before, next, `${cell}.step`, 'state');
}
