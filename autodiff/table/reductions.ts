import {
  dataOf,
  type FloatDType,
  fromData,
  full,
  kernels,
  sizeOf,
  stridesOf,
  type Tensor,
} from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { Planner } from '../compile/terms/planner.ts';
import { dense, type Terms } from '../compile/terms/terms.ts';
import { argmax, maxReduce } from '../primitives/constant.ts';
import { globalNorm } from '../primitives/globalNorm.ts';
import { broadcast, cumsum, sum } from '../primitives/linear.ts';
import { mul } from '../primitives/mul.ts';
import { behind, folded, spread, together } from './batch.ts';
import { lowerGlobalNorm } from './lower/norm.ts';
import { lowerNormOfEach } from './lower/normOfEach.ts';
import { strided } from './lower/strided.ts';
import { either, everything, type Reach } from './reach.ts';
import { type Entry, rule } from './row.ts';

/** Operations along axes. */
export const reductions: readonly Entry[] = [
  rule(sum, {
    keepsNaN: true,
    zero: 'first',
    lower: (plan, [x], { axes }, result) =>
      (result.size === 1 && theOnlyElement(plan, x)) || reduce(plan, 'sum', x, axes, result),
    reaches: along,
    batch: ({ apply }, [{ x }], { axes }) => apply([x], { axes: behind(axes) }),
  }),

  rule(maxReduce, {
    keepsNaN: true,
    lower: (plan, [x], { axes }, result) => reduce(plan, 'max', x, axes, result),
    reaches: along,
    batch: ({ apply }, [{ x }], { axes }) => apply([x], { axes: behind(axes) }),
  }),

  rule(argmax, {
    lower: (plan, [x], _, result) =>
      plan.emit(result, 'argmax', plan.array(x), result.size, x.shape[x.shape.length - 1]),
    reaches: everything,
    batch: together,
  }),

  rule(cumsum, {
    keepsNaN: true,
    zero: 'first',
    lower(plan, [x], { axis, reverse }, result) {
      const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
      return plan.emit(result, 'cumsum', plan.array(x), outer, x.shape[axis], inner, Number(reverse));
    },
    reaches({ operands: [x], sets, union }, { axis, reverse }) {
      const own = sets[0] as Int32Array;
      const [length, step] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
      const out = own.slice();
      // Each place along the axis has what the place before it has, and its own.
      for (let at = 0; at < own.length; at++) {
        const place = reverse ? own.length - 1 - at : at;
        const index = Math.floor(place / step) % length;
        const before = reverse ? place + step : place - step;
        if (index !== (reverse ? length - 1 : 0)) out[place] = either(out[before], own[place], union);
      }
      return out;
    },
    batch: ({ apply }, [{ x }], { axis, reverse }) => apply([x], { axis: axis + 1, reverse }),
  }),

  rule(globalNorm, {
    lower: (plan, operands, { batched }, result) =>
      batched ? lowerNormOfEach(plan, operands, result) : lowerGlobalNorm(plan, operands, result),
    reaches(reach, { batched }) {
      if (!batched) return everything(reach);
      const { sets, type, union } = reach;
      const [count] = type.shape;
      return Int32Array.from({ length: count }, (_, at) =>
        union(
          sets.map((own) => {
            const size = (own?.length ?? 0) / count;
            return own === undefined ? 0 : union(own.subarray(at * size, (at + 1) * size));
          }),
        ),
      );
    },
    batch({ apply, size }, [unit, ...parts], { batched }) {
      const all = parts.map((part) => spread(part, size));
      // A unit for each entry, which no operation makes, is a factor: a power of two rounds nothing.
      const own = unit.isMapped ? full([], 1, { dtype: unit.x.dtype as FloatDType }) : unit.x;
      const norms = batched
        ? folded(all, (together) => apply([own, ...together], { batched }))
        : apply([own, ...all], { batched: true });
      if (!unit.isMapped) return norms;
      const axes = batched ? [1] : [];
      return bind(mul, [norms, bind(broadcast, [unit.x], { shape: norms.shape, axes })]);
    },
  }),
];

/** An element depends on all those that are reduced to it. */
function along(
  { operands: [x], sets, type, union }: Reach,
  { axes }: { readonly axes: readonly number[] },
): Int32Array {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const moved = dataOf(
    kernels.permute(fromData(sets[0] as Int32Array, x.shape), [...kept, ...axes]),
  ) as Int32Array;
  const size = sizeOf(type.shape);
  const run = size === 0 ? 0 : moved.length / size;
  return Int32Array.from({ length: size }, (_, i) => union(moved.subarray(i * run, (i + 1) * run)));
}

/** The axes are brought together first where they do not lie side by side. */
function reduce(
  plan: Planner,
  operation: 'sum' | 'max',
  x: Tensor,
  axes: readonly number[],
  result: Tensor,
): Terms {
  const length = axes.reduce((size, axis) => size * x.shape[axis], 1);
  const together = axes.length > 0 && axes.every((axis, i) => i === 0 || axis === axes[i - 1] + 1);
  if (together) {
    const outer = sizeOf(x.shape.slice(0, axes[0]));
    const inner = sizeOf(x.shape.slice(axes[axes.length - 1] + 1));
    return plan.emit(result, operation, plan.array(x), outer, length, inner);
  }
  const order = [...x.shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  const strides = stridesOf(x.shape);
  const [shape, moved] = [x.shape, strides].map((all) => order.map((axis) => all[axis]));
  return plan.emit(result, operation, strided(plan, x, shape, moved), result.size, length, 1);
}

/** The element of a tensor that has only one among zeros, such as the cotangent of what an index picked. */
function theOnlyElement(plan: Planner, x: Tensor): Terms | undefined {
  const [term, ...more] = plan.terms(x);
  if (more.length > 0 || term?.part.kind !== 'row' || term.part.v.size !== 1) return undefined;
  const { coefficient } = term;
  return dense(
    plan.materializer.coefficient(
      { ...coefficient, scalars: [...coefficient.scalars, term.part.v] },
      x.dtype,
    ),
  );
}
