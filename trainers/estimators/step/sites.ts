import { outer, reshape, scatterAdd, slice, transpose } from '../../../autodiff/index.ts';
import { fromData, leavesOf, type Parts, partsLike, Tensor, type Tree } from '../../../lib/index.ts';
import { addIfThere } from '../../algebra.ts';

/** A set of state elements in ascending order; elements are numbered leaf after leaf. */
export type Elements = readonly number[];

/** A place where a leaf W of the parameters enters a step in a product with a vector, a = … + zᵀW. */
export interface StepSite {
  /** The position of the leaf, and its path. */
  readonly leaf: number;
  readonly path: string;
  /** The length of z. */
  readonly inputs: number;
  /**
   * For z_i and a_j, at i·units + j, the element of the leaf that multiplies them; -1 if it belongs to
   * another leaf.
   */
  readonly elements: Int32Array;
}

/** Sites that share a, and so D = ∂s'/∂a. Their z are joined in the order of the sites. */
export interface StepGroup {
  readonly sites: readonly StepSite[];
  /** The length of a. */
  readonly units: number;
  /** The length of z. */
  readonly inputs: number;
  /** For each element of a, the new state elements that it can influence. */
  readonly reaches: readonly Elements[];
}

/**
 * A matrix [inputs, units] about the parameters of a group: as it is, or as an outer product z ⊗ a.
 * @internal
 */
export type GroupPart = Tensor | { readonly z: Tensor; readonly a: Tensor };

/**
 * Returns the sums of the matrices given for each group as a tree like the parameters. Leaves without a site are
 * left out.
 */
export function placed(
  parameters: Tree,
  groups: readonly StepGroup[],
  matrices: readonly GroupPart[],
): Parts {
  const leaves = leavesOf(parameters);
  const parts = new Array<Tensor | undefined>(leaves.length).fill(undefined);
  groups.forEach(({ sites, units }, i) => {
    const part = matrices[i];
    let begin = 0;
    for (const { leaf, inputs, elements } of sites) {
      const end = begin + inputs;
      const matrix =
        part instanceof Tensor
          ? slice(part, [begin, 0], [end, units])
          : outer(slice(part.z, [begin], [end]), part.a);
      parts[leaf] = addIfThere(parts[leaf], inLeaf(leaves[leaf], elements, matrix));
      begin += inputs;
    }
  });
  return partsLike(parameters, parts);
}

/**
 * How a matrix [inputs, units] of the elements of a site lies in its leaf: row after row, turned, or in another
 * way.
 */
export function layoutIn(
  { size }: Tensor,
  elements: Int32Array,
  units: number,
): 'plain' | 'turned' | 'other' {
  if (elements.length !== size) return 'other';
  if (elements.every((element, at) => element === at)) return 'plain';
  const inputs = size / units;
  const isTurned = elements.every(
    (element, at) => element === (at % units) * inputs + Math.floor(at / units),
  );
  return isTurned ? 'turned' : 'other';
}

/** Adds the entries of a matrix [inputs, units] up at these elements of a leaf. */
export function inLeaf(leaf: Tensor, elements: Int32Array, matrix: Tensor): Tensor {
  const { shape, size } = leaf;
  const layout = layoutIn(leaf, elements, matrix.shape[1]);
  if (layout !== 'other') return reshape(layout === 'plain' ? matrix : transpose(matrix), shape);
  // Entries of other leaves go to one extra element, which is dropped.
  const ids = elements.map((element) => (element < 0 ? size : element));
  const sums = scatterAdd(reshape(matrix, [matrix.size]), fromData(ids, [ids.length]), size + 1);
  return reshape(slice(sums, [0], [size]), shape);
}
