import { leavesOf, mapTree, type Tree } from '../../lib/index.ts';
import { liftTree } from '../arguments.ts';
import { trace } from '../compile/index.ts';
import { callName } from '../level.ts';
import { linearizeFor } from '../linearize.ts';
import { DependenceTensor } from './dependence-tensor.ts';
import { IndexSets } from './index-sets.ts';

/** Which elements of a function's value each element of its arguments can influence. */
export interface Dependencies {
  /** The number of elements of the value. */
  readonly size: number;
  /** Per argument and leaf: the number of each element's set, in row-major order. 0 for an int32 leaf. */
  readonly sets: readonly (readonly Int32Array[])[];
  /** The elements of the value in a set, ascending, counted leaf after leaf. Set 0 is empty. */
  members(set: number): readonly number[];
}

/**
 * Finds which entries of the Jacobian of f can be non-zero at any point, from the structure of its derivative
 * and not from values. f is traced, so only its constants are known: any coefficient but a constant 0 counts
 * as non-zero, and a selection lets everything through. No possible entry is missed; one that always cancels
 * may be included.
 *
 * Costs one pull, in which each element of a cotangent is the set of places it can come from.
 * @throws UnknownValueError if f reads values: its structure may then change between calls.
 */
export function dependencies<A extends readonly unknown[], R>(f: (...args: A) => R, ...primals: A): Dependencies {
  const known = new IndexSets();
  const lifted = primals.map(liftTree);
  let size = 0;
  let pulled: Tree[] = [];
  trace(callName('dependencies', f), (declare) => {
    const symbols = lifted.map((primal) => mapTree(primal, (leaf) => declare(leaf, leaf.label)));
    const { value, pull } = linearizeFor(callName('dependencies', f), f, symbols as unknown as A);
    const unit = mapTree(
      value as Tree,
      (leaf) =>
        new DependenceTensor(
          leaf,
          Int32Array.from({ length: leaf.size }, () => known.of([size++])),
          known,
        ),
    );
    pulled = pull(unit as never) as unknown as Tree[];
    return [];
  });
  const setsOf = (tree: Tree) =>
    leavesOf(tree).map((leaf) => (leaf instanceof DependenceTensor ? leaf.sets : new Int32Array(leaf.size)));
  return { size, sets: pulled.map(setsOf), members: (set) => known.members(set) };
}
