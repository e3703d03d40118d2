import { formatShape, pathsOf, ShapeError, sameShape, type Tree, TreeError } from '../../lib/index.ts';

/** How a given tree differs from the model's own in structure or in shapes, as a sentence; undefined when it does not. */
export function misfitOf(
  given: unknown,
  own: unknown,
  root: string,
): { readonly kind: 'structure' | 'shape'; readonly what: string } | undefined {
  // By path and not by order, which a record need not keep. Odd keys can make two paths read alike, so leaves are taken one by one.
  const leaves = pathsOf(given as Tree, root);
  for (const { path, tensor } of pathsOf(own as Tree, root)) {
    const at = leaves.findIndex((leaf) => leaf.path === path);
    if (at < 0) return { kind: 'structure', what: `${path} is missing, which the given model has` };
    const [{ tensor: leaf }] = leaves.splice(at, 1);
    if (!sameShape(leaf.shape, tensor.shape))
      return {
        kind: 'shape',
        what: `${path} has shape ${formatShape(leaf.shape)}, the given model's has ${formatShape(tensor.shape)}`,
      };
  }
  return leaves.length === 0 ? undefined : { kind: 'structure', what: `${leaves[0].path} is none of the given model's` };
}

/** @throws TreeError or ShapeError where a given tree differs from the model's own. */
export function requireFit(given: unknown, own: unknown, root: string): void {
  const misfit = misfitOf(given, own, root);
  if (misfit?.kind === 'structure') throw new TreeError(`createLearner: ${misfit.what}`);
  if (misfit !== undefined) throw new ShapeError(`createLearner: ${misfit.what}`);
}
