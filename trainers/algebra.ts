import { add, concat, dot, globalNorm, mul, type Operand, reshape, slice } from '../autodiff/index.ts';
import {
  alignLeaves,
  type DType,
  dataOf,
  fromData,
  full,
  leavesOf,
  mapTree,
  type Parts,
  type Tensor,
  type Tree,
  type TypedArray,
  zeros,
  zipTrees,
} from '../lib/index.ts';

// Trees of tensors as vectors.

export function zerosOf<T>(tree: T): T {
  return mapTree(tree as Tree, (leaf) => zeros(leaf.shape, { dtype: leaf.dtype })) as T;
}

/** The same numbers in separate memory: changing one tree does not change the other. */
export function copyOfTree<T>(tree: T): T {
  return mapTree(tree as Tree, copyOfTensor) as T;
}

export function copyOfTensor(x: Tensor): Tensor {
  const copy = fromData(dataOf(x).slice() as TypedArray, [...x.shape]);
  copy.label = x.label;
  return copy;
}

export function addTrees<T>(a: T, b: T): T {
  return zipTrees(a as Tree, b as Tree, (x, y) => add(x, y), 'add') as T;
}

/**
 * The sum of a tree and one like it of which parts may be left out.
 * @throws TreeError where that has something that the tree has not.
 */
export function addParts(tree: Tree, parts: Parts): Tree {
  const others = alignLeaves(tree, parts, 'add');
  let at = 0;
  return mapTree(tree, (leaf) => {
    const other = others[at++];
    return other === undefined ? leaf : add(leaf, other);
  });
}

/** The sum of two tensors, of which one or both may be left out. */
export function addIfThere(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a === undefined || b === undefined ? (a ?? b) : add(a, b);
}

/** Every element times one factor, a number or a scalar tensor. */
export function scaleTree<T>(tree: T, factor: Operand): T {
  return mapTree(tree as Tree, (leaf) => mul(leaf, factor)) as T;
}

/** Σ a∘b over all leaves; a scalar. @param dtype that of 0, if there are none. */
export function dotTrees<T>(a: T, b: T, dtype: DType = 'float64'): Tensor {
  const [left, right] = [leavesOf(a as Tree), leavesOf(b as Tree)];
  if (left.length === 0) return full([], 0, { dtype });
  return left.map((leaf, i) => dot(leaf, right[i])).reduce((sum, part) => add(sum, part));
}

/** The Euclidean norm of all leaves together, in units; a scalar. */
export function normOf(tree: unknown, unit = 1): Tensor {
  return globalNorm(leavesOf(tree as Tree), { unit });
}

/**
 * A unit in which norms can be compared with a number, or added to it: in units of 2^64 no norm of a dtype
 * overflows. For numbers so small that they would leave the dtype in such units, others are taken, in which
 * only norms overflow that are beyond all comparison.
 */
export function unitFor(number: number): number {
  if (number >= 2 ** -60) return 2 ** 64;
  return number >= 2 ** -120 ? 1 : 2 ** -64;
}

/** All elements, leaf after leaf, as one vector. */
export function flattenTree(tree: unknown): Tensor {
  return concat(leavesOf(tree as Tree).map((leaf) => reshape(leaf, [leaf.size])));
}

/** The inverse of `flattenTree` for a tree like `like`. */
export function unflattenTree<T>(vector: Tensor, like: T): T {
  let at = 0;
  return mapTree(like as Tree, (leaf) => {
    const part = slice(vector, [at], [at + leaf.size]);
    at += leaf.size;
    return reshape(part, leaf.shape);
  }) as T;
}

/** The number of elements. */
export function countElements(tree: unknown): number {
  return leavesOf(tree as Tree).reduce((sum, leaf) => sum + leaf.size, 0);
}

/** Entry i of the first axis. */
export function entryOf(x: Tensor, i: number): Tensor {
  const begin = x.shape.map((_, axis) => (axis === 0 ? i : 0));
  const end = x.shape.map((length, axis) => (axis === 0 ? i + 1 : length));
  return reshape(slice(x, begin, end), x.shape.slice(1));
}

/** A tensor [n, ...] as a matrix with n rows. */
export function asMatrix(x: Tensor): Tensor {
  return reshape(x, [x.shape[0], x.shape.slice(1).reduce((size, length) => size * length, 1)]);
}

/** A tree of n trees, whose leaves have a first axis of n, as a matrix: each tree flattened in a row. */
export function toRows(trees: Tree): Tensor {
  return concat(leavesOf(trees).map(asMatrix), 1);
}

/** The inverse of `toRows` for trees like `like`. */
export function fromRows(matrix: Tensor, like: Tree): Tree {
  const [rows] = matrix.shape;
  let at = 0;
  return mapTree(like, (leaf) => {
    const part = slice(matrix, [0, at], [rows, at + leaf.size]);
    at += leaf.size;
    return reshape(part, [rows, ...leaf.shape]);
  });
}
