import type { FloatDType } from '../dtype.ts';
import { dataOf, type Tensor } from '../tensor.ts';

/**
 * Within these bounds a sum of squares, in its own dtype, has not overflowed nor lost digits to underflow.
 */
const plain: Readonly<Record<FloatDType, readonly [least: number, most: number]>> = {
  float32: [2 ** -60, (2 - 2 ** -23) * 2 ** 127],
  float64: [2 ** -900, Number.MAX_VALUE],
};

/** Whether the root of a sum of squares, computed in this dtype, is an accurate norm. */
export function isPlainSquare(squares: number, dtype: FloatDType): boolean {
  const [least, most] = plain[dtype];
  return squares >= least && squares <= most;
}

/**
 * unit · √Σx² over all elements of all tensors, in float64, for a unit that is a power of two. Rescales if
 * the squares would overflow or underflow.
 */
export function norm(tensors: readonly Tensor[], unit = 1): number {
  const all = tensors.map(dataOf);
  const squares = (scale: number) => {
    let total = 0;
    for (const data of all) for (let i = 0; i < data.length; i++) total += (data[i] * scale) ** 2;
    return total;
  };
  const own = squares(1);
  if (isPlainSquare(own, 'float64')) return Math.sqrt(own) * unit;
  let largest = 0;
  for (const data of all)
    for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  // A power of two, so scaling does not round; limited so that it stays finite itself.
  const scale = 2 ** -Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))));
  // Multiply by the unit first: together with it, a norm beyond float64 may be within range.
  return (Math.sqrt(squares(scale)) * unit) / scale;
}
