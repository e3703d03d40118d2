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
  let i: u32 = 0;
  if (left == 2 && inStride == sizeof<T>()) {
    const inner = <isize>load<i32>(sizes + 4 + (rank << 3)) << alignof<T>();
    // Of a transposed matrix, four rows at once.
    if (sizeof<T>() == 4 && load<i32>(sizes + 4 + (rank << 2)) == 1 && inner > 4)
      for (; i + 4 <= n; i += 4, out += 4 * outStride, x += 16) fourRows(out, x, load<u32>(sizes + 4), outStride, inner);
  }
  for (; i < n; i++, out += outStride, x += inStride) axes<T>(out, x, rank, sizes + 4, left - 1);
}

/** Four rows of n float32 from four columns, which begin at x and whose elements are `inStride` bytes apart. */
function fourRows(out: usize, x: usize, n: usize, outStride: isize, inStride: isize): void {
  const main = n & ~3;
  let at: usize = 0;
  for (; at < main; at += 4, x += 4 * inStride) {
    const a = v128.load(x);
    const b = v128.load(x + inStride);
    const c = v128.load(x + 2 * inStride);
    const d = v128.load(x + 3 * inStride);
    const low = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
    const low2 = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
    const high = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
    const high2 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
    const to = out + (at << 2);
    v128.store(to, v128.shuffle<u64>(low, low2, 0, 2));
    v128.store(to + outStride, v128.shuffle<u64>(low, low2, 1, 3));
    v128.store(to + 2 * outStride, v128.shuffle<u64>(high, high2, 0, 2));
    v128.store(to + 3 * outStride, v128.shuffle<u64>(high, high2, 1, 3));
  }
  for (; at < n; at++, x += inStride) {
    const to = out + (at << 2);
    store<u32>(to, load<u32>(x));
    store<u32>(to + outStride, load<u32>(x, 4));
    store<u32>(to + 2 * outStride, load<u32>(x, 8));
    store<u32>(to + 3 * outStride, load<u32>(x, 12));
  }
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
