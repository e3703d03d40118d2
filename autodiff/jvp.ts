import { alignLeaves, guard, leavesOf, mapTree, type PartialTree, rebuild } from '../lib/index.ts';
import { checkTangent, liftTree, requireOneEach } from './arguments.ts';
import { DualTensor, primalAt, tangentAt } from './dual.ts';
import { callName, withLevel } from './level.ts';
import { zeroTangent } from './push-forward.ts';

/**
 * The value of f and its derivative along `tangents`, in one forward pass (Jacobian-vector product).
 *
 * @param tangents one tree per primal. Parts left out (undefined) are zero; an argument without a tangent
 * costs nothing.
 * @returns [value, tangent of the value], trees of the same structure.
 * @throws TreeError, ShapeError or DTypeError if a tangent does not fit its primal.
 */
export function jvp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: A,
  tangents: { readonly [K in keyof A]?: PartialTree<A[K]> },
): [value: R, tangent: R] {
  const name = callName('jvp', f);
  guard.argument(name, 'primals', primals, guard.list);
  guard.argument(name, 'tangents', tangents, guard.list);
  requireOneEach(tangents, primals, name);
  return withLevel(name, (level) => {
    const args: readonly unknown[] = primals.map((primal, i) => {
      const lifted = liftTree(primal);
      const given = alignLeaves(
        lifted,
        tangents[i] === undefined ? undefined : liftTree(tangents[i]),
        `${name}: tangent ${i}`,
      );
      let at = 0;
      return mapTree(lifted, (leaf, path) => {
        const tangent = given[at++];
        if (tangent === undefined) return leaf;
        checkTangent(leaf, tangent, `${name}: the tangent of argument ${i}${path && ` at ${path}`}`);
        return new DualTensor(leaf, tangent, level);
      });
    });
    const result = liftTree(f(...(args as A)));
    const leaves = leavesOf(result);
    const value = rebuild(
      result,
      leaves.map((leaf) => primalAt(leaf, level)),
    );
    const tangent = rebuild(
      result,
      leaves.map((leaf) => tangentAt(leaf, level) ?? zeroTangent(leaf)),
    );
    return [value, tangent];
  });
}
