// Moves elements as bits: strided copies, and rows picked by int32 indices.
import { copyBytes, fillWith } from './elementwise';
import { bytes, loadPart, storePart } from './vector';

/** `sizes` points to rank sizes, rank strides of out and rank strides of x, int32 in elements. */
export function strided<T>(out: usize, x: usize, rank: usize, sizes: usize): void {
  if (rank == 0) copyBytes(out, x, sizeof<T>());
  else axes<T>(out, x, rank, sizes, rank);
}

/** Copies the last `left` of `rank` axes; `sizes` points to the size of the first of these. */
function axes<T>(out: usize, x: usize, rank: usize, sizes: usize, left: usize): void {
  const n = load<u32>(sizes);
  const outStride = <isize>load<i32>(sizes + (rank << 2)) << alignof<T>();
  const inStride = <isize>load<i32>(sizes + (rank << 3)) << alignof<T>();
  if (left == 1) {
    line<T>(out, x, n, outStride, inStride);
    return;
  }
  for (let i: u32 = 0; i < n; i++, out += outStride, x += inStride) axes<T>(out, x, rank, sizes + 4, left - 1);
}

@inline function line<T>(out: usize, x: usize, n: usize, outStride: isize, inStride: isize): void {
  if (outStride == sizeof<T>()) {
    if (inStride == sizeof<T>()) {
      copyBytes(out, x, bytes<T>(n));
      return;
    }
    if (inStride == 0) {
      if (n > 0) fillWith(out, v128.load_splat<T>(x), bytes<T>(n));
      return;
    }
  }
  for (; n > 0; n--, out += outStride, x += inStride) {
    if (sizeof<T>() == 4) store<u32>(out, load<u32>(x));
    else store<u64>(out, load<u64>(x));
  }
}

export function gather<T>(out: usize, x: usize, ids: usize, count: usize, width: usize): void {
  const size = bytes<T>(width);
  for (; count > 0; count--, out += size, ids += 4) copyBytes(out, x + load<usize>(ids) * size, size);
}

export function scatteradd<T>(out: usize, x: usize, ids: usize, count: usize, width: usize, rows: usize, lost: usize): void {
  const size = bytes<T>(width);
  const main = size & ~15;
  const rest = size & 15;
  memory.fill(out, 0, rows * size);
  if (lost) {
    scatterMany<T>(out, x, ids, count, size, rows, lost);
    return;
  }
  for (; count > 0; count--, x += size, ids += 4) {
    const row = out + load<usize>(ids) * size;
    let i: usize = 0;
    for (; i < main; i += 16) v128.store(row + i, v128.add<T>(v128.load(row + i), v128.load(x + i)));
    if (rest) storePart(row + i, v128.add<T>(loadPart(row + i, rest), loadPart(x + i, rest)), rest);
  }
}

/**
 * The same with compensation: the loss of each addition joins the next part, as in a separate sum it would
 * lose digits again.
 */
function scatterMany<T>(out: usize, x: usize, ids: usize, count: usize, size: usize, rows: usize, lost: usize): void {
  const main = size & ~15;
  const rest = size & 15;
  memory.fill(lost, 0, rows * size);
  for (; count > 0; count--, x += size, ids += 4) {
    const at = load<usize>(ids) * size;
    let i: usize = 0;
    for (; i < main; i += 16) {
      const sum = v128.load(out + at + i);
      const part = v128.add<T>(v128.load(x + i), v128.load(lost + at + i));
      v128.store(lost + at + i, loss<T>(sum, part));
      v128.store(out + at + i, v128.add<T>(sum, part));
    }
    if (!rest) continue;
    const sum = loadPart(out + at + i, rest);
    const part = v128.add<T>(loadPart(x + i, rest), loadPart(lost + at + i, rest));
    storePart(lost + at + i, loss<T>(sum, part), rest);
    storePart(out + at + i, v128.add<T>(sum, part), rest);
  }
}

/** The rounding error of adding a part to a sum (Knuth's TwoSum); 0 if the sum is not finite. */
@inline function loss<T>(sum: v128, part: v128): v128 {
  const total = v128.add<T>(sum, part);
  const added = v128.sub<T>(total, sum);
  const left = v128.add<T>(v128.sub<T>(sum, v128.sub<T>(total, added)), v128.sub<T>(part, added));
  return v128.and(left, v128.eq<T>(left, left));
}
