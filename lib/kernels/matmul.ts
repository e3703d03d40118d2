import { allocate, type TypedArray } from '../dtype.ts';
import { type ArrayTensor, fromData, type Tensor } from '../tensor.ts';
import { strongProduct } from './elementwise.ts';
import { pairwiseBlock } from './pairwise.ts';

/**
 * The product of two matrices, each optionally transposed first. Sums in float64, pairwise.
 * @param strong whether 0 times infinity or NaN is 0.
 */
export function matmul(
  x: Tensor,
  y: Tensor,
  transposeX: boolean,
  transposeY: boolean,
  strong = false,
): ArrayTensor {
  const [a, b] = [x.toNdarray(), y.toNdarray()];
  const [aRow, aColumn] = transposeX ? [a.stride[1], a.stride[0]] : [a.stride[0], a.stride[1]];
  const [bRow, bColumn] = transposeY ? [b.stride[1], b.stride[0]] : [b.stride[0], b.stride[1]];
  const rows = x.shape[transposeX ? 1 : 0];
  const inner = x.shape[transposeX ? 0 : 1];
  const columns = y.shape[transposeY ? 0 : 1];
  const out = allocate(x.dtype, rows * columns);
  // The inner loop runs along the dense axis of b: dot products down its columns, or sums of scaled rows.
  const alongInner = bRow === 1 || columns === 1;
  const sums = new Float64Array(alongInner ? 0 : columns);
  for (let i = 0; i < rows; i++) {
    const from = a.offset + i * aRow;
    if (alongInner) {
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = dotOf(a.data, from, aColumn, b.data, b.offset + j * bColumn, bRow, inner);
    } else {
      addRows(sums, a.data, from, aColumn, b.data, b.offset, bRow, bColumn, inner);
      out.set(sums, i * columns);
    }
  }
  if (strong)
    for (let at = 0; at < out.length; at++) {
      // Only a NaN sum can contain 0 times infinity.
      if (!Number.isNaN(out[at])) continue;
      let total = 0;
      let [p, q] = [a.offset + Math.floor(at / columns) * aRow, b.offset + (at % columns) * bColumn];
      for (let k = 0; k < inner; k++, p += aColumn, q += bRow) total += strongProduct(a.data[p], b.data[q]);
      out[at] = total;
    }
  return fromData(out, [rows, columns]);
}

/** Σ x y over `length` elements, starting at p and q with these steps. */
function dotOf(
  x: TypedArray,
  p: number,
  xStep: number,
  y: TypedArray,
  q: number,
  yStep: number,
  length: number,
): number {
  if (length > pairwiseBlock) {
    const half = length >>> 1;
    return (
      dotOf(x, p, xStep, y, q, yStep, half) +
      dotOf(x, p + half * xStep, xStep, y, q + half * yStep, yStep, length - half)
    );
  }
  // Start from -0, so that a single product keeps the sign of its zero, as in plans.
  let total = length === 1 ? -0 : 0;
  for (let k = 0, i = p, j = q; k < length; k++, i += xStep, j += yStep) total += x[i] * y[j];
  return total;
}

/** sums = Σ x·row over `length` rows, starting at p and q with these steps. */
function addRows(
  sums: Float64Array,
  x: TypedArray,
  p: number,
  xStep: number,
  y: TypedArray,
  q: number,
  yRow: number,
  yColumn: number,
  length: number,
): void {
  if (length > pairwiseBlock) {
    const half = length >>> 1;
    const rest = new Float64Array(sums.length);
    addRows(sums, x, p, xStep, y, q, yRow, yColumn, half);
    addRows(rest, x, p + half * xStep, xStep, y, q + half * yRow, yRow, yColumn, length - half);
    for (let j = 0; j < sums.length; j++) sums[j] += rest[j];
    return;
  }
  sums.fill(length === 1 ? -0 : 0);
  for (let k = 0, i = p, row = q; k < length; k++, i += xStep, row += yRow) {
    const factor = x[i];
    for (let j = 0, at = row; j < sums.length; j++, at += yColumn) sums[j] += factor * y[at];
  }
}
