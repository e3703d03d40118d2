import { gather, reshape, where } from '../../../autodiff/index.ts';
import {
  alignLeaves,
  ConfigurationError,
  eye,
  type FloatDType,
  fromData,
  leavesOf,
  type Tensor,
  type Tree,
} from '../../../lib/index.ts';
import { countElements, fromRows, toRows } from '../../algebra.ts';
import type { Entries, Factors } from '../../estimators/index.ts';
import { once } from '../../once.ts';
import type { HeldStep } from './memory.ts';

/**
 * Picks entries of J and I from the structure of a step. Those that it does not give come from whole rows.
 * @param known applied to products with J.
 * @param factors returns the rows.
 * @throws ConfigurationError for several steps.
 */
export function entriesOf(
  steps: readonly HeldStep[],
  parameters: Tree,
  known: (tree: Tree) => Tree,
  factors: () => Factors,
): Entries {
  if (steps.length > 1)
    throw new ConfigurationError(
      `entries: the transition has ${steps.length} steps, and entries are those of one; use transition.steps`,
    );
  const [{ derivative, state: before }] = steps;
  const state = before as Tree;
  const sites = derivative.sites('state');
  const picked = derivative.entries('state', sites.groups);
  const within = once(() => derivative.entries('state', sites.groups, true));
  const whole = once(factors);
  const leaves = leavesOf(parameters);
  return {
    outer: (group, site, a, order) => sites.groups[group].sites[site].times(a, order === 'a ⊗ z'),
    jacobian(rows, columns) {
      const own = picked.ofArgument(1, rows, columns);
      return own === undefined ? pick(whole().jacobian, rows, columns) : (known(own) as Tensor);
    },
    local(rows, columns) {
      const own = within().ofArgument(1, rows, columns);
      if (own !== undefined) return known(own) as Tensor;
      const unit = fromRows(
        eye(countElements(state), { dtype: leavesOf(state)[0].dtype as FloatDType }),
        state,
      );
      const pulled = derivative.pullAtSites(sites.groups, { state: unit }, true);
      return pick(toRows(known(pulled.arguments[1] as Tree)), rows, columns);
    },
    group: (group, rows) =>
      picked.ofGroup(group, rows) ?? pick(whole().groups[group].D, rows, counting(rows.length, 0)),
    leaf(leaf, rows) {
      const begin = leaves.slice(0, leaf).reduce((sum, { size }) => sum + size, 0);
      const own = picked.ofArgument(0, rows, counting(rows.length, begin));
      if (own !== undefined) return own;
      const all = alignLeaves(parameters, whole().rest, 'entries')[leaf] as Tensor;
      return pick(all, rows, counting(rows.length, 0));
    },
  };
}

/** The entries of a matrix, or of rows of tensors; 0 for a row of -1. */
function pick(matrix: Tensor, rows: Int32Array, columns: Int32Array): Tensor {
  const width = matrix.size / matrix.shape[0];
  const places = rows.map((row, l) => (row < 0 ? 0 : row * width + columns[l]));
  const entries = gather(reshape(matrix, [matrix.size]), fromData(places, [places.length]));
  if (!rows.includes(-1)) return entries;
  const isThere = rows.map((row) => Number(row >= 0));
  return where(fromData(isThere, [rows.length]), entries, 0);
}

function counting(length: number, begin: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => begin + i);
}
