import { kernels, leavesOf, type Tree } from '../../lib/index.ts';

/** The Euclidean norm of all numbers of a tree, in double precision. */
export function normOf(tree: unknown): number {
  return kernels.norm(leavesOf(tree as Tree));
}
