import { allocate } from '../dtype.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { type ArrayTensor, dataOf, fromData, type Tensor } from '../tensor.ts';
import { permute } from './layout.ts';
import { pairwiseBlock } from './pairwise.ts';

/** The sum over `axes`, which are removed. Sums in float64, pairwise. An empty sum is 0. */
export function sum(x: Tensor, axes: readonly number[]): ArrayTensor {
  return reduce(x, axes, total);
}

/** Sums the halves separately, so that rounding grows with the logarithm of the length. */
function total(values: ArrayLike<number>, begin: number, end: number): number {
  if (end - begin > pairwiseBlock) {
    const middle = (begin + end) >>> 1;
    return total(values, begin, middle) + total(values, middle, end);
  }
  let sum = 0;
  for (let i = begin; i < end; i++) sum += values[i];
  return sum;
}

/** Running sums along an axis (from its end if reversed), in float64; for float64 input with compensation. */
export function cumsum(x: Tensor, axis: number, reverse: boolean): ArrayTensor {
  const values = dataOf(x);
  const length = x.shape[axis];
  const step = sizeOf(x.shape.slice(axis + 1));
  const out = allocate(x.dtype, values.length);
  for (let outer = 0; outer < values.length; outer += length * step)
    for (let inner = 0; inner < step; inner++) {
      let [sum, lost] = [0, 0];
      for (let i = 0; i < length; i++) {
        const at = outer + (reverse ? length - 1 - i : i) * step + inner;
        const next = sum + values[at];
        const added = next - sum;
        lost += sum - (next - added) + (values[at] - added);
        sum = next;
        // Once a sum is infinite, the compensation is NaN: ignore it.
        out[at] = Number.isNaN(lost) ? sum : sum + lost;
      }
    }
  return fromData(out, x.shape);
}

/**
 * The largest element over `axes`, which are removed. NaN if any element is NaN, -Infinity if there are none.
 */
export function maxReduce(x: Tensor, axes: readonly number[]): ArrayTensor {
  return reduce(x, axes, (values, begin, end) => {
    let best = Number.NEGATIVE_INFINITY;
    for (let i = begin; i < end; i++) best = Math.max(best, values[i]);
    return best;
  });
}

/**
 * The int32 index of the first NaN along the last axis, else of the first largest element. Removes the axis.
 */
export function argmax(x: Tensor): ArrayTensor {
  const values = dataOf(x);
  const shape = x.shape.slice(0, -1);
  const length = x.shape[x.shape.length - 1];
  const out = allocate('int32', sizeOf(shape));
  for (let row = 0; row < out.length; row++) {
    let best = 0;
    // No comparison with NaN is true, so the first NaN ends the search.
    for (let i = 1; i < length && !Number.isNaN(values[row * length + best]); i++)
      if (!(values[row * length + i] <= values[row * length + best])) best = i;
    out[row] = best;
  }
  return fromData(out, shape);
}

/** Whether every element is a finite number. */
export function allFinite(x: Tensor): boolean {
  const values = dataOf(x);
  // x · 0 is 0 only if x is finite. Four independent sums run faster than one; learners check all their state
  // often.
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < values.length; i += 4) {
    a += values[i] * 0;
    b += values[i + 1] * 0;
    c += values[i + 2] * 0;
    d += values[i + 3] * 0;
  }
  for (; i < values.length; i++) a += values[i] * 0;
  return a + b + c + d === 0;
}

type Fold = (values: ArrayLike<number>, begin: number, end: number) => number;

function reduce(x: Tensor, axes: readonly number[], fold: Fold): ArrayTensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const shape: Shape = kept.map((axis) => x.shape[axis]);
  const values = dataOf(axes.length === x.shape.length ? x : permute(x, [...kept, ...axes]));
  const run = axes.reduce((length, axis) => length * x.shape[axis], 1);
  const out = allocate(x.dtype, sizeOf(shape));
  for (let i = 0; i < out.length; i++) out[i] = fold(values, i * run, (i + 1) * run);
  return fromData(out, shape);
}
