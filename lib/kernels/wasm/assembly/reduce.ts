// Reductions over the middle axis of x [outer, n, inner].
import { fillWith } from './elementwise';
import { addBlock, blockOf, clear, settle, STRIP, strip, wide } from './strips';
import { bytes, loadPart, storePart, wideLoss, wideSum, wideTotal, withLoss, zero } from './vector';

/** Bytes that are summed directly: 16 additions of float32 to each lane of four vectors, or 64 of float64. */
@inline function block<T>(): usize {
  return sizeof<T>() == 4 ? 1024 : 4096;
}

@inline function sumBlock<T>(x: usize, size: usize): v128 {
  let a = zero();
  let b = zero();
  let c = zero();
  let d = zero();
  let i: usize = 0;
  for (const main = size & ~63; i < main; i += 64) {
    a = v128.add<T>(a, v128.load(x + i));
    b = v128.add<T>(b, v128.load(x + i, 16));
    c = v128.add<T>(c, v128.load(x + i, 32));
    d = v128.add<T>(d, v128.load(x + i, 48));
  }
  for (const main = size & ~15; i < main; i += 16) a = v128.add<T>(a, v128.load(x + i));
  const rest = size & 15;
  if (rest) b = v128.add<T>(b, loadPart(x + i, rest));
  return v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
}

/** The sum of a dense row. */
function sumOf<T>(x: usize, size: usize): T {
  let sum = zero();
  let lost = zero();
  for (; size > block<T>(); size -= block<T>(), x += block<T>()) {
    const part = sumBlock<T>(x, block<T>());
    lost = wideLoss<T>(lost, sum, part);
    sum = wideSum<T>(sum, part);
  }
  const part = sumBlock<T>(x, size);
  lost = wideLoss<T>(lost, sum, part);
  return <T>wideTotal<T>(wideSum<T>(sum, part), lost);
}

/**
 * out += the sum of m rows, `size` bytes apart, over their first `width` bytes; four rows per pass to save
 * loads.
 */
@inline function addRows<T>(out: usize, x: usize, m: usize, size: usize, width: usize): void {
  const main = width & ~15;
  const rest = width & 15;
  for (; m >= 4; m -= 4, x += 4 * size) {
    const x2 = x + size + size;
    let i: usize = 0;
    for (; i < main; i += 16) {
      const low = v128.add<T>(v128.load(x + i), v128.load(x + size + i));
      const high = v128.add<T>(v128.load(x2 + i), v128.load(x2 + size + i));
      v128.store(out + i, v128.add<T>(v128.load(out + i), v128.add<T>(low, high)));
    }
    if (rest) {
      const low = v128.add<T>(loadPart(x + i, rest), loadPart(x + size + i, rest));
      const high = v128.add<T>(loadPart(x2 + i, rest), loadPart(x2 + size + i, rest));
      storePart(out + i, v128.add<T>(loadPart(out + i, rest), v128.add<T>(low, high)), rest);
    }
  }
  for (; m > 0; m--, x += size) {
    let i: usize = 0;
    for (; i < main; i += 16) v128.store(out + i, v128.add<T>(v128.load(out + i), v128.load(x + i)));
    if (rest) storePart(out + i, v128.add<T>(loadPart(out + i, rest), loadPart(x + i, rest)), rest);
  }
}

export function sum<T>(out: usize, x: usize, outer: usize, n: usize, inner: usize): void {
  const size = bytes<T>(inner);
  for (; outer > 0; outer--, out += size, x += n * size) {
    if (inner == 1) store<T>(out, sumOf<T>(x, bytes<T>(n)));
    else if (n <= blockOf<T>(4)) {
      memory.fill(out, 0, size);
      addRows<T>(out, x, n, size, size);
    } else
      for (let from: usize = 0; from < size; from += STRIP) {
        const part = min(size - from, STRIP);
        clear<T>(wide, part);
        memory.fill(strip, 0, part);
        for (let row: usize = 0; row < n; row += blockOf<T>(4)) {
          addRows<T>(strip, x + from + row * size, min(n - row, blockOf<T>(4)), size, part);
          addBlock<T>(wide, strip, part);
        }
        settle<T>(out + from, wide, part, 0);
      }
  }
}

/** The largest element of a dense row. */
@inline function maxOf<T>(x: usize, size: usize): T {
  let a = v128.splat<T>(<T>-Infinity);
  let b = a;
  let c = a;
  let d = a;
  let i: usize = 0;
  for (const main = size & ~63; i < main; i += 64) {
    a = v128.max<T>(a, v128.load(x + i));
    b = v128.max<T>(b, v128.load(x + i, 16));
    c = v128.max<T>(c, v128.load(x + i, 32));
    d = v128.max<T>(d, v128.load(x + i, 48));
  }
  for (const main = size & ~15; i < main; i += 16) a = v128.max<T>(a, v128.load(x + i));
  a = v128.max<T>(v128.max<T>(a, b), v128.max<T>(c, d));
  const half = v128.max<T>(a, v128.shuffle<u64>(a, a, 1, 1));
  let best = sizeof<T>() == 4 ? <T>max<f32>(f32x4.extract_lane(half, 0), f32x4.extract_lane(half, 1)) : <T>f64x2.extract_lane(half, 0);
  for (; i < size; i += sizeof<T>()) best = max<T>(best, load<T>(x + i));
  return best;
}

export function maximum<T>(out: usize, x: usize, outer: usize, n: usize, inner: usize): void {
  const size = bytes<T>(inner);
  const main = size & ~15;
  const rest = size & 15;
  for (; outer > 0; outer--, out += size) {
    if (inner == 1) {
      store<T>(out, maxOf<T>(x, bytes<T>(n)));
      x += bytes<T>(n);
      continue;
    }
    fillWith(out, v128.splat<T>(<T>-Infinity), size);
    for (let row: usize = 0; row < n; row++, x += size) {
      let i: usize = 0;
      for (; i < main; i += 16) v128.store(out + i, v128.max<T>(v128.load(out + i), v128.load(x + i)));
      if (rest) storePart(out + i, v128.max<T>(loadPart(out + i, rest), loadPart(x + i, rest)), rest);
    }
  }
}

/** Running sums along the middle axis, from the end if reversed. */
export function cumsum<T>(out: usize, x: usize, outer: usize, n: usize, inner: usize, reverse: i32): void {
  const size = bytes<T>(inner);
  const step = reverse ? -<isize>size : <isize>size;
  const first = reverse && n > 0 ? (n - 1) * size : 0;
  for (; outer > 0; outer--, out += n * size, x += n * size) {
    for (let column: usize = 0; column < size; column += sizeof<T>()) {
      let total: f64 = 0;
      let lost: f64 = 0;
      let at = first + column;
      for (let row: usize = 0; row < n; row++, at += step) {
        const value = <f64>load<T>(x + at);
        const next = total + value;
        if (sizeof<T>() == 8) {
          const added = next - total;
          lost += total - (next - added) + (value - added);
        }
        total = next;
        store<T>(out + at, <T>withLoss<T>(total, lost));
      }
    }
  }
}

export function argmax<T>(out: usize, x: usize, rows: usize, n: usize): void {
  for (; rows > 0; rows--, out += 4) {
    let best: usize = 0;
    if (n > 0) {
      let largest = load<T>(x);
      // No comparison with NaN is true, so the first NaN ends the search.
      for (let i: usize = 1; i < n && largest == largest; i++) {
        const value = load<T>(x + bytes<T>(i));
        if (!(value <= largest)) {
          largest = value;
          best = i;
        }
      }
    }
    store<u32>(out, <u32>best);
    x += bytes<T>(n);
  }
}
