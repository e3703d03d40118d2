import { TreeError } from './errors.ts';
import { argument, callable, describe, isRecord } from './guard/index.ts';
import { requireTensor, Tensor } from './tensor.ts';

/**
 * The deepest tree accepted: far deeper than any model, shallow enough for the stack. Catches cyclic trees.
 */
const deepest = 256;

/** A tensor, or an array or record of trees, at most 256 deep. Records are read in key order. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** A tree with parts left out, as a tangent or cotangent may be: a missing part counts as zero. */
export type PartialTree<T> = T extends Tensor
  ? Tensor | undefined
  : { readonly [K in keyof T]?: PartialTree<T[K]> } | undefined;

/** A tree of which any part may be left out, where nothing is known of its structure. */
export type Parts = Tensor | undefined | readonly Parts[] | { readonly [key: string]: Parts };

/** A leaf and its path: `update.w`, `[0].h`, or the empty string if the tree is a single tensor. */
export interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/**
 * The leaves, left to right.
 * @throws TreeError for anything but tensors, arrays without holes and plain records, and for cyclic trees.
 */
export function leavesOf(tree: Tree): Tensor[] {
  const leaves: Tensor[] = [];
  walk(tree, '', 0, (leaf) => leaves.push(leaf));
  return leaves;
}

/** The leaves with their paths, left to right. Paths begin with `root`. */
export function pathsOf(tree: Tree, root = ''): Leaf[] {
  const leaves: Leaf[] = [];
  walk(tree, root, 0, (tensor, path) => leaves.push({ path, tensor }));
  return leaves;
}

/**
 * The tree with every leaf replaced by f(leaf, path). @throws DTypeError if f returns anything but a tensor.
 */
export function mapTree<T extends Tree>(tree: T, f: (leaf: Tensor, path: string) => Tensor, root = ''): T {
  argument('mapTree', 'f', f, callable);
  const replace = (leaf: Tensor, path: string) => {
    const other = f(leaf, path);
    requireTensor(other, 'mapTree: the result of f');
    return other;
  };
  return map(tree, root, 0, replace) as T;
}

/**
 * A tree with the structure of `like` and these leaves, left to right. @throws TreeError if their number
 * differs.
 */
export function rebuild<T extends Tree>(like: T, leaves: readonly Tensor[]): T {
  let at = 0;
  if (!Array.isArray(leaves))
    throw new TreeError(`rebuild: needs an array of leaves, got ${describe(leaves)}`);
  const tree = map(like, '', 0, () => leaves[at++]) as T;
  if (at !== leaves.length)
    throw new TreeError(`rebuild: a tree with ${at} leaves is given ${leaves.length}`);
  return tree;
}

/** Combines two trees of one structure leaf by leaf. @throws TreeError where they differ. */
export function zipTrees<T extends Tree>(
  a: T,
  b: Tree,
  f: (a: Tensor, b: Tensor, path: string) => Tensor,
  who: string,
): T {
  argument(who, 'f', f, callable);
  const right = alignLeaves(a, b, who);
  let at = 0;
  return mapTree(a, (leaf, path) => {
    const other = right[at++];
    if (other === undefined)
      throw new TreeError(`${who}: nothing at ${path || 'the top'}, where a tensor is needed`);
    return f(leaf, other, path);
  });
}

/**
 * The leaves of `tree` in the order of `like`'s; undefined for parts left out.
 * @throws TreeError where `tree` has a part that `like` lacks.
 * @internal
 */
export function alignLeaves(like: Tree, tree: unknown, who: string, root = ''): (Tensor | undefined)[] {
  return align(like, tree, who, root, 0);
}

/**
 * The structure of a tree with other leaves, of which some may be left out: the inverse of `alignLeaves`.
 * @internal
 */
export function partsLike(like: Tree, leaves: readonly (Tensor | undefined)[]): Parts {
  let at = 0;
  const visit = (tree: Tree): Parts => {
    if (tree instanceof Tensor) return leaves[at++];
    if (Array.isArray(tree)) return tree.map(visit);
    return Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, visit(part)]));
  };
  return visit(like);
}

function align(like: Tree, tree: unknown, who: string, root: string, depth: number): (Tensor | undefined)[] {
  if (tree === undefined || tree === null) {
    const missing: undefined[] = [];
    walk(like, root, depth, () => missing.push(undefined));
    return missing;
  }
  if (like instanceof Tensor) {
    if (tree instanceof Tensor) return [tree];
    throw new TreeError(`${who}: a tensor is needed at ${root || 'the top'}, got ${named(tree)}`);
  }
  // A Map, for one, has no keys of its own: it would pass for a tree with every part left out.
  if (!(Array.isArray(tree) || isRecord(tree)) || Array.isArray(tree) !== Array.isArray(like))
    throw new TreeError(`${who}: ${describe(like)} is needed at ${root || 'the top'}, got ${named(tree)}`);
  const parts = entries(like, root, depth);
  for (const key of Object.keys(tree))
    if (!Object.hasOwn(like, key)) throw new TreeError(`${who}: unexpected entry ${child(root, key, like)}`);
  return parts.flatMap(([key, part]) =>
    // A missing part named "constructor" must not be found on the prototype.
    align(
      part,
      Object.hasOwn(tree, key) ? (tree as Record<string, unknown>)[key] : undefined,
      who,
      child(root, key, like),
      depth + 1,
    ),
  );
}

/** Whether two trees have the same structure; shapes and dtypes are not compared. */
export function sameStructure(a: Tree, b: Tree): boolean {
  return same(a, b, 0);
}

function same(a: Tree, b: Tree, depth: number): boolean {
  if (a instanceof Tensor || b instanceof Tensor) return a instanceof Tensor && b instanceof Tensor;
  const [left, right] = [entries(a, '', depth), entries(b, '', depth)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([key, part], i) => key === right[i][0] && same(part, right[i][1], depth + 1))
  );
}

/**
 * The tree with plain numbers turned into tensors. Other non-tree values stay, and a tree without numbers is
 * returned as is.
 * @internal
 */
export function liftNumbers(tree: unknown, lift: (value: number) => Tensor): unknown {
  argument('liftNumbers', 'lift', lift, callable);
  return lifted(tree, 0, lift);
}

/** Labels every unlabelled leaf with its path, for messages. Returns the tree. @internal */
export function labelTree<T extends Tree>(tree: T, root: string): T {
  walk(tree, root, 0, (leaf, path) => {
    leaf.label ??= path;
  });
  return tree;
}

function walk(tree: Tree, path: string, depth: number, visit: (leaf: Tensor, path: string) => void): void {
  if (tree instanceof Tensor) visit(tree, path);
  else
    for (const [key, part] of entries(tree, path, depth))
      walk(part, child(path, key, tree), depth + 1, visit);
}

function map(tree: Tree, path: string, depth: number, f: (leaf: Tensor, path: string) => Tensor): Tree {
  if (tree instanceof Tensor) return f(tree, path);
  const parts = entries(tree, path, depth);
  if (Array.isArray(tree)) return parts.map(([key, part]) => map(part, child(path, key, tree), depth + 1, f));
  const copy: Record<string, Tree> = {};
  for (const [key, part] of parts) {
    const value = map(part, child(path, key, tree), depth + 1, f);
    // It must become an entry, not the prototype.
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
    else copy[key] = value;
  }
  return copy;
}

function lifted(value: unknown, depth: number, lift: (value: number) => Tensor): unknown {
  if (typeof value === 'number') return lift(value);
  if (value instanceof Tensor || !(Array.isArray(value) || isRecord(value))) return value;
  const parts = entries(value as Tree, '', depth).map(
    ([key, part]) => [key, part, lifted(part, depth + 1, lift)] as const,
  );
  if (parts.every(([, part, own]) => part === own)) return value;
  return Array.isArray(value)
    ? parts.map(([, , own]) => own)
    : Object.fromEntries(parts.map(([key, , own]) => [key, own]));
}

/** The parts of an array or record, each read once. */
function entries(tree: Tree, path: string, depth: number): [string, Tree][] {
  if (depth > deepest)
    throw new TreeError(
      `a tree more than ${deepest} deep${path === '' ? '' : `, at ${shorten(path)}`}: does it contain itself?`,
    );
  if (!Array.isArray(tree) && !isRecord(tree))
    throw new TreeError(
      `${named(tree)} at ${path || 'the top'} is not a tree: use tensors, and arrays or records of them${hint(tree)}`,
    );
  try {
    // Object.entries skips the holes of an array.
    return Array.isArray(tree) ? elements(tree, path) : Object.entries(tree);
  } catch (error) {
    if (error instanceof TreeError) throw error;
    const reason = error instanceof Error ? error.message : describe(error);
    throw new TreeError(`what is at ${path || 'the top'} cannot be read: ${reason}`, { cause: error });
  }
}

function elements(list: readonly Tree[], path: string): [string, Tree][] {
  const parts: [string, Tree][] = [];
  for (let i = 0; i < list.length; i++) {
    if (!(i in list)) throw new TreeError(`nothing at ${path}[${i}]: an array of a tree has no holes`);
    parts.push([String(i), list[i]]);
  }
  return parts;
}

/** Names a value at the start of a sentence, with its kind. */
function named(value: unknown): string {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? `the ${typeof value} ${describe(value)}` : describe(value);
}

function hint(value: unknown): string {
  if (value === undefined) return '; a function whose body is in braces needs a return';
  const isOfNumbers = typeof value === 'number' || ArrayBuffer.isView(value) || isNdarray(value);
  if (isOfNumbers) return '; tensor(…) makes one of numbers';
  return isForeign(value) ? '; it is a tensor of another copy of norewind' : '';
}

function isNdarray(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'stride' in value && 'data' in value;
}

function isForeign(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'level' in value;
}

function child(path: string, key: string, parent: unknown): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function shorten(path: string): string {
  return path.length > 40 ? `${path.slice(0, 40)}…` : path;
}
