import { kernels, sizeOf } from '../../lib/index.ts';
import { dense, one, type Terms } from '../compile/terms/terms.ts';
import { gather, scatterAdd } from '../primitives/indexed.ts';
import { folded, spread } from './batch.ts';
import { entriesOf } from './lower/entries.ts';
import { strided } from './lower/strided.ts';
import { constantOf, either, type Reach } from './reach.ts';
import { type Entry, rule } from './row.ts';

/** Rows that an index picks. */
export const rows: readonly Entry[] = [
  rule(gather, {
    zero: 'first',
    moves: true,
    rows: ([x], { batched }) => x.shape[batched ? 1 : 0],
    lower(plan, [x, ids], { batched }, result) {
      const width = sizeOf(x.shape.slice(batched ? 2 : 1));
      const even = batched ? undefined : evenlySpaced(constantOf(ids));
      // Such as the diagonal of a matrix.
      if (even !== undefined) {
        const [shape, strides] =
          width === 1
            ? [[ids.size], [even.step]]
            : [
                [ids.size, width],
                [even.step * width, 1],
              ];
        return dense(strided(plan, x, shape, strides, even.begin * width));
      }
      if (!batched) return plan.emit(result, 'gather', plan.array(x), plan.array(ids), ids.size, width);
      const count = result.shape[0];
      return plan.emitEach(
        result,
        count,
        'gather',
        [x, ids].map((own) => entriesOf(plan, own, count)),
        [ids.size / count, width],
      );
    },
    reaches(reach, { batched }) {
      const width = sizeOf(reach.operands[0].shape.slice(batched ? 2 : 1));
      return byEntry(reach, batched, (own, ids, out) => {
        const any = ids === undefined ? columnUnions(own, width, reach.union) : [];
        for (let i = 0; i < out.length; i++) {
          const column = i % width;
          out[i] = ids === undefined ? any[column] : own[ids[(i - column) / width] * width + column];
        }
      });
    },
    batch({ apply, size }, operands, parameters) {
      const [x, ids] = operands;
      if (!x.isMapped && !parameters.batched) return apply([x.x, ids.x], parameters);
      const both = operands.map((operand) => spread(operand, size));
      return parameters.batched
        ? folded(both, (all) => apply(all, parameters))
        : apply(both, { ...parameters, batched: true });
    },
  }),

  rule(scatterAdd, {
    keepsNaN: true,
    zero: 'first',
    rows: (_, { size }) => size,
    lower(plan, [x, ids], { size, batched, factored }, result): Terms | undefined {
      // There is no kernel for integers.
      if (x.dtype === 'int32') return undefined;
      const width = sizeOf(result.shape.slice(batched ? 2 : 1));
      const count = batched ? result.shape[0] : 1;
      if (batched && count > 1 && ids.size === count && size > 1 && result.shape.length > 2) {
        const of = { kind: 'row', index: plan.array(ids), v: plan.array(x) } as const;
        return [{ coefficient: one, part: { kind: 'entries', count, by: [], of } }];
      }
      if (factored && ids.size > 1) {
        const { coefficient, buffer } = plan.factored(x);
        return [{ coefficient, part: { kind: 'rows', index: plan.array(ids), v: buffer } }];
      }
      // With many rows, what additions lose is kept for those that follow.
      const isMany = ids.size > count * kernels.fewRows;
      const counts = [
        ids.size / count,
        width,
        size,
        isMany ? plan.assembler.buffer(x.dtype, size * width) : 0,
      ];
      if (batched) {
        const both = [x, ids].map((own) => entriesOf(plan, own, count));
        return plan.emitEach(result, count, 'scatteradd', both, counts);
      }
      if (ids.size !== 1) return plan.emit(result, 'scatteradd', plan.array(x), plan.array(ids), ...counts);
      const { coefficient, buffer } = plan.factored(x);
      return [{ coefficient, part: { kind: 'row', index: plan.array(ids), v: buffer } }];
    },
    reaches(reach, { size, batched }) {
      const width = sizeOf(reach.type.shape.slice(batched ? 2 : 1));
      return byEntry(reach, batched, (own, ids, out) => {
        const any = ids === undefined ? columnUnions(own, width, reach.union) : [];
        if (ids === undefined) for (let i = 0; i < size * width; i++) out[i] = any[i % width];
        else
          own.forEach((set, i) => {
            const column = i % width;
            const at = ids[(i - column) / width] * width + column;
            out[at] = either(out[at], set, reach.union);
          });
      });
    },
    batch({ apply, size }, operands, parameters) {
      const both = operands.map((operand) => spread(operand, size));
      return parameters.batched
        ? folded(both, (all) => apply(all, parameters))
        : apply(both, { ...parameters, batched: true });
    },
  }),
];

/** The first of numbers and the step from each to the next; undefined if that is not always the same. */
function evenlySpaced(ids: ArrayLike<number> | undefined): { begin: number; step: number } | undefined {
  if (ids === undefined || ids.length === 0) return undefined;
  const [begin, step] = [ids[0], ids.length === 1 ? 0 : ids[1] - ids[0]];
  return Array.from(ids).every((id, i) => id === begin + i * step) ? { begin, step } : undefined;
}

/**
 * The sets of the result, filled entry by entry from the sets of the first operand and, where they are
 * constants, the indices.
 */
function byEntry(
  { operands, sets, type }: Reach,
  batched: boolean | undefined,
  fill: (own: Int32Array, ids: number[] | undefined, out: Int32Array) => void,
): Int32Array {
  const out = new Int32Array(sizeOf(type.shape));
  const count = batched ? type.shape[0] : 1;
  const ids = constantOf(operands[1]);
  const entry = <T extends { readonly length: number }>(all: T, at: number): [number, number] => [
    (at * all.length) / count,
    ((at + 1) * all.length) / count,
  ];
  for (let at = 0; at < count; at++) {
    const own = sets[0] as Int32Array;
    fill(
      own.subarray(...entry(own, at)),
      ids && Array.from(ids).slice(...entry(ids, at)),
      out.subarray(...entry(out, at)),
    );
  }
  return out;
}

/** For each column of rows of `width`, the union over the rows. */
function columnUnions(sets: Int32Array, width: number, union: Reach['union']): number[] {
  return Array.from({ length: width }, (_, column) => union(sets.filter((__, i) => i % width === column)));
}
