import { dataOf, fromData, type Shape, stridesOf, type Tensor } from '../../lib/index.ts';
import type { Planner } from '../compile/terms/planner.ts';
import { type Diagonal, dense, one, placeIn, type Terms } from '../compile/terms/terms.ts';
import type { Parameters } from '../primitive.ts';
import { join } from '../primitives/constant.ts';
import * as linear from '../primitives/linear.ts';
import { behind, together } from './batch.ts';
import { strided } from './lower/strided.ts';
import type { Reach } from './reach.ts';
import { type Entry, rule } from './row.ts';

/** Operations that move elements about and compute nothing. */
export const layout: readonly Entry[] = [
  rule(linear.reshape, {
    keepsNaN: true,
    zero: 'first',
    moves: true,
    lower(plan, [x]) {
      const terms = plan.summand(x);
      // A block's offset is relative to the result's shape, so it is written out before a reshape.
      return terms.some(({ part }) => part.kind === 'block') ? dense(plan.array(x)) : terms;
    },
    reaches: ({ sets: [x] }) => x as Int32Array,
    batch: ({ apply, size }, [{ x }], { shape }) => apply([x], { shape: [size, ...shape] }),
  }),

  rule(linear.broadcast, {
    keepsNaN: true,
    zero: 'first',
    moves: true,
    lower(plan, [x], { axes, shape }, result): Terms {
      if (x.size === 1)
        return [{ coefficient: { factor: 1, scalars: [plan.array(x)] }, part: { kind: 'splat' } }];
      const isLeading = axes.every((axis, i) => axis === i);
      const isTrailing = axes.every((axis, i) => axis === shape.length - axes.length + i);
      const each = isLeading ? 1 : result.size / x.size;
      if (result.size > 0 && (isLeading || isTrailing)) {
        const { coefficient, buffer } = plan.factored(x);
        return [{ coefficient, part: { kind: 'repeated', buffer, each } }];
      }
      const own = stridesOf(x.shape);
      let at = 0;
      const strides = shape.map((_, axis) => (axes.includes(axis) ? 0 : own[at++]));
      return dense(strided(plan, x, shape, strides));
    },
    reaches: moved((x, { shape, axes }) => linear.broadcast.evaluate([x], { shape, axes })),
    batch: ({ apply, size }, [{ x }], { shape, axes }) =>
      apply([x], { shape: [size, ...shape], axes: behind(axes) }),
  }),

  rule(linear.permute, {
    keepsNaN: true,
    zero: 'first',
    moves: true,
    lower(plan, [x], { order }, result) {
      const turned = order.length === 2 && order[0] === 1 ? transposed(plan.terms(x), x.shape) : undefined;
      if (turned !== undefined) return turned;
      const strides = stridesOf(x.shape);
      const moved = order.map((axis) => strides[axis]);
      return dense(strided(plan, x, result.shape, moved));
    },
    reaches: moved((x, parameters) => linear.permute.evaluate([x], parameters)),
    batch: ({ apply }, [{ x }], { order }) => apply([x], { order: [0, ...behind(order)] }),
  }),

  rule(linear.slice, {
    zero: 'first',
    moves: true,
    lower(plan, [x], { begin }, result) {
      const strides = stridesOf(x.shape);
      const shift = begin.reduce((at, start, axis) => at + start * strides[axis], 0);
      return dense(strided(plan, x, result.shape, strides, shift));
    },
    reaches: moved((x, parameters) => linear.slice.evaluate([x], parameters)),
    batch: ({ apply, size }, [{ x }], { begin, end }) =>
      apply([x], { begin: [0, ...begin], end: [size, ...end] }),
  }),

  rule(linear.pad, {
    keepsNaN: true,
    zero: 'first',
    moves: true,
    lower: (plan, [x], { begin }, { shape }) =>
      padded(plan, x, begin, shape) ?? [
        { coefficient: one, part: { kind: 'block', buffer: plan.array(x), begin, shape: x.shape } },
      ],
    reaches: moved((x, parameters) => linear.pad.evaluate([x], parameters)),
    batch: ({ apply, size }, [{ x }], { begin, shape }) =>
      apply([x], { begin: [0, ...begin], shape: [size, ...shape] }),
  }),

  rule(join, {
    moves: true,
    lower(plan, [x, y], { axis }, result) {
      const out = plan.temporary(result);
      const end = result.shape.map((_, own) => (own === axis ? x.shape[axis] : 0));
      const begin = end.map(() => 0);
      plan.materializer.place(out, result.shape, plan.array(x), begin, x.shape, result.dtype);
      plan.materializer.place(out, result.shape, plan.array(y), end, y.shape, result.dtype);
      return dense(out);
    },
    reaches({ operands, sets }, { axis }) {
      const numbers = operands.map((x, i) => fromData(sets[i] ?? new Int32Array(x.size), x.shape));
      return dataOf(join.evaluate(numbers, { axis })) as Int32Array;
    },
    batch: (batch, operands, { axis }) => together(batch, operands, { axis: axis + 1 }),
  }),
];

/** The diagonals of a matrix inside a larger one; undefined for another tensor. */
function padded(plan: Planner, x: Tensor, [top, left]: readonly number[], shape: Shape): Terms | undefined {
  if (shape.length !== 2) return undefined;
  const [, columns] = shape;
  const moved = plan.diagonals(x)?.map((own): Diagonal | undefined => {
    const place = placeIn(own, x.shape);
    return place && { ...own, begin: (top + place.row) * columns + left + place.column, step: columns + 1 };
  });
  const known = moved?.filter((part) => part !== undefined);
  return known?.length === moved?.length ? known?.map((part) => ({ coefficient: one, part })) : undefined;
}

/** The transpose of a product of vectors, or of a square diagonal matrix; undefined for others. */
function transposed(terms: Terms, [rows, columns]: Shape): Terms | undefined {
  const turned = terms.flatMap(({ coefficient, part }): Terms => {
    if (
      part.kind === 'diagonal' &&
      part.begin === 0 &&
      part.step === columns + 1 &&
      part.buffer.size === rows &&
      rows === columns
    )
      return [{ coefficient, part }];
    if (part.kind === 'outer' && part.u.size === rows && part.v.size === columns)
      return [{ coefficient, part: { ...part, u: part.v, v: part.u } }];
    return [];
  });
  return turned.length === terms.length ? turned : undefined;
}

/**
 * For primitives that only move elements: the numbers of the sets move as values would. 0 is the empty set.
 */
function moved<P extends Parameters>(
  move: (numbers: Tensor, parameters: P) => Tensor,
): (reach: Reach, parameters: P) => Int32Array {
  return ({ operands: [x], sets }, parameters) =>
    dataOf(move(fromData(sets[0] as Int32Array, x.shape), parameters)) as Int32Array;
}
