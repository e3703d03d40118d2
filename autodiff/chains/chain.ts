import type { Tensor } from '../../lib/index.ts';

/**
 * One summand of a Jacobian [rows, elements] of which no entry is computed until it is asked for:
 *
 *     M[r, e] = factor[e] · [r = places[e]]                              without `before`
 *     M[r, e] = factor[e] · Σ_f before[r, f] · matrix[f, places[e]]
 *
 * so a product of matrices with diagonal matrices between them.
 */
export interface Link {
  readonly kind: 'link';
  /** Of each element; -1 where the column is zero. */
  readonly places: Int32Array;
  /** Of the shape of the elements; 1 if left out. */
  readonly factor: Tensor | undefined;
  readonly before: { readonly link: Link; readonly matrix: Matrix } | undefined;
}

/** A matrix, or its transpose. */
export interface Matrix {
  readonly values: Tensor;
  readonly isTransposed: boolean;
}

/** M[r, e] = column[r] · row[e]. */
interface Outer {
  readonly kind: 'outer';
  readonly column: Tensor;
  readonly row: Tensor;
}

export type Chain = Link | Outer;

/** The number of matrices in a chain. */
export function lengthOf(link: Link): number {
  return link.before === undefined ? 0 : 1 + lengthOf(link.before.link);
}

/** The sizes of a matrix after it was transposed. */
export function sizesOf({ values, isTransposed }: Matrix): readonly [rows: number, columns: number] {
  const [rows, columns] = values.shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
}

/** Whether places are 0, 1, 2, … up to a length. */
export function isCounting(places: Int32Array, length: number): boolean {
  return places.length === length && places.every((place, at) => place === at);
}

export function samePlaces(a: Int32Array, b: Int32Array): boolean {
  return a === b || (a.length === b.length && a.every((place, at) => place === b[at]));
}
