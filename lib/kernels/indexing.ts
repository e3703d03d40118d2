import { allocate, type TypedArray } from '../dtype.ts';
import { IndexError } from '../errors.ts';
import { formatShape, sizeOf } from '../shape.ts';
import { type ArrayTensor, dataOf, fromData, type Tensor } from '../tensor.ts';
import { fewRows } from './pairwise.ts';

/**
 * Rows of x, of shape [...ids.shape, ...x.shape without its first axis]. @throws IndexError if an id is out
 * of range.
 */
export function gather(x: Tensor, ids: Tensor): ArrayTensor {
  const [values, rows] = [dataOf(x), checkedIds(ids, x.shape[0], 'gather', x)];
  const rest = x.shape.slice(1);
  const width = sizeOf(rest);
  const out = allocate(x.dtype, rows.length * width);
  for (let i = 0; i < rows.length; i++)
    out.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return fromData(out, [...ids.shape, ...rest]);
}

/**
 * Zeros of shape [size, ...rest] plus the rows of x at ids: the transpose of `gather`. Many rows are summed
 * in float64.
 */
export function scatterAdd(x: Tensor, ids: Tensor, size: number): ArrayTensor {
  const [values, rows] = [dataOf(x), checkedIds(ids, size, 'scatterAdd', x)];
  const rest = x.shape.slice(ids.shape.length);
  const width = sizeOf(rest);
  const isWide = rows.length > fewRows && x.dtype === 'float32';
  const sums = allocate(isWide ? 'float64' : x.dtype, size * width);
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < width; j++) sums[rows[i] * width + j] += values[i * width + j];
  return fromData(isWide ? new Float32Array(sums) : sums, [size, ...rest]);
}

function checkedIds(ids: Tensor, size: number, who: string, x: Tensor): TypedArray {
  const rows = dataOf(ids);
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] < 0 || rows[i] >= size)
      throw new IndexError(
        `${who}: index ${rows[i]}${ids.label ? ` of ${ids.label}` : ''} is outside 0..${size - 1}, the rows of ${x.label ?? 'a tensor'} ${formatShape(x.shape)}`,
      );
  }
  return rows;
}
