import {
  alignLeaves,
  leavesOf,
  type PartialTree,
  partsLike,
  rebuild,
  type Tensor,
  type Tree,
  zeros,
} from '../lib/index.ts';
import { type JacobianEntries, jacobianEntries } from './chains/entries.ts';
import { callName } from './level.ts';
import { derivativeOf, type Linearization } from './linearize.ts';
import type { Tangent } from './push-forward.ts';
import { type SiteGroup, type Sites, sitesOf, throughSites, unitsOf } from './sites.ts';
import { vmap } from './vmap.ts';

/** A linearization that can be looked into. `K` names a part of the value. */
export interface Dissection<A extends readonly unknown[], R extends object> extends Linearization<A, R> {
  /**
   * A pull that stops at one part of the value: its elements keep the cotangents that they receive, as if
   * they were arguments.
   * @returns those cotangents, and those of the arguments by ways that do not pass through this part.
   */
  pullTo<K extends keyof R & string>(
    part: K,
    cotangent: PartialTree<R>,
  ): { readonly arguments: { -readonly [I in keyof A]: A[I] }; readonly part: R[K] };
  /**
   * Where the leaves of the first argument are factors of products with vectors, on the way to one part of
   * the value.
   */
  sites(part: keyof R & string): Sites;
  /**
   * Pulls a batch: cotangents, of which parts may be left out, and results have a leading axis. Returns, for each
   * group of sites, the cotangents of a too: [cotangents, units].
   * @param isHeld leaves out the ways that pass through the products of the sites.
   */
  pullAtSites(
    groups: readonly SiteGroup[],
    cotangents: PartialTree<R>,
    isHeld?: boolean,
  ): { readonly arguments: { -readonly [I in keyof A]: A[I] }; readonly units: readonly Tensor[] };
  /**
   * Single entries of the Jacobian of one part of the value.
   * @param isHeld leaves out the ways that pass through the products of the sites.
   */
  entries(part: keyof R & string, groups: readonly SiteGroup[], isHeld?: boolean): JacobianEntries;
}

/** `linearize` for those who need more of the derivative than its product with vectors. */
export function dissect<A extends readonly unknown[], R extends object>(
  f: (...args: A) => R,
  ...primals: A
): Dissection<A, R> {
  const { value, program, push, pullTo } = derivativeOf(callName('linearize', f), f, primals);
  /** The first leaf of one part of the value. */
  const beginOf = (part: keyof R & string): number => {
    let at = 0;
    for (const [key, tree] of Object.entries(value)) {
      if (key === part) break;
      at += leavesOf(tree as Tree).length;
    }
    return at;
  };
  /** The tangents of one part of the value. */
  const symbolsOf = (part: keyof R & string): readonly Tangent[] => {
    const begin = beginOf(part);
    return program.outputs.slice(begin, begin + leavesOf(value[part] as Tree).length);
  };
  const zerosFor = ({ shape, dtype }: Tensor) => zeros(shape, { dtype });
  return {
    value,
    push: (...tangents) => push(tangents),
    pull: (cotangent) => pullTo(cotangent).arguments,
    pullTo(part, cotangent) {
      const symbols = symbolsOf(part);
      const pulled = pullTo(cotangent, symbols, new Set(symbols));
      const like = value[part] as (typeof value)[typeof part] & Tree;
      const cotangents = leavesOf(like).map((leaf, i) => pulled.symbols[i] ?? zerosFor(leaf));
      return { arguments: pulled.arguments, part: rebuild(like, cotangents) };
    },
    sites: (part) => sitesOf(program, leavesOf(primals[0] as Tree).length, symbolsOf(part)),
    pullAtSites(groups, cotangents, isHeld = false) {
      const wanted = groups.map(({ symbol }) => symbol);
      const held = new Set<Tangent>(isHeld ? throughSites(groups) : []);
      const leaves = alignLeaves(value, cotangents, 'pullAtSites');
      const pulled = vmap((entries: readonly Tensor[]) => {
        let at = 0;
        const cotangent = partsLike(
          value,
          leaves.map((leaf) => leaf && entries[at++]),
        );
        const own = pullTo(cotangent, wanted, held);
        return { arguments: own.arguments, symbols: own.symbols.map((x, i) => x ?? zerosFor(wanted[i])) };
      })(leaves.filter((leaf) => leaf !== undefined));
      return {
        arguments: pulled.arguments,
        units: groups.map((group, i) => unitsOf(group, pulled.symbols[i])),
      };
    },
    entries(part, groups, isHeld = false) {
      const sizes = primals.map((primal) => leavesOf(primal as Tree).map(({ size }) => size));
      return jacobianEntries(program, beginOf(part), leavesOf(value[part] as Tree), sizes, groups, isHeld);
    },
  };
}
