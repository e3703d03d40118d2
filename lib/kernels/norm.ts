import { dataOf, type Tensor } from '../tensor.ts';

/** Sums of squares within these bounds have lost nothing to overflow, nor more to underflow than to rounding. */
const [least, most] = [1e-280, Number.MAX_VALUE];

/** The Euclidean norm of all elements together, in float64: infinite or zero only where it is so itself, and not where squares are. */
export function norm(tensors: readonly Tensor[]): number {
  const all = tensors.map(dataOf);
  const squares = (scale: number) => {
    let total = 0;
    for (const data of all) for (let i = 0; i < data.length; i++) total += (data[i] * scale) ** 2;
    return total;
  };
  const plain = squares(1);
  if (plain >= least && plain <= most) return Math.sqrt(plain);
  let largest = 0;
  for (const data of all) for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  // A power of two, so that nothing is rounded. 2^1074 would be infinite, and 2^1000 is enough for the smallest number.
  const scale = 2 ** -Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))));
  return Math.sqrt(squares(scale)) / scale;
}
