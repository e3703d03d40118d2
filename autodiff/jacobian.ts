import { eye, guard, leavesOf, mapTree, type PartialTree, rebuild, Tensor, type Tree } from '../lib/index.ts';
import { liftTree } from './arguments.ts';
import { grad } from './grad.ts';
import { jvp } from './jvp.ts';
import { callName } from './level.ts';
import { linearizeFor } from './linearize.ts';
import { reshape, transpose } from './operations/index.ts';
import { zeroTangent } from './push-forward.ts';
import { vmap } from './vmap.ts';

/** For each leaf of R, a tree like X whose leaves have shape [...leaf of R, ...leaf of X]. */
export type Jacobian<R, X> = R extends Tensor ? X : { readonly [K in keyof R]: Jacobian<R[K], X> };

/**
 * The Jacobian of f with respect to its first argument by forward mode, one push of all elements of x at once. Leaves
 * have shape [...output, ...input].
 */
export function jacfwd<X, Rest extends readonly unknown[], R>(
  f: (x: X, ...rest: Rest) => R,
): (x: X, ...rest: Rest) => Jacobian<R, X> {
  const name = callName('jacfwd', f);
  return (x, ...rest) => {
    const lifted = liftTree(x);
    const { value, push } = linearizeFor(name, (own: X) => f(own, ...rest), [x] as [X]);
    const columns = along(lifted, (tangent) => push(tangent as PartialTree<X>) as Tree);
    return mapJacobian(value, (output, at) =>
      rebuildWith(x, (input, i) => {
        const shape = [...output.shape, ...input.shape];
        const part = columns[i]?.[at];
        if (part === undefined) return zeroTangent({ shape, dtype: output.dtype });
        return reshape(transpose(part, [...output.shape.map((_, axis) => axis + 1), 0]), shape);
      }),
    );
  };
}

/**
 * The Jacobian of f with respect to its first argument by reverse mode, one pull of all elements of f(x) at once. Leaves
 * have shape [...output, ...input].
 */
export function jacrev<X, Rest extends readonly unknown[], R>(
  f: (x: X, ...rest: Rest) => R,
): (x: X, ...rest: Rest) => Jacobian<R, X> {
  const name = callName('jacrev', f);
  return (x, ...rest) => {
    const { value, pull } = linearizeFor(name, (own: X) => f(own, ...rest), [x] as [X]);
    const rows = along(value as Tree, (cotangent) => pull(cotangent as PartialTree<R>)[0] as Tree);
    return mapJacobian(value, (output, at) =>
      rebuildWith(x, (input, i) => {
        const shape = [...output.shape, ...input.shape];
        const part = rows[at]?.[i];
        return part === undefined ? zeroTangent({ shape, dtype: output.dtype }) : reshape(part, shape);
      }),
    );
  };
}

/**
 * The product of the Hessian of a scalar f with respect to its first argument, at x, with v, forward over reverse: a tree
 * like x. The further arguments of f follow v. @throws ConfigurationError without a v.
 */
export function hvp<X, Rest extends readonly unknown[]>(
  f: (x: X, ...rest: Rest) => Tensor,
): (x: X, v: X, ...rest: Rest) => X {
  const name = callName('hvp', f);
  const gradient = grad(f);
  return (x, v, ...rest) => {
    guard.argument(name, 'the direction v', v, aDirection);
    return jvp((own: X) => gradient(own, ...rest) as X, [x], [v as PartialTree<X>])[1];
  };
}

const aDirection: guard.Check = { what: 'a tree like x', holds: (v) => v !== undefined };

/**
 * The Hessian of a scalar f with respect to its first argument, forward over reverse: per leaf of x, a tree like x of
 * shapes [...leaf, ...leaf].
 */
export function hessian<X, Rest extends readonly unknown[]>(
  f: (x: X, ...rest: Rest) => Tensor,
): (x: X, ...rest: Rest) => Jacobian<X, X> {
  return jacfwd(grad(f) as (x: X, ...rest: Rest) => X);
}

/**
 * For each leaf, the leaves of what `follow` returns for its unit vectors, as a batch; undefined where it has
 * none.
 */
function along(tree: Tree, follow: (direction: unknown) => Tree): (Tensor[] | undefined)[] {
  const leaves = leavesOf(tree);
  return leaves.map(({ dtype, shape, size }, which) => {
    if (dtype === 'int32' || size === 0) return undefined;
    const unit = reshape(eye(size, { dtype }), [size, ...shape]);
    const only = (direction: Tensor) => leaves.map((_, i) => (i === which ? direction : undefined) as Tensor);
    return leavesOf(vmap((direction: Tensor) => follow(rebuild(tree, only(direction))))(unit));
  });
}

function rebuildWith<X>(x: X, make: (leaf: Tensor, i: number) => Tensor): X {
  let at = 0;
  return mapTree(liftTree(x), (leaf) => make(leaf, at++)) as X;
}

function mapJacobian<R, X>(value: R, make: (output: Tensor, at: number) => X): Jacobian<R, X> {
  let at = 0;
  const visit = (part: Tree): unknown => {
    if (Array.isArray(part)) return part.map(visit);
    if (part instanceof Tensor) return make(part, at++);
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, visit(inner as Tree)]));
  };
  return visit(value as Tree) as Jacobian<R, X>;
}
