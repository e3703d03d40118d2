import { ArrayTensor, dataOf, fromData, kernels, sizeOf, type Tensor } from '../../lib/index.ts';
import type { Parameters, Primitive, TensorType } from '../primitive.ts';
import { add } from '../primitives/add.ts';
import { div } from '../primitives/div.ts';
import { gather, scatterAdd, select } from '../primitives/indexed.ts';
import * as linear from '../primitives/linear.ts';
import { matmul } from '../primitives/matmul.ts';
import { mul } from '../primitives/mul.ts';
import type { IndexSets } from './index-sets.ts';

/** The operands of a rule: the sets of each, or undefined if it is a coefficient. */
interface Application {
  readonly operands: readonly Tensor[];
  readonly sets: readonly (Int32Array | undefined)[];
  readonly parameters: Readonly<Record<string, never>>;
  readonly type: TensorType;
  readonly known: IndexSets;
}

type Rule = (application: Application) => Int32Array;

/**
 * For primitives that only move elements: moves the numbers of the sets with the kernel that moves values. 0
 * is the empty set.
 */
const moves: Rule = ({ operands: [x], sets, parameters, type }) => {
  const numbers = fromData(sets[0] as Int32Array, x.shape);
  const { axes, order, begin, end, shape } = parameters as { readonly [key: string]: readonly number[] };
  if (order !== undefined) return dataOf(kernels.permute(numbers, order)) as Int32Array;
  if (axes !== undefined) return dataOf(kernels.broadcast(numbers, type.shape, axes)) as Int32Array;
  if (end !== undefined) return dataOf(kernels.slice(numbers, begin, end)) as Int32Array;
  if (begin !== undefined) return dataOf(kernels.pad(numbers, begin, shape)) as Int32Array;
  return sets[0] as Int32Array;
};

/** A rule for each primitive of linear programs. Coefficients count as non-zero, except constant zeros. */
const rules = new Map<unknown, Rule>([
  [linear.reshape, moves],
  [linear.permute, moves],
  [linear.broadcast, moves],
  [linear.slice, moves],
  [linear.pad, moves],
  [
    linear.scale,
    ({ sets, parameters }) =>
      (parameters.factor as number) === 0 ? new Int32Array((sets[0] as Int32Array).length) : (sets[0] as Int32Array),
  ],
  [add, ({ sets: [x, y], known }) => (x && y ? x.map((set, i) => known.union(set, y[i])) : ((x ?? y) as Int32Array))],
  [
    mul,
    ({ operands, sets: [x, y], known }) => {
      if (x && y) return x.map((set, i) => known.union(set, y[i]));
      return unless(x ?? (y as Int32Array), constant(operands[x ? 1 : 0]), (value) => value === 0);
    },
  ],
  // A quotient is linear in its numerator.
  [div, ({ sets }) => sets[0] as Int32Array],
  [
    linear.cumsum,
    ({ operands: [x], sets, parameters, known }) => {
      const { axis, reverse } = parameters as unknown as { readonly axis: number; readonly reverse: boolean };
      const own = sets[0] as Int32Array;
      const [length, step] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
      const out = own.slice();
      // Each place along the axis has its predecessor's set and its own.
      for (let at = 0; at < own.length; at++) {
        const place = reverse ? own.length - 1 - at : at;
        const along = Math.floor(place / step) % length;
        const before = reverse ? place + step : place - step;
        if (along !== (reverse ? length - 1 : 0)) out[place] = known.union(out[before], own[place]);
      }
      return out;
    },
  ],
  [
    select,
    ({ operands: [, mask], sets: [x], parameters }) =>
      unless(x as Int32Array, constant(mask), (flag) => (flag !== 0) === (parameters.inverted as boolean)),
  ],
  [
    linear.sum,
    ({ operands: [x], sets, parameters, type, known }) => {
      const { axes } = parameters as unknown as { readonly axes: readonly number[] };
      const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
      const moved = dataOf(kernels.permute(fromData(sets[0] as Int32Array, x.shape), [...kept, ...axes]));
      const size = sizeOf(type.shape);
      const run = size === 0 ? 0 : moved.length / size;
      return Int32Array.from({ length: size }, (_, i) => known.unionOf((moved as Int32Array).subarray(i * run, (i + 1) * run)));
    },
  ],
  [
    matmul,
    ({ operands, sets: [x, y], parameters, type, known }) => {
      const [rows, columns] = type.shape;
      // An element of X·Y depends on its row of X and its column of Y, unless these are coefficients.
      const of = (sets: Int32Array | undefined, shape: readonly number[], along: number, count: number) =>
        Int32Array.from({ length: count }, (_, i) => (sets === undefined ? 0 : known.unionOf(line(sets, shape, along, i))));
      const left = of(x, operands[0].shape, parameters.transposeLeft ? 1 : 0, rows);
      const right = of(y, operands[1].shape, parameters.transposeRight ? 0 : 1, columns);
      return Int32Array.from({ length: rows * columns }, (_, i) =>
        known.union(left[Math.floor(i / columns)], right[i % columns]),
      );
    },
  ],
  [
    gather,
    ({ operands: [x, ids], sets, type, known }) => {
      const own = sets[0] as Int32Array;
      const rows = constant(ids);
      if (rows !== undefined) return dataOf(kernels.gather(fromData(own, x.shape), ids)) as Int32Array;
      const width = sizeOf(x.shape.slice(1));
      const any = columnUnions(own, width, known);
      return Int32Array.from({ length: sizeOf(type.shape) }, (_, i) => any[i % width]);
    },
  ],
  [
    scatterAdd,
    ({ operands: [, ids], sets, type, known }) => {
      const own = sets[0] as Int32Array;
      const rows = constant(ids);
      const width = sizeOf(type.shape.slice(1));
      const out = new Int32Array(sizeOf(type.shape));
      if (rows === undefined) {
        const any = columnUnions(own, width, known);
        return out.map((_, i) => any[i % width]);
      }
      own.forEach((set, i) => {
        const at = rows[Math.floor(i / width)] * width + (i % width);
        out[at] = known.union(out[at], set);
      });
      return out;
    },
  ],
]);

/**
 * The sets of the result. For a primitive without a rule (a user's own), every element may depend on
 * everything.
 */
export function propagate(
  primitive: Primitive,
  operands: readonly Tensor[],
  sets: readonly (Int32Array | undefined)[],
  parameters: Parameters,
  type: TensorType,
  known: IndexSets,
): Int32Array {
  const rule = rules.get(primitive);
  if (rule !== undefined) return rule({ operands, sets, parameters: parameters as never, type, known });
  const all = known.unionOf(sets.map((own) => (own === undefined ? 0 : known.unionOf(own))));
  return new Int32Array(sizeOf(type.shape)).fill(all);
}

/**
 * The values of a constant. In a traced program, a coefficient that is not a symbol is the same at every
 * call.
 */
function constant(x: Tensor): ArrayLike<number> | undefined {
  return x instanceof ArrayTensor ? dataOf(x) : undefined;
}

/** The sets, emptied where a constant rules out a dependence. */
function unless(sets: Int32Array, values: ArrayLike<number> | undefined, out: (value: number) => boolean): Int32Array {
  return values === undefined ? sets : sets.map((set, i) => (out(values[i]) ? 0 : set));
}

/** Row i of a matrix (axis 0), or column i (axis 1). */
function* line(sets: Int32Array, [rows, columns]: readonly number[], axis: number, i: number): Iterable<number> {
  if (axis === 0) for (let j = 0; j < columns; j++) yield sets[i * columns + j];
  else for (let j = 0; j < rows; j++) yield sets[j * columns + i];
}

/** For each column of rows of `width`, the union over the rows. */
function columnUnions(sets: Int32Array, width: number, known: IndexSets): Int32Array {
  return Int32Array.from({ length: width }, (_, i) => known.unionOf(line(sets, [sets.length / width, width], 1, i)));
}
