import { ArrayTensor, dataOf, type Tensor } from '../../lib/index.ts';
import type { TensorType } from '../primitive.ts';

/**
 * The operands of an equation as the column `reaches` sees them: each element has the number of a set of
 * places, 0 for the empty set.
 */
export interface Reach {
  readonly operands: readonly Tensor[];
  /** For each operand the numbers of its sets, in row-major order; undefined where it is a coefficient. */
  readonly sets: readonly (Int32Array | undefined)[];
  readonly type: TensorType;
  readonly union: (sets: Iterable<number>) => number;
}

/** Element i of the result depends on element i of each operand. */
export function elementwise({ sets, type, union }: Reach): Int32Array {
  const own = sets.filter((set) => set !== undefined);
  if (own.length === 1) return own[0];
  const { length } = own[0] ?? { length: type.shape.reduce((size, n) => size * n, 1) };
  if (own.length === 2) return own[0].map((set, i) => either(set, own[1][i], union));
  return Int32Array.from({ length }, (_, i) => union(own.map((set) => set[i])));
}

/** The union of two sets, most of which are equal or empty. */
export function either(a: number, b: number, union: Reach['union']): number {
  if (a === b || b === 0) return a;
  return a === 0 ? b : union([a, b]);
}

/** Every element depends on everything: of a primitive without a row, nothing more is known. */
export function everything({ sets, type, union }: Reach): Int32Array {
  const all = union(sets.map((own) => (own === undefined ? 0 : union(own))));
  return new Int32Array(type.shape.reduce((size, n) => size * n, 1)).fill(all);
}

/**
 * The values of a constant: in a traced program, a coefficient that is not a symbol is the same at every
 * call.
 */
export function constantOf(x: Tensor): ArrayLike<number> | undefined {
  return x instanceof ArrayTensor ? dataOf(x) : undefined;
}

/** The sets without those where a constant rules a dependence out. */
export function unless(
  sets: Int32Array,
  values: ArrayLike<number> | undefined,
  isOut: (value: number) => boolean,
): Int32Array {
  return values === undefined ? sets : sets.map((set, i) => (isOut(values[i]) ? 0 : set));
}
