import { type DType, fromData, ones, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { gather, reshape, scatterAdd, transpose, where } from '../operations/index.ts';
import { add } from '../primitives/add.ts';
import { matmul } from '../primitives/matmul.ts';
import { mul } from '../primitives/mul.ts';
import { type Chain, isCounting, type Link, type Matrix, sizesOf } from './chain.ts';

/** Sums over more elements than this for one entry are left to pulls. */
const mostSummands = 8;

type Picked = Tensor | 'zero' | undefined;

/** The entries of a chain at rows and elements, as a vector; undefined where that takes too much. */
export function pick(chain: Chain, rows: Int32Array, elements: Int32Array, dtype: DType): Picked {
  if (chain.kind === 'outer') {
    const column = picked(flat(chain.column), rows);
    return times(column, picked(flat(chain.row), elements));
  }
  const { before } = chain;
  const places = elements.map((element) => chain.places[element]);
  const own = chain.factor && picked(flat(chain.factor), elements);
  const entries =
    before === undefined
      ? diagonal(rows, places, dtype)
      : throughMatrix(before.link, before.matrix, rows, places, dtype);
  return entries === undefined || entries === 'zero' ? entries : timesPart(entries, own);
}

/** 1 where the row is the place. */
function diagonal(rows: Int32Array, places: Int32Array, dtype: DType): Picked {
  const isThere = rows.map((row, l) => Number(row >= 0 && row === places[l]));
  if (!isThere.includes(1)) return 'zero';
  return masked(ones([rows.length], { dtype: dtype as 'float32' | 'float64' }), isThere);
}

/** Σ_f before[r, f] · matrix[f, place]. */
function throughMatrix(
  before: Link,
  matrix: Matrix,
  rows: Int32Array,
  places: Int32Array,
  dtype: DType,
): Picked {
  if (before.before !== undefined) return throughTwo(before, before.before, matrix, rows, places, dtype);
  const summands = placed(before.places, rows);
  if (summands === undefined) return undefined;
  const parts = summands.map((elements) => {
    const at = elements.map((f, l) => (f < 0 || places[l] < 0 ? -1 : placeIn(matrix, f, places[l])));
    const entries = picked(flat(matrix.values), at);
    return timesPart(entries, before.factor && picked(flat(before.factor), elements));
  });
  return sumOf(parts);
}

/** Σ_g (Σ_f first[r, f] · inner[f, g]) · link.factor[g] · matrix[g, place]. */
function throughTwo(
  link: Link,
  { link: first, matrix: inner }: { readonly link: Link; readonly matrix: Matrix },
  matrix: Matrix,
  rows: Int32Array,
  places: Int32Array,
  dtype: DType,
): Picked {
  if (first.before !== undefined) return undefined;
  const summands = placed(first.places, rows);
  if (summands === undefined) return undefined;
  const right = block(matrix, 'columns', places, undefined);
  const one = () => ones([link.places.length], { dtype: dtype as 'float32' | 'float64' });
  const middle = link.factor === undefined ? one() : flat(link.factor);
  const parts = summands.map((elements) => {
    const left = block(inner, 'rows', elements, link.places);
    const column = reshape(middle, [middle.size, 1]);
    // Both are coefficients, so that 0 times infinity is the NaN that it is.
    const product = bind(matmul, [bind(mul, [left, right]), column], {
      transposeLeft: false,
      transposeRight: false,
      ...matmul.inRules,
    });
    return timesPart(
      masked(
        reshape(product, [rows.length]),
        elements.map((f, l) => Number(f >= 0 && places[l] >= 0)),
      ),
      first.factor && picked(flat(first.factor), elements),
    );
  });
  return sumOf(parts);
}

/** Lines of a matrix, each in a row of the result, with their elements in this order. */
function block(
  { values, isTransposed }: Matrix,
  lines: 'rows' | 'columns',
  which: Int32Array,
  order: Int32Array | undefined,
): Tensor {
  const isAlong = (lines === 'rows') !== isTransposed;
  const [count, length] = isAlong ? values.shape : values.shape.toReversed();
  const along = isAlong ? values : transpose(values);
  const chosen = isCounting(which, count) ? along : gather(along, indicesOf(which));
  if (order === undefined || isCounting(order, length)) return chosen;
  const moved = transpose(gather(transpose(chosen), indicesOf(order)));
  return where(
    fromData(
      order.map((at) => Number(at >= 0)),
      [1, order.length],
    ),
    moved,
    0,
  );
}

/**
 * For each row the elements that have it as their place, the r-th of them in the r-th list, -1 where there is
 * none; undefined if a row has too many.
 */
function placed(places: Int32Array, rows: Int32Array): Int32Array[] | undefined {
  const byPlace = new Map<number, number[]>();
  places.forEach((place, element) => {
    if (place >= 0) byPlace.set(place, [...(byPlace.get(place) ?? []), element]);
  });
  const lists = Array.from(rows, (row) => byPlace.get(row) ?? []);
  const most = lists.reduce((longest, { length }) => Math.max(longest, length), 0);
  if (most > mostSummands) return undefined;
  return Array.from({ length: most }, (_, r) => Int32Array.from(lists, (list) => list[r] ?? -1));
}

/** M·1: for each row of a chain the sum over its elements. */
export function columnOf(link: Link, rows: number, dtype: DType): Tensor {
  const one = ones([link.places.length], {
    dtype: dtype as 'float32' | 'float64',
  });
  return applied(link, link.factor === undefined ? one : flat(link.factor), rows);
}

/** M·x, for x with the last factor in it. */
function applied({ places, before }: Link, x: Tensor, rows: number): Tensor {
  const length = before === undefined ? rows : sizesOf(before.matrix)[1];
  // Entries without a place are added to one extra element, which is dropped.
  const ids = places.map((place) => (place < 0 ? length : place));
  const sums = isCounting(places, length)
    ? x
    : picked(scatterAdd(x, indicesOf(ids), length + 1), counting(length));
  if (before === undefined) return sums;
  const product = bind(matmul, [before.matrix.values, reshape(sums, [length, 1])], {
    transposeLeft: before.matrix.isTransposed,
    transposeRight: false,
    ...matmul.inRules,
  });
  const { factor } = before.link;
  const inner = reshape(product, [product.size]);
  return applied(before.link, factor === undefined ? inner : times(inner, flat(factor)), rows);
}

/** The elements of a vector at places; 0 where a place is -1. */
function picked(vector: Tensor, places: Int32Array): Tensor {
  if (isCounting(places, vector.size)) return vector;
  return masked(
    gather(vector, indicesOf(places)),
    places.map((place) => Number(place >= 0)),
  );
}

function masked(vector: Tensor, isKept: Int32Array): Tensor {
  return isKept.includes(0) ? where(fromData(isKept, [isKept.length]), vector, 0) : vector;
}

function placeIn({ values, isTransposed }: Matrix, row: number, column: number): number {
  const [, width] = values.shape;
  return isTransposed ? column * width + row : row * width + column;
}

function sumOf(parts: readonly Tensor[]): Picked {
  return parts.length === 0 ? 'zero' : parts.reduce((sum, part) => bind(add, [sum, part]));
}

function times(a: Tensor, b: Tensor): Tensor {
  return bind(mul, [a, b], mul.inRules);
}

function timesPart(a: Tensor, b: Tensor | undefined): Tensor {
  return b === undefined ? a : times(a, b);
}

function flat(x: Tensor): Tensor {
  return reshape(x, [x.size]);
}

function indicesOf(places: Int32Array): Tensor {
  return fromData(
    places.map((place) => Math.max(place, 0)),
    [places.length],
  );
}

function counting(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}
