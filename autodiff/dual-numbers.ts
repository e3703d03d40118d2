import { alignLeaves, DTypeError, mapTree, type PartialTree, type Tensor, type Tree } from '../lib/index.ts';
import { checkTangent, liftTree } from './arguments.ts';
import { DualTensor, primalAt, tangentAt } from './dual.ts';
import { type Level, levelOfDuals, requireOpen } from './level.ts';
import type { Operand } from './operations/index.ts';
import { zeroTangent } from './push-forward.ts';

/** The type of a tree after its plain numbers became tensors. */
export type Lifted<T> = T extends number
  ? Tensor
  : T extends Tree
    ? T
    : { -readonly [K in keyof T]: Lifted<T[K]> };

/**
 * The dual number primal + tangent·ε with ε² = 0, or a tree of them. Every operation accepts and returns dual
 * numbers: `mul(dual(3, 1), dual(3, 1))` is 9 + 6ε. Running a cell's step or a whole model on dual numbers
 * differentiates it in the direction of the tangent; `primal` and `tangent` take the result apart.
 *
 * All numbers made by `dual` share one ε. For derivatives of derivatives nest `jvp`, where every call has its
 * own ε. Inside a transform (`jvp`, `grad`, `compile` …) `dual` uses another ε, which ends with the
 * transform.
 *
 * @param primal numbers or tensors of float32 or float64, of any shape, or a tree of them.
 * @param tangent of the same structure, shapes and dtypes; parts left out (undefined) count as zeros.
 * @throws TreeError, ShapeError or DTypeError if the tangent does not fit the primal, or either is already a
 * dual number.
 * @see Clifford 1873; Griewank & Walther 2008, Evaluating Derivatives, section 3.1 for the use in forward
 * mode.
 */
export function dual(primal: Operand, tangent: Operand): Tensor;
export function dual<T>(primal: T, tangent: PartialTree<T>): Lifted<T>;
export function dual(primal: unknown, tangent: unknown): unknown {
  const level = levelOfDuals();
  const lifted = liftTree(primal);
  const given = alignLeaves(lifted, liftTree(tangent), 'dual: tangent');
  let at = 0;
  return mapTree(lifted, (leaf, path) => {
    const own = given[at++];
    if (own === undefined) return leaf;
    const where = path && ` at ${path}`;
    checkTangent(leaf, own, `dual: the tangent${where}`);
    requirePlain(leaf, level, `dual: the primal${where}`);
    requirePlain(own, level, `dual: the tangent${where}`);
    return new DualTensor(leaf, own, level);
  });
}

/** The a of a + bε, leaf by leaf. A tensor that is not a dual number is its own primal. */
export function primal<T>(x: T): Lifted<T> {
  const level = levelOfDuals();
  return mapTree(liftTree(x) as Tree, (leaf) => primalAt(known(leaf, 'primal'), level)) as Lifted<T>;
}

/**
 * The b of a + bε, leaf by leaf, with the shape and dtype of the primal. Zeros if a tensor depends on no
 * number made by `dual` here: tangents of `jvp` and other transforms belong to their own ε, and those
 * transforms return them.
 * @throws EscapedTangentError for a dual number whose transform has returned.
 */
export function tangent<T>(x: T): Lifted<T> {
  const level = levelOfDuals();
  return mapTree(
    liftTree(x) as Tree,
    (leaf) => tangentAt(known(leaf, 'tangent'), level) ?? zeroTangent(leaf),
  ) as Lifted<T>;
}

/** Refuses a tensor whose level has returned: it would pass for a tensor without a tangent. */
function known(x: Tensor, operation: string): Tensor {
  if (x instanceof DualTensor) requireOpen(x.owner, operation);
  return x;
}

function requirePlain(x: Tensor, level: Level, who: string): void {
  if (tangentAt(known(x, 'dual'), level) !== undefined)
    throw new DTypeError(
      `${who} is a dual number already, and ε² = 0; nest jvp for derivatives of derivatives`,
    );
}
