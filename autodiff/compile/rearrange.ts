import { type Shape, sizeOf, stridesOf, type Tensor } from '../../lib/index.ts';
import { walk } from './origins.ts';
import type { Planner } from './planner.ts';
import { dense, type Value } from './values.ts';

/** Axis i of the result is axis order[i] of x. */
export function permute(plan: Planner, x: Tensor, result: Tensor, order: readonly number[]): Value {
  const strides = stridesOf(x.shape);
  return copyStrided(
    plan,
    x,
    result,
    order.map((axis) => strides[axis]),
    0,
  );
}

/** The block of x that begins at `begin`. */
export function cut(plan: Planner, x: Tensor, result: Tensor, begin: readonly number[]): Value {
  const strides = stridesOf(x.shape);
  return copyStrided(
    plan,
    x,
    result,
    strides,
    begin.reduce((at, start, axis) => at + start * strides[axis], 0),
  );
}

/** x, and then y, along an axis. */
export function join(plan: Planner, x: Tensor, y: Tensor, result: Tensor, axis: number): Value {
  const out = plan.temporary(result);
  const begin = result.shape.map((_, own) => (own === axis ? x.shape[axis] : 0));
  plan.materializer.place(
    out,
    result.shape,
    plan.array(x),
    begin.map(() => 0),
    x.shape,
    result.dtype,
  );
  plan.materializer.place(out, result.shape, plan.array(y), begin, y.shape, result.dtype);
  return dense(out);
}

/** x repeated along new axes. */
export function repeat(plan: Planner, x: Tensor, result: Tensor, axes: readonly number[]): Value {
  const own = stridesOf(x.shape);
  let at = 0;
  return copyStrided(
    plan,
    x,
    result,
    result.shape.map((_, axis) => (axes.includes(axis) ? 0 : own[at++])),
    0,
  );
}

/** The sum or maximum over axes: they are brought together first where they do not lie side by side. */
export function reduce(plan: Planner, operation: 'sum' | 'max', x: Tensor, axes: readonly number[], result: Tensor): Value {
  const single = operation === 'sum' && result.size === 1 ? theOnlyElement(plan, x) : undefined;
  if (single !== undefined) return single;
  const length = axes.reduce((size, axis) => size * x.shape[axis], 1);
  const together = axes.length > 0 && axes.every((axis, i) => i === 0 || axis === axes[i - 1] + 1);
  if (together) {
    const outer = sizeOf(x.shape.slice(0, axes[0]));
    const inner = sizeOf(x.shape.slice(axes[axes.length - 1] + 1));
    return plan.emit(result, operation, plan.array(x), outer, length, inner);
  }
  const order = [...x.shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  const shape = order.map((axis) => x.shape[axis]);
  const strides = stridesOf(x.shape);
  const moved = plan.assembler.buffer(x.dtype, x.size);
  plan.assembler.emit(
    'strided',
    x.dtype,
    moved,
    plan.array(x),
    ...layout(
      shape,
      order.map((axis) => strides[axis]),
    ),
  );
  return plan.emit(result, operation, moved, result.size, length, 1);
}

/** The running sums along an axis. */
export function scan(plan: Planner, x: Tensor, axis: number, reverse: boolean, result: Tensor): Value {
  const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  return plan.emit(result, 'cumsum', plan.array(x), outer, x.shape[axis], inner, Number(reverse));
}

/** The element of a tensor that has only one among zeros, such as the cotangent of what an index picked. */
function theOnlyElement(plan: Planner, x: Tensor): Value | undefined {
  const [term, ...more] = plan.value(x);
  if (more.length > 0 || term?.part.kind !== 'row' || term.part.v.size !== 1) return undefined;
  const { factor, scalars } = term.coefficient;
  return dense(plan.materializer.coefficient({ factor, scalars: [...scalars, term.part.v] }, x.dtype));
}

function copyStrided(plan: Planner, x: Tensor, result: Tensor, strides: readonly number[], shift: number): Value {
  plan.origins.inherit(x, result, (positions) => walk(result.shape, strides, shift).map((at) => positions[at]));
  return plan.emit(result, 'strided', { buffer: plan.array(x), shift }, ...layout(result.shape, strides));
}

/** The rank, the sizes, the strides of the copy and those of what is copied. */
function layout(shape: Shape, strides: readonly number[]): number[] {
  return [shape.length, ...shape, ...stridesOf(shape), ...strides];
}
