import { type Tensor, zeros } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { LinearProgram } from '../linear-program.ts';
import { add } from '../primitives/add.ts';
import { reshape } from '../primitives/linear.ts';
import type { Tangent } from '../push-forward.ts';
import { type SiteGroup, throughSites, unitsOf } from '../sites.ts';
import { ChainTensor } from './chain-tensor.ts';

/**
 * Entries of a Jacobian, picked without computing its rows or columns. Rows and elements are counted leaf
 * after leaf; a row of -1 stands for an entry 0. undefined where an entry cannot be picked.
 */
export interface JacobianEntries {
  /** The entries [rows[l], elements[l]] of the Jacobian by one argument, as a vector. */
  ofArgument(argument: number, rows: Int32Array, elements: Int32Array): Tensor | undefined;
  /** The entries [rows[j], j] of the Jacobian by a group's a, as a vector. */
  ofGroup(group: number, rows: Int32Array): Tensor | undefined;
}

/**
 * The entries of the Jacobian of some outputs of a linear program.
 * @param begin the first of these outputs, @param leaves their types.
 * @param isHeld leaves out the ways through the products of the sites.
 * @param argumentSizes for each argument, the sizes of its leaves.
 */
export function jacobianEntries(
  program: LinearProgram,
  begin: number,
  leaves: readonly Tensor[],
  argumentSizes: readonly (readonly number[])[],
  groups: readonly SiteGroup[],
  isHeld: boolean,
): JacobianEntries {
  const held = new Set<Tangent>(isHeld ? throughSites(groups) : []);
  const wanted = groups.map(({ symbol }) => symbol);
  const { dtype } = leaves[0];
  let at = 0;
  const parts = leaves.map((leaf, i) => {
    const cotangents: Tangent[] = program.outputs.map((_, output) =>
      output === begin + i ? ChainTensor.units(leaf) : undefined,
    );
    const first = at;
    at += leaf.size;
    const pulled = program.pullTo(cotangents, wanted, held);
    const own = (rows: Int32Array) =>
      rows.map((row) => (row >= first && row < first + leaf.size ? row - first : -1));
    return { pulled, own };
  });
  /** The sum over the parts of what they pick; undefined if one cannot. */
  const summed = (
    rows: Int32Array,
    pickFrom: (part: (typeof parts)[number], own: Int32Array) => Tensor | undefined,
  ): Tensor | undefined => {
    let sum: Tensor | undefined;
    for (const part of parts) {
      const own = part.own(rows);
      if (own.every((row) => row < 0)) continue;
      const picked = pickFrom(part, own);
      if (picked === undefined) return undefined;
      sum = sum === undefined ? picked : bind(add, [sum, picked]);
    }
    return sum ?? zeros([rows.length], { dtype });
  };
  return {
    ofArgument(argument, rows, elements) {
      const before = argumentSizes.slice(0, argument).reduce((sum, own) => sum + own.length, 0);
      return summed(rows, ({ pulled }, own) => {
        let from = 0;
        let sum: Tensor | undefined;
        for (const [i, size] of argumentSizes[argument].entries()) {
          const begin = from;
          from += size;
          const isHere = (element: number) => element >= begin && element < begin + size;
          const here = own.map((row, l) => (isHere(elements[l]) ? row : -1));
          if (here.every((row) => row < 0)) continue;
          const picked = pickIn(
            pulled.inputs[before + i],
            here,
            elements.map((element) => (isHere(element) ? element - begin : 0)),
            dtype,
          );
          if (picked === undefined) return undefined;
          sum = sum === undefined ? picked : bind(add, [sum, picked]);
        }
        return sum ?? zeros([rows.length], { dtype });
      });
    },
    ofGroup(group, rows) {
      const elements = Int32Array.from(rows, (_, j) => j);
      return summed(rows, ({ pulled }, own) => {
        const symbol = pulled.symbols[group];
        if (symbol === undefined) return zeros([rows.length], { dtype });
        const lifted = bind(reshape, [symbol], { shape: [1, ...symbol.shape] });
        return pickIn(unitsOf(groups[group], lifted), own, elements, dtype);
      });
    },
  };
}

/** Where nothing was pulled to, all entries are 0. */
function pickIn(
  cotangent: Tangent,
  rows: Int32Array,
  elements: Int32Array,
  dtype: Tensor['dtype'],
): Tensor | undefined {
  if (cotangent === undefined) return zeros([rows.length], { dtype });
  return cotangent instanceof ChainTensor ? cotangent.entries(rows, elements) : undefined;
}
