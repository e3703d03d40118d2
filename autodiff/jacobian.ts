import { eye, leavesOf, mapTree, type PartialTree, rebuild, Tensor, type Tree } from '../lib/index.ts';
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
 * The Jacobian of f by forward mode, one push of all elements of x at once. Leaves have shape [...output,
 * ...input].
 */
export function jacfwd<X, R>(f: (x: X) => R): (x: X) => Jacobian<R, X> {
  const name = callName('jacfwd', f);
  return (x) => {
    const lifted = liftTree(x);
    const { value, push } = linearizeFor(name, f, [x] as [X]);
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
 * The Jacobian of f by reverse mode, one pull of all elements of f(x) at once. Leaves have shape [...output,
 * ...input].
 */
export function jacrev<X, R>(f: (x: X) => R): (x: X) => Jacobian<R, X> {
  const name = callName('jacrev', f);
  return (x) => {
    const { value, pull } = linearizeFor(name, f, [x] as [X]);
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

/** The product of the Hessian of a scalar f at x with v, forward over reverse: a tree like x. */
export function hvp<X>(f: (x: X) => Tensor): (x: X, v: X) => X {
  const gradient = grad(f);
  return (x, v) => jvp(gradient, [x], [v as PartialTree<X>])[1];
}

/**
 * The Hessian of a scalar f, forward over reverse: per leaf of x, a tree like x of shapes [...leaf, ...leaf].
 */
export function hessian<X>(f: (x: X) => Tensor): (x: X) => Jacobian<X, X> {
  return jacfwd(grad(f) as (x: X) => X);
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
