import {
  broadcastShapes,
  castFor,
  checkShape,
  DTypeError,
  formatShape,
  full,
  guard,
  kernels,
  normalizeAxes,
  requireTensor,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
  type Tensor,
} from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { sameDType } from '../primitives/checks.ts';
import { join } from '../primitives/constant.ts';
import { gather as gatherRows, scatterAdd as scatterRows } from '../primitives/indexed.ts';
import { slice as block, pad, permute, reshape as reshapeTo } from '../primitives/linear.ts';
import { add } from './arithmetic.ts';
import { asTensor, expandTo, type Operand } from './operand.ts';

/** x repeated to a shape that it broadcasts to. @throws ShapeError if it does not. */
export function broadcastTo(x: Operand, shape: Shape): Tensor {
  const value = asTensor(x, 'float64', 'broadcastTo');
  const target = broadcastShapes(value.shape, checkShape(shape, 'broadcastTo'));
  if (target === undefined || !sameShape(target, shape))
    throw new ShapeError(
      `broadcastTo: ${formatShape(value.shape)} does not broadcast to ${formatShape(shape)}`,
    );
  return expandTo(value, shape);
}

/**
 * The same elements in row-major order. One length may be -1, and is then computed. @throws ShapeError if
 * sizes differ.
 */
export function reshape(x: Operand, shape: Shape): Tensor {
  const value = asTensor(x, 'float64', 'reshape');
  const lengths = checkShape(
    Array.isArray(shape) ? shape.filter((length) => length !== -1) : shape,
    'reshape',
  );
  const known = sizeOf(lengths);
  const missing = shape.length - lengths.length;
  const full =
    missing === 1 && known > 0 ? shape.map((length) => (length === -1 ? value.size / known : length)) : shape;
  if (
    missing > 1 ||
    full.some((length) => !Number.isInteger(length) || length < 0) ||
    sizeOf(full) !== value.size
  )
    throw new ShapeError(
      `reshape: ${formatShape(value.shape)} has ${value.size} elements, which ${formatShape(shape)} cannot hold`,
    );
  return sameShape(value.shape, full) ? value : bind(reshapeTo, [value], { shape: full });
}

/** Axis i of the result is axis order[i] of x. Default: the reverse order. */
export function transpose(x: Operand, order?: readonly number[]): Tensor {
  const value = asTensor(x, 'float64', 'transpose');
  const rank = value.shape.length;
  if (order !== undefined) guard.argument('transpose', 'order', order, guard.list, ShapeError);
  const axes =
    order?.map((axis) => (typeof axis === 'number' && axis < 0 ? axis + rank : axis)) ??
    value.shape.map((_, axis) => rank - 1 - axis);
  if (axes.length !== rank || normalizeAxes(axes, rank, 'transpose').length !== rank)
    throw new ShapeError(
      `transpose: the order ${formatShape(axes)} does not name each axis of ${formatShape(value.shape)} once`,
    );
  return bind(permute, [value], { order: axes });
}

/**
 * The block from begin (inclusive) to end (exclusive), one entry per axis, counted from the end if negative.
 */
export function slice(x: Operand, begin: readonly number[], end?: readonly number[]): Tensor {
  const value = asTensor(x, 'float64', 'slice');
  guard.argument('slice', 'begin', begin, guard.list, ShapeError);
  if (end !== undefined) guard.argument('slice', 'end', end, guard.list, ShapeError);
  const resolve = (bounds: readonly number[]) =>
    bounds.map((at, axis) => (typeof at === 'number' && at < 0 ? at + value.shape[axis] : at));
  const [from, to] = [resolve(begin), end === undefined ? value.shape : resolve(end)];
  const fits = from.length === value.shape.length && to.length === value.shape.length;
  if (
    !fits ||
    from.some(
      (at, axis) =>
        !Number.isInteger(at) ||
        !Number.isInteger(to[axis]) ||
        at < 0 ||
        at > to[axis] ||
        to[axis] > value.shape[axis],
    )
  )
    throw new ShapeError(
      `slice: from ${formatShape(begin)} to ${formatShape(end ?? value.shape)} is not a block of ${formatShape(value.shape)}; give one entry an axis`,
    );
  return bind(block, [value], { begin: from, end: to });
}

/** Joins tensors along an existing axis. @throws ShapeError if the other axes differ. */
export function concat(parts: readonly Operand[], axis = 0): Tensor {
  const tensors = requireParts(parts, 'concat');
  const rank = tensors[0].shape.length;
  if (rank === 0) throw new ShapeError('concat: scalars have no axis to join along; use stack');
  guard.argument('concat', 'axis', axis, guard.integer, ShapeError);
  const [at] = normalizeAxes(axis, rank, 'concat');
  const rest = (t: Tensor) => t.shape.filter((_, other) => other !== at);
  for (const part of tensors)
    if (part.shape.length !== rank || !sameShape(rest(part), rest(tensors[0])))
      throw new ShapeError(
        `concat: ${formatShape(part.shape)} does not join ${formatShape(tensors[0].shape)} along axis ${at}`,
      );
  return joined(tensors, at);
}

/** Joins tensors of one shape along a new axis. @throws ShapeError if shapes differ. */
export function stack(parts: readonly Operand[], axis = 0): Tensor {
  const tensors = requireParts(parts, 'stack');
  const { shape } = tensors[0];
  guard.argument('stack', 'axis', axis, guard.integer, ShapeError);
  const [at] = normalizeAxes(axis, shape.length + 1, 'stack');
  for (const part of tensors)
    if (!sameShape(part.shape, shape))
      throw new ShapeError(
        `stack: all must have one shape, got ${formatShape(shape)} and ${formatShape(part.shape)}`,
      );
  const row = [...shape.slice(0, at), 1, ...shape.slice(at)];
  return joined(
    tensors.map((part) => reshape(part, row)),
    at,
  );
}

/** Tensors of one dtype whose other axes agree, along this axis. */
function joined(tensors: readonly Tensor[], axis: number): Tensor {
  // Plain numbers are copied side by side; in a linear program, joining is a sum of padded parts.
  if (tensors.every((part) => part.level === 0)) return kernels.concat(tensors, axis);
  if (tensors[0].dtype === 'int32') return tensors.reduce((all, part) => bind(join, [all, part], { axis }));
  const length = tensors.reduce((sum, part) => sum + part.shape[axis], 0);
  const shape = tensors[0].shape.map((own, other) => (other === axis ? length : own));
  let start = 0;
  const padded = tensors.map((part) => {
    const begin = shape.map((_, other) => (other === axis ? start : 0));
    start += part.shape[axis];
    return part.shape[axis] === length ? part : bind(pad, [part], { begin, shape });
  });
  return padded.reduce((all, part) => add(all, part));
}

/**
 * Rows of x at int32 ids (one row for a number): shape [...ids.shape, ...x.shape without its first axis].
 * @throws IndexError if an id is out of range.
 */
export function gather(x: Tensor, ids: Tensor | number): Tensor {
  requireTensor(x, 'gather');
  if (x.shape.length === 0) throw new ShapeError('gather: a scalar has no rows');
  return bind(gatherRows, [x, requireIds(ids, 'gather')]);
}

/**
 * Zeros with `size` rows, plus the rows of x at int32 ids: the transpose of `gather`. @throws IndexError if
 * an id is out of range.
 */
export function scatterAdd(x: Tensor, ids: Tensor | number, size: number): Tensor {
  requireTensor(x, 'scatterAdd');
  const rows = requireIds(ids, 'scatterAdd');
  checkShape([size], 'scatterAdd: size');
  if (!sameShape(x.shape.slice(0, rows.shape.length), rows.shape))
    throw new ShapeError(
      `scatterAdd: x of shape ${formatShape(x.shape)} does not begin with the shape of ids, ${formatShape(rows.shape)}`,
    );
  return bind(scatterRows, [x, rows], { size });
}

function requireParts(parts: readonly Operand[], who: string): Tensor[] {
  guard.argument(who, 'what it joins', parts, { ...guard.list, what: 'an array of tensors' }, DTypeError);
  if (parts.length === 0) throw new ShapeError(`${who}: needs at least one tensor`);
  const tensors = Array.from(parts, (part) => asTensor(part, 'float64', who));
  for (const part of tensors) if (part.dtype !== tensors[0].dtype) sameDType(who, tensors[0], part);
  return tensors;
}

function requireIds(ids: Tensor | number, who: string): Tensor {
  if (typeof ids === 'number') return castFor(who, full([], ids), 'int32');
  requireTensor(ids, who, 'an int32 tensor of indices or a number');
  return ids;
}
