import { allocate } from '../dtype.ts';
import { type ArrayTensor, fromData, type Tensor } from '../tensor.ts';
import { strongProduct } from './elementwise.ts';

/**
 * The matrix product of two matrices, either one transposed first; products are added up in float64.
 * @param strong whether 0 times infinity or NaN is 0.
 */
export function matmul(x: Tensor, y: Tensor, transposeX: boolean, transposeY: boolean, strong = false): ArrayTensor {
  const [a, b] = [x.toNdarray(), y.toNdarray()];
  const [aRow, aColumn] = transposeX ? [a.stride[1], a.stride[0]] : [a.stride[0], a.stride[1]];
  const [bRow, bColumn] = transposeY ? [b.stride[1], b.stride[0]] : [b.stride[0], b.stride[1]];
  const rows = x.shape[transposeX ? 1 : 0];
  const inner = x.shape[transposeX ? 0 : 1];
  const columns = y.shape[transposeY ? 0 : 1];
  const out = allocate(x.dtype, rows * columns);
  // The inner loop runs along whichever axis of b is dense: dot products down b's columns, or scaled rows of b added up.
  const alongInner = bRow === 1 || columns === 1;
  const sums = new Float64Array(alongInner ? 0 : columns);
  for (let i = 0; i < rows; i++) {
    const from = a.offset + i * aRow;
    if (alongInner) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0, p = from, q = b.offset + j * bColumn; k < inner; k++, p += aColumn, q += bRow)
          total += a.data[p] * b.data[q];
        out[i * columns + j] = total;
      }
    } else {
      sums.fill(0);
      for (let k = 0, p = from, row = b.offset; k < inner; k++, p += aColumn, row += bRow) {
        const factor = a.data[p];
        for (let j = 0, q = row; j < columns; j++, q += bColumn) sums[j] += factor * b.data[q];
      }
      out.set(sums, i * columns);
    }
  }
  if (strong)
    for (let at = 0; at < out.length; at++) {
      // Only a sum that is NaN can have met 0 times infinity.
      if (!Number.isNaN(out[at])) continue;
      let total = 0;
      let [p, q] = [a.offset + Math.floor(at / columns) * aRow, b.offset + (at % columns) * bColumn];
      for (let k = 0; k < inner; k++, p += aColumn, q += bRow) total += strongProduct(a.data[p], b.data[q]);
      out[at] = total;
    }
  return fromData(out, [rows, columns]);
}
