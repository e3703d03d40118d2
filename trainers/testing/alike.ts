import { leavesOf, pathsOf, sameShape, type Tree } from '../../lib/index.ts';
import { LawError, numbersOf, requireClose } from './numbers.ts';

/** @throws LawError unless two trees have the same leaves, of the same shapes and dtypes. */
export function requireLike(tree: unknown, like: unknown, what: string): void {
  const [own, expected] = [pathsOf(tree as Tree, what), pathsOf(like as Tree, what)];
  if (own.map(({ path }) => path).join() !== expected.map(({ path }) => path).join())
    throw new LawError(
      `${what}: its leaves are ${own.map(({ path }) => path).join(', ')} instead of ${expected.map(({ path }) => path).join(', ')}`,
    );
  own.forEach(({ path, tensor }, i) => {
    const other = expected[i].tensor;
    if (!sameShape(tensor.shape, other.shape) || tensor.dtype !== other.dtype)
      throw new LawError(
        `${path}: ${tensor.dtype} [${tensor.shape.join()}] instead of ${other.dtype} [${other.shape.join()}]`,
      );
  });
}

/** @throws LawError unless two trees are the same. */
export function requireSameTree(tree: unknown, other: unknown, what: string): void {
  requireLike(tree, other, what);
  const [own, expected] = [leavesOf(tree as Tree), leavesOf(other as Tree)];
  own.forEach((leaf, i) => {
    const [numbers, others] = [numbersOf(leaf), numbersOf(expected[i])];
    // NaN is the same as NaN here.
    const comparable = (values: readonly number[]) =>
      values.map((value, at) => (Number.isNaN(numbers[at]) && Number.isNaN(others[at]) ? 0 : value));
    requireClose(comparable(numbers), comparable(others), 0, what);
  });
}
