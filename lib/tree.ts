import { TreeError } from './errors.ts';
import { Tensor } from './tensor.ts';

/** A tensor, or an array or record of trees. Records are read in the order of their keys. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** A tree of which any part may be left out: a tangent or cotangent, where a part left out is zero. */
export type PartialTree<T> = T extends Tensor ? Tensor | undefined : { readonly [K in keyof T]?: PartialTree<T[K]> } | undefined;

/** A leaf and where it stands: `update.w`, `[0].h`, or the empty string for a tree that is one tensor. */
export interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/** The leaves, left to right. @throws TreeError for anything that is neither a tensor, an array nor a plain record. */
export function leavesOf(tree: Tree): Tensor[] {
  const leaves: Tensor[] = [];
  walk(tree, '', (leaf) => leaves.push(leaf));
  return leaves;
}

/** The leaves with their paths, left to right; paths begin with `root`. */
export function pathsOf(tree: Tree, root = ''): Leaf[] {
  const leaves: Leaf[] = [];
  walk(tree, root, (tensor, path) => leaves.push({ path, tensor }));
  return leaves;
}

/** The same tree with every leaf replaced. */
export function mapTree<T extends Tree>(tree: T, f: (leaf: Tensor, path: string) => Tensor, root = ''): T {
  return map(tree, root, f) as T;
}

/** The tree with the structure of `like` and these leaves, left to right. @throws TreeError when their number differs. */
export function rebuild<T extends Tree>(like: T, leaves: readonly Tensor[]): T {
  let at = 0;
  const tree = mapTree(like, () => leaves[at++]);
  if (at !== leaves.length) throw new TreeError(`rebuild: a tree with ${at} leaves is given ${leaves.length}`);
  return tree;
}

/** Leaf by leaf over two trees of one structure. @throws TreeError where they differ. */
export function zipTrees<T extends Tree>(a: T, b: Tree, f: (a: Tensor, b: Tensor, path: string) => Tensor, who: string): T {
  const right = alignLeaves(a, b, who);
  let at = 0;
  return mapTree(a, (leaf, path) => {
    const other = right[at++];
    if (other === undefined) throw new TreeError(`${who}: nothing at ${path || 'the top'}, where a tensor is needed`);
    return f(leaf, other, path);
  });
}

/**
 * The leaves of `tree` in the order of `like`'s; undefined for the parts that are left out.
 * @throws TreeError where `tree` has something that `like` has not.
 */
export function alignLeaves(like: Tree, tree: unknown, who: string, root = ''): (Tensor | undefined)[] {
  if (tree === undefined || tree === null) return leavesOf(like).map(() => undefined);
  if (like instanceof Tensor) {
    if (tree instanceof Tensor) return [tree];
    throw new TreeError(`${who}: a tensor is needed at ${root || 'the top'}, got ${describe(tree)}`);
  }
  // A Map, say, has no keys of its own and would pass for a tree with everything left out.
  if (tree instanceof Tensor || typeof tree !== 'object' || !isPlain(tree) || Array.isArray(tree) !== Array.isArray(like))
    throw new TreeError(`${who}: ${describe(like)} is needed at ${root || 'the top'}, got ${describe(tree)}`);
  for (const key of Object.keys(tree))
    if (!Object.hasOwn(like, key)) throw new TreeError(`${who}: unexpected entry ${child(root, key, like)}`);
  return entries(like, root).flatMap(([key, part]) =>
    // A part called "constructor" that is left out must not be found on the prototype.
    alignLeaves(part, Object.hasOwn(tree, key) ? (tree as Record<string, unknown>)[key] : undefined, who, child(root, key, like)),
  );
}

/** Whether two trees have the same structure; shapes and dtypes are not compared. */
export function sameStructure(a: Tree, b: Tree): boolean {
  if (a instanceof Tensor || b instanceof Tensor) return a instanceof Tensor && b instanceof Tensor;
  const [left, right] = [entries(a), entries(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([key, part], i) => key === right[i][0] && sameStructure(part, right[i][1]))
  );
}

/** Gives every leaf without a label its path as one, so that messages can name it; returns the tree. */
export function labelTree<T extends Tree>(tree: T, root: string): T {
  walk(tree, root, (leaf, path) => {
    leaf.label ??= path;
  });
  return tree;
}

function walk(tree: Tree, path: string, visit: (leaf: Tensor, path: string) => void): void {
  if (tree instanceof Tensor) visit(tree, path);
  else for (const [key, part] of entries(tree, path)) walk(part, child(path, key, tree), visit);
}

function map(tree: Tree, path: string, f: (leaf: Tensor, path: string) => Tensor): Tree {
  if (tree instanceof Tensor) return f(tree, path);
  if (Array.isArray(tree)) return tree.map((part, i) => map(part, `${path}[${i}]`, f));
  const copy: Record<string, Tree> = {};
  for (const [key, part] of entries(tree, path)) {
    // A key such as __proto__ must become an entry, not the prototype.
    Object.defineProperty(copy, key, {
      value: map(part, child(path, key, tree), f),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

function entries(tree: Tree, path = ''): [string, Tree][] {
  if (typeof tree !== 'object' || tree === null || !isPlain(tree))
    throw new TreeError(`${describe(tree)} at ${path || 'the top'} is not a tree: use tensors, and arrays or records of them`);
  return Object.entries(tree);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function child(path: string, key: string, parent: unknown): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function describe(value: unknown): string {
  if (value instanceof Tensor) return 'a tensor';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null)
    return isPlain(value) ? 'a record' : `a ${value.constructor?.name ?? 'object'}`;
  return value === undefined ? 'nothing' : `the ${typeof value} ${String(value)}`;
}
