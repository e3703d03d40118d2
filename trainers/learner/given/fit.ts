import {
  DTypeError,
  type FloatDType,
  formatShape,
  pathsOf,
  ShapeError,
  sameShape,
  type Tree,
  TreeError,
} from '../../../lib/index.ts';

/** A tree whose structure others must have. */
export interface Own {
  readonly tree: unknown;
  /** Its owner, for messages. */
  readonly owner: string;
  /** The dtype of floats; `same` is that of the tree itself; any if left out. */
  readonly dtype?: FloatDType | 'same';
}

/** Says in a sentence how a tree differs in structure, shapes or dtypes; undefined if it does not. */
export function misfitOf(
  given: unknown,
  { tree: own, owner, dtype }: Own,
  root: string,
): { readonly kind: 'structure' | 'shape' | 'dtype'; readonly what: string } | undefined {
  // By path, because records need not keep an order. Leaves are taken one by one, because odd keys can make
  // two paths equal.
  const leaves = pathsOf(given as Tree, root);
  for (const { path, tensor } of pathsOf(own as Tree, root)) {
    const at = leaves.findIndex((leaf) => leaf.path === path);
    if (at < 0) return { kind: 'structure', what: `${path} is missing, which ${owner} has` };
    const [{ tensor: leaf }] = leaves.splice(at, 1);
    if (!sameShape(leaf.shape, tensor.shape))
      return {
        kind: 'shape',
        what: `${path} has shape ${formatShape(leaf.shape)}, ${owner}'s has ${formatShape(tensor.shape)}`,
      };
    const wanted = dtype === 'same' || tensor.dtype === 'int32' ? tensor.dtype : dtype;
    if (dtype !== undefined && leaf.dtype !== wanted)
      return { kind: 'dtype', what: `${path} is ${leaf.dtype}, ${owner}'s is ${wanted}` };
  }
  return leaves.length === 0
    ? undefined
    : { kind: 'structure', what: `${leaves[0].path} is none of ${owner}'s` };
}

/** @throws TreeError or ShapeError if a tree differs from the model's own. */
export function requireFit(who: string, given: unknown, own: unknown, root: string): void {
  const misfit = misfitOf(given, { tree: own, owner: 'the given model' }, root);
  if (misfit?.kind === 'structure') throw new TreeError(`${who}: ${misfit.what}`);
  if (misfit !== undefined) throw new ShapeError(`${who}: ${misfit.what}`);
}

/** @throws DTypeError for a leaf of integers, by which no estimator can differentiate. */
export function requireFloats(who: string, tree: unknown, root: string): void {
  for (const { path, tensor } of pathsOf(tree as Tree, root))
    if (tensor.dtype === 'int32')
      throw new DTypeError(
        `${who}: ${path} is int32, and estimators differentiate by parameters and states; keep a class as a one-hot vector, gather(eye(n), index)`,
      );
}
