import { allocate, fromData, leavesOf, mapTree, rebuild, Tensor, type Tree } from '../lib/index.ts';
import { liftTree } from './arguments.ts';
import { grad } from './grad.ts';
import { jvp } from './jvp.ts';
import { callName } from './level.ts';
import { linearizeFor } from './linearize.ts';
import { reshape, stack, transpose } from './operations/index.ts';
import { zerosLike } from './push-forward.ts';

/** For each leaf of R, a tree like X whose leaves have shape [...leaf of R, ...leaf of X]. */
export type Jacobian<R, X> = R extends Tensor ? X : { readonly [K in keyof R]: Jacobian<R[K], X> };

/** The Jacobian of f by forward mode, one push per element of x. Leaves have shape [...output, ...input]. */
export function jacfwd<X, R>(f: (x: X) => R): (x: X) => Jacobian<R, X> {
  const name = callName('jacfwd', f);
  return (x) => {
    const { value, push } = linearizeFor(name, f, [x] as [X]);
    const inputs = leavesOf(liftTree(x));
    const columns = inputs.map((_, leaf) =>
      basis(inputs, leaf).map((tangent) => leavesOf(push(rebuild(liftTree(x), tangent) as never) as Tree)),
    );
    return mapJacobian(value, (output, at) =>
      rebuildWith(x, (input, i) => {
        const parts = columns[i].map((column) => column[at]);
        if (parts.length === 0) return zerosLike({ shape: [...output.shape, ...input.shape], dtype: output.dtype });
        const rank = output.shape.length;
        const last = transpose(stack(parts), [...output.shape.map((_, axis) => axis + 1), 0]);
        return rank === 0 ? reshape(last, input.shape) : reshape(last, [...output.shape, ...input.shape]);
      }),
    );
  };
}

/**
 * The Jacobian of f by reverse mode, one pull per element of f(x). Leaves have shape [...output, ...input].
 */
export function jacrev<X, R>(f: (x: X) => R): (x: X) => Jacobian<R, X> {
  const name = callName('jacrev', f);
  return (x) => {
    const { value, pull } = linearizeFor(name, f, [x] as [X]);
    const outputs = leavesOf(value as Tree);
    const rows = outputs.map((_, leaf) =>
      basis(outputs, leaf).map((cotangent) => leavesOf(pull(rebuild(value as Tree, cotangent) as never)[0] as Tree)),
    );
    return mapJacobian(value, (output, at) =>
      rebuildWith(x, (input, i) => {
        const shape = [...output.shape, ...input.shape];
        const parts = rows[at].map((row) => row[i]);
        return parts.length === 0 ? zerosLike({ shape, dtype: output.dtype }) : reshape(stack(parts), shape);
      }),
    );
  };
}

/** The product of the Hessian of a scalar f at x with v, forward over reverse: a tree like x. */
export function hvp<X>(f: (x: X) => Tensor): (x: X, v: X) => X {
  const gradient = grad(f);
  return (x, v) => jvp(gradient, [x], [v as never])[1];
}

/**
 * The Hessian of a scalar f, forward over reverse: per leaf of x, a tree like x of shapes [...leaf, ...leaf].
 */
export function hessian<X>(f: (x: X) => Tensor): (x: X) => Jacobian<X, X> {
  return jacfwd(grad(f) as (x: X) => X);
}

/** The unit vectors of one leaf, with the other leaves left out. */
function basis(leaves: readonly Tensor[], which: number): Tensor[][] {
  if (leaves[which].dtype === 'int32') return [];
  return Array.from({ length: leaves[which].size }, (_, element) =>
    leaves.map((leaf, i) => {
      if (i !== which) return undefined as never;
      const data = allocate(leaf.dtype, leaf.size);
      data[element] = 1;
      return fromData(data, leaf.shape);
    }),
  );
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
