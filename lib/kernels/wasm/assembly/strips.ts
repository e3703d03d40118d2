// Column sums of a matrix read row by row, one strip of columns at a time: a block of rows is summed in the
// matrix's own dtype, the blocks in a wider one.
import { panelsA } from './scratch';
import { highHalf, lowHalf, wideLoss, withLoss } from './vector';

/** Bytes of a strip, which fit the first-level cache together with its wide sums. */
export const STRIP: usize = 4096;
/** Rows per block, `atATime` of them added at once: 32 additions of float32, or 128 of float64. */
@inline export function blockOf<T>(atATime: usize): usize {
  return atATime << (sizeof<T>() == 4 ? 5 : 7);
}

/** The sums of a block's rows. The first vector past the end of a strip may be overwritten. */
export const strip = panelsA;
export const strip2 = strip + 4096 + 64;
/** The sums of a strip: float64 for float32 input; for float64 input the sums, then their compensations. */
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

/** Stores the sums, or adds them to out. */
export function settle<T>(out: usize, sums: usize, size: usize, accumulate: i32): void {
  for (let i: usize = 0; i < size; i += sizeof<T>()) {
    let total: f64 = accumulate ? <f64>load<T>(out + i) : 0;
    if (sizeof<T>() == 4) total += load<f64>(sums + 2 * i);
    else total = withLoss<T>(total + load<f64>(sums + i), load<f64>(sums + i + LOST));
    store<T>(out + i, <T>total);
  }
}
