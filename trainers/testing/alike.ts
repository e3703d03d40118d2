import { leavesOf, pathsOf, sameShape, type Tensor, type Tree } from '../../lib/index.ts';
import { LawError, numbersOf, requireClose } from './numbers.ts';

/**
 * Requires two trees to have the same leaves, of the same shapes and dtypes. The order of keys is free, as it is for a
 * learner. @throws LawError
 */
export function requireLike(tree: unknown, like: unknown, what: string): void {
  inOrderOf(like, tree, what);
}

/** The leaves of a tree in the order of another one like it. @throws LawError as `requireLike`. */
function inOrderOf(like: unknown, tree: unknown, what: string): Tensor[] {
  const [own, expected] = [pathsOf(tree as Tree, what), pathsOf(like as Tree, what)];
  const found = new Map(own.map(({ path, tensor }) => [path, tensor]));
  const leaves = expected.flatMap(({ path }) => found.get(path) ?? []);
  if (own.length !== expected.length || leaves.length !== expected.length)
    throw new LawError(
      `${what}: its leaves are ${own.map(({ path }) => path).join(', ')} instead of ${expected.map(({ path }) => path).join(', ')}`,
    );
  for (const [i, { path, tensor: other }] of expected.entries()) {
    const leaf = leaves[i];
    if (!sameShape(leaf.shape, other.shape) || leaf.dtype !== other.dtype)
      throw new LawError(
        `${path}: ${leaf.dtype} [${leaf.shape.join()}] instead of ${other.dtype} [${other.shape.join()}]`,
      );
  }
  return leaves;
}

/** @throws LawError unless two trees are the same. */
export function requireSameTree(tree: unknown, other: unknown, what: string): void {
  const [own, expected] = [inOrderOf(other, tree, what), leavesOf(other as Tree)];
  own.forEach((leaf, i) => {
    const [numbers, others] = [numbersOf(leaf), numbersOf(expected[i])];
    // NaN is the same as NaN here.
    const comparable = (values: readonly number[]) =>
      values.map((value, at) => (Number.isNaN(numbers[at]) && Number.isNaN(others[at]) ? 0 : value));
    requireClose(comparable(numbers), comparable(others), 0, what);
  });
}
