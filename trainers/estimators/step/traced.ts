import { reshape } from '../../../autodiff/index.ts';
import { leavesOf, type Shape, type Tensor } from '../../../lib/index.ts';
import { inLeaf, layoutIn, type StepGroup, type StepSite } from './sites.ts';
import type { StepStructure } from './step-structure.ts';
import type { Entries } from './transition.ts';

/** Parameters that have a trace each: those of a site, or of a leaf without sites. */
export interface Traced {
  readonly leaf: number;
  /** The number of their units: that of their group, or, after the groups, of their leaf. */
  readonly unit: number;
  /** Of a tensor of traces: that of the leaf where the site has all of it. */
  readonly shape: Shape;
  readonly size: number;
  /** A vector with an element for each unit, in a shape that broadcasts to the traces. */
  spread(units: Tensor): Tensor;
  /** The immediate part from D, or I, at these units. */
  immediate(own: Tensor, entries: Entries): Tensor;
  /** The traces of a site where they are in the leaf. */
  place(traces: Tensor): Tensor;
}

/** All parameters that reach the state: site after site, then the given leaves without sites. */
export function tracedOf(step: StepStructure, unsited: readonly { readonly leaf: number }[]): Traced[] {
  const leaves = leavesOf(step.parameters);
  const sites = step.groups.flatMap((group, unit) =>
    group.sites.map((site, at) => ofSite(leaves[site.leaf], site, group, unit, at)),
  );
  const others = unsited.map(({ leaf }, i): Traced => {
    const { shape, size } = leaves[leaf];
    const shaped = (units: Tensor) => reshape(units, shape);
    return {
      leaf,
      unit: step.groups.length + i,
      shape,
      size,
      spread: shaped,
      immediate: shaped,
      place: (traces) => traces,
    };
  });
  return [...sites, ...others];
}

function ofSite(leaf: Tensor, site: StepSite, { units }: StepGroup, unit: number, at: number): Traced {
  const { inputs, elements } = site;
  const layout = layoutIn(leaf, elements, units);
  const isTurned = layout === 'turned';
  return {
    leaf: site.leaf,
    unit,
    shape: isTurned ? [units, inputs] : [inputs, units],
    size: inputs * units,
    spread: (own) => reshape(own, isTurned ? [units, 1] : [1, units]),
    immediate: (D, entries) => entries.outer(unit, at, D, isTurned ? 'a ⊗ z' : 'z ⊗ a'),
    place: (traces) => (layout === 'other' ? inLeaf(leaf, elements, traces) : reshape(traces, leaf.shape)),
  };
}
