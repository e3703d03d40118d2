import { dataOf, fromData, guard, leavesOf, mapTree, type Tensor, type Tree } from '../../lib/index.ts';
import { liftTree } from '../arguments.ts';
import { ChainTensor } from '../chains/chain-tensor.ts';
import { trace } from '../compile/index.ts';
import { callName } from '../level.ts';
import { derivativeOf } from '../linearize.ts';
import type { Tangent } from '../push-forward.ts';
import { type Site, sitesOf, unitsOf } from '../sites.ts';
import { DependenceTensor } from './dependence-tensor.ts';
import { IndexSets } from './index-sets.ts';

/** Which elements of a function's value each element of its arguments can influence. */
export interface Dependencies {
  /** The number of elements of the value. */
  readonly size: number;
  /** Per argument and leaf: the number of each element's set, in row-major order. 0 for an int32 leaf. */
  readonly sets: readonly (readonly Int32Array[])[];
  /** Where the first argument enters as a factor of a product with a vector: see `dissect`. */
  readonly groups: readonly DependentGroup[];
  /** The leaves of the first argument that enter in another way. */
  readonly otherwise: readonly number[];
  /**
   * For each leaf of the value, whether single entries of its Jacobian can be picked: see `Dissection.entries`.
   */
  readonly picks: readonly Picks[];
  /** The elements of the value in a set, ascending, counted leaf after leaf. Set 0 is empty. */
  members(set: number): readonly number[];
}

/**
 * For each leaf of each argument, and for each group of sites, whether entries of the Jacobian by it can be
 * picked. Leaves of the first argument with sites are not looked at, and count as false.
 */
interface Picks {
  readonly arguments: readonly (readonly boolean[])[];
  readonly groups: readonly boolean[];
}

/** A group of sites, and the number of a set for each element of its a. */
interface DependentGroup {
  readonly units: number;
  readonly sites: readonly Omit<Site, 'z' | 'times' | 'through'>[];
  readonly sets: Int32Array;
}

/**
 * Finds which entries of the Jacobian of f can be non-zero at any point, from the structure of its derivative
 * and not from values. f is traced, so only its constants are known: each coefficient except a constant 0
 * counts as non-zero, and a selection lets everything through. No possible entry is missed; one that always cancels
 * may be included.
 *
 * Costs one pull, in which each element of a cotangent is the set of places it can come from.
 * @throws UnknownValueError if f reads values: its structure may then change between calls.
 */
export function dependencies<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: A
): Dependencies {
  return found(callName('dependencies', f), (args) => f(...(args as A)), primals, []);
}

/**
 * The same by the first arguments alone: the others, `given`, are not differentiated, though no more is known of
 * them. What adds such an argument up with a parameter is then no sum of tangents, as it is none in the derivative by
 * the first arguments, so that the groups of sites are the same.
 */
export function partialDependencies<A extends readonly unknown[], B extends readonly unknown[], R>(
  f: (...args: [...A, ...B]) => R,
  primals: A,
  given: B,
): Dependencies {
  const name = callName('partialDependencies', f);
  guard.argument(name, 'primals', primals, guard.list);
  guard.argument(name, 'given', given, guard.list);
  return found(name, (args, held) => f(...(args as A), ...(held as B)), primals, given);
}

function found(
  name: string,
  f: (primals: readonly unknown[], given: readonly unknown[]) => unknown,
  primals: readonly unknown[],
  given: readonly unknown[],
): Dependencies {
  const known = new IndexSets();
  const lifted = primals.map(liftTree);
  let size = 0;
  const setsOf = (leaf: Tensor | undefined, length: number) =>
    leaf instanceof DependenceTensor ? leaf.sets : new Int32Array(length);
  let all: Omit<Dependencies, 'members'> | undefined;
  trace(name, (declare) => {
    const symbolOf = (primal: Tree): Tree => mapTree(primal, (leaf) => declare(leaf, leaf.label));
    const symbols = lifted.map(symbolOf);
    const held = given.map((primal) => symbolOf(liftTree(primal)));
    const { value, program, pullTo } = derivativeOf(
      name,
      (...args: readonly unknown[]) => f(args, held),
      symbols,
    );
    const unit = mapTree(
      value as Tree,
      (leaf) =>
        new DependenceTensor(
          leaf,
          Int32Array.from({ length: leaf.size }, () => known.of([size++])),
          known,
        ),
    );
    const { groups, otherwise } = sitesOf(program, leavesOf(lifted[0]).length, program.outputs);
    const pulled = pullTo(
      unit,
      groups.map(({ symbol }) => symbol),
    );
    all = {
      size,
      sets: (pulled.arguments as Tree[]).map((tree) => leavesOf(tree).map((leaf) => setsOf(leaf, leaf.size))),
      groups: groups.map((group, i) => ({
        units: group.units,
        sites: group.sites.map(({ leaf, inputs, elements }) => ({ leaf, inputs, elements })),
        sets: dataOf(
          unitsOf(group, fromData(setsOf(pulled.symbols[i], group.symbol.size), [1, group.symbol.size])),
        ) as Int32Array,
      })),
      otherwise,
      picks: leavesOf(value as Tree).map((leaf, i) => {
        const cotangents = program.outputs.map((_, j) => (i === j ? ChainTensor.units(leaf) : undefined));
        const own = program.pullTo(
          cotangents,
          groups.map(({ symbol }) => symbol),
        );
        const isKnown = (x: Tangent) => !(x instanceof ChainTensor) || x.chains !== undefined;
        let at = 0;
        return {
          arguments: lifted.map((tree, argument) =>
            leavesOf(tree).map((_, leaf) => {
              const cotangent = own.inputs[at++];
              return (argument > 0 || otherwise.includes(leaf)) && isKnown(cotangent);
            }),
          ),
          groups: own.symbols.map(isKnown),
        };
      }),
    };
    return [];
  });
  return { ...(all as Omit<Dependencies, 'members'>), members: (set) => known.members(set) };
}
