import { alignLeaves, DTypeError, mapTree, type PartialTree, type Tensor, type Tree } from '../lib/index.ts';
import { checkTangent, liftTree } from './arguments.ts';
import { DualTensor, primalAt, tangentAt } from './dual.ts';
import { type Level, levelOfDuals, requireOpen } from './level.ts';
import type { Operand } from './operations/index.ts';
import { zerosLike } from './push-forward.ts';

/** A tree whose plain numbers have become tensors. */
export type Lifted<T> = T extends number ? Tensor : T extends Tree ? T : { -readonly [K in keyof T]: Lifted<T[K]> };

/**
 * The dual number primal + tangent·ε with ε² = 0, or a tree of them. Every operation of this package takes it and returns one:
 * `mul(dual(3, 1), dual(3, 1))` is 9 + 6ε. A cell's step or a whole model is differentiated in the direction of the tangent by
 * running it on dual numbers; `primal` and `tangent` take the result apart.
 *
 * All numbers made by `dual` share one ε. For derivatives of derivatives nest `jvp`, whose calls each have an ε of their own. Inside
 * a transform (`jvp`, `grad`, `compile` …) `dual` has another ε than outside, which ends with the transform.
 *
 * @param primal numbers or tensors of float32 or float64, of any shape, or a tree of them.
 * @param tangent of the same structure, shapes and dtypes; parts left out (undefined) have no tangent, which stands for zeros.
 * @throws TreeError, ShapeError or DTypeError when the tangent does not fit the primal, or when either is a dual number already.
 * @see Clifford 1873; Griewank & Walther 2008, Evaluating Derivatives, section 3.1 for the use in forward mode.
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

/** The numbers without their ε: a of a + bε, leaf by leaf. A tensor that is no dual number is its own primal. */
export function primal<T>(x: T): Lifted<T> {
  const level = levelOfDuals();
  return mapTree(liftTree(x) as Tree, (leaf) => primalAt(known(leaf, 'primal'), level)) as Lifted<T>;
}

/**
 * The coefficients of ε: b of a + bε, leaf by leaf, of the shape and dtype of the primal. Zeros for a tensor that does not depend
 * on any number made by `dual` here: tangents of `jvp` and other transforms belong to their ε and are returned by them.
 * @throws EscapedTangentError for a dual number whose transform has returned.
 */
export function tangent<T>(x: T): Lifted<T> {
  const level = levelOfDuals();
  return mapTree(
    liftTree(x) as Tree,
    (leaf) => tangentAt(known(leaf, 'tangent'), level) ?? zerosLike(zeroType(leaf)),
  ) as Lifted<T>;
}

/** Refuses a tensor whose level has returned: it would pass for one without a tangent. */
function known(x: Tensor, operation: string): Tensor {
  if (x instanceof DualTensor) requireOpen(x.owner, operation);
  return x;
}

/** int32 tensors carry no tangent; as elsewhere, the zeros that stand for it are float64. */
function zeroType({ shape, dtype }: Tensor): Pick<Tensor, 'shape' | 'dtype'> {
  return { shape, dtype: dtype === 'int32' ? 'float64' : dtype };
}

function requirePlain(x: Tensor, level: Level, who: string): void {
  if (tangentAt(known(x, 'dual'), level) !== undefined)
    throw new DTypeError(`${who} is a dual number already, and ε² = 0; nest jvp for derivatives of derivatives`);
}
