// Sums down the columns of a matrix that is read row after row, a strip of columns at a time: a block of rows is summed in the strip's
// own dtype, and the blocks in a wider one.
import { panelsA } from './scratch';
import { highHalf, lowHalf, wideLoss, withLoss } from './vector';

/** Bytes of a strip, which stay in the first-level cache together with its wide sums. */
export const STRIP: usize = 4096;
/** The rows of a block, of which several are added at a time: 32 additions of float32, or 128 of float64. */
@inline export function blockOf<T>(atATime: usize): usize {
  return atATime << (sizeof<T>() == 4 ? 5 : 7);
}

/** What the rows of a block have come to; the first vector after the end of a strip may be written. */
export const strip = panelsA;
export const strip2 = strip + 4096 + 64;
/** Float64 sums of a strip of float32; of a strip of float64, its sums, and then what they have lost. */
export const wide = strip2 + 4096 + 64;
export const wide2 = wide + 8192 + 128;
const LOST: usize = 4096 + 64;

/** Clears the first `size` bytes of a strip's sums. */
export function clear<T>(sums: usize, size: usize): void {
  if (sizeof<T>() == 4) memory.fill(sums, 0, 2 * size);
  else {
    memory.fill(sums, 0, size);
    memory.fill(sums + LOST, 0, size);
  }
}

/** Adds a block to the sums, and clears it. */
export function addBlock<T>(sums: usize, block: usize, size: usize): void {
  const nothing = i32x4.splat(0);
  for (let i: usize = 0; i < size; i += 16) {
    const part = v128.load(block + i);
    v128.store(block + i, nothing);
    if (sizeof<T>() == 4) {
      const to = sums + 2 * i;
      v128.store(to, f64x2.add(v128.load(to), lowHalf(part)));
      v128.store(to, f64x2.add(v128.load(to, 16), highHalf(part)), 16);
    } else {
      const to = sums + i;
      const sum = v128.load(to);
      v128.store(to + LOST, wideLoss<T>(v128.load(to + LOST), sum, part));
      v128.store(to, f64x2.add(sum, part));
    }
  }
}

/** Writes the sums, or adds them to what is there. */
export function settle<T>(out: usize, sums: usize, size: usize, accumulate: i32): void {
  for (let i: usize = 0; i < size; i += sizeof<T>()) {
    let total: f64 = accumulate ? <f64>load<T>(out + i) : 0;
    if (sizeof<T>() == 4) total += load<f64>(sums + 2 * i);
    else total = withLoss<T>(total + load<f64>(sums + i), load<f64>(sums + i + LOST));
    store<T>(out + i, <T>total);
  }
}
