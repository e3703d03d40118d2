// Reductions over the middle axis of x [outer, n, inner].
import * as op from './opcodes';
import { fillWith } from './elementwise';
import { bytes, loadPart, storePart, sumLanes } from './vector';

@inline function combine<T>(code: i32, x: v128, y: v128): v128 {
  return code == op.SUM ? v128.add<T>(x, y) : v128.max<T>(x, y);
}

@inline function neutral<T>(code: i32): T {
  return code == op.SUM ? <T>0 : <T>-Infinity;
}

/** The fold of a dense row. */
@inline function fold<T>(code: i32, x: usize, size: usize): T {
  let a = v128.splat<T>(neutral<T>(code));
  let b = a;
  let c = a;
  let d = a;
  let i: usize = 0;
  for (const main = size & ~63; i < main; i += 64) {
    a = combine<T>(code, a, v128.load(x + i));
    b = combine<T>(code, b, v128.load(x + i, 16));
    c = combine<T>(code, c, v128.load(x + i, 32));
    d = combine<T>(code, d, v128.load(x + i, 48));
  }
  for (const main = size & ~15; i < main; i += 16) a = combine<T>(code, a, v128.load(x + i));
  a = combine<T>(code, combine<T>(code, a, b), combine<T>(code, c, d));
  let total: T = 0;
  if (code == op.SUM) total = sumLanes<T>(a);
  else {
    const half = v128.max<T>(a, v128.shuffle<u64>(a, a, 1, 1));
    total = sizeof<T>() == 4 ? <T>max<f32>(f32x4.extract_lane(half, 0), f32x4.extract_lane(half, 1)) : <T>f64x2.extract_lane(half, 0);
  }
  for (; i < size; i += sizeof<T>()) total = code == op.SUM ? <T>(total + load<T>(x + i)) : max<T>(total, load<T>(x + i));
  return total;
}

@inline function reduce<T>(code: i32, out: usize, x: usize, outer: usize, n: usize, inner: usize): void {
  if (inner == 1) {
    const size = bytes<T>(n);
    for (; outer > 0; outer--, out += sizeof<T>(), x += size) store<T>(out, fold<T>(code, x, size));
    return;
  }
  const size = bytes<T>(inner);
  const main = size & ~15;
  const rest = size & 15;
  const nothing = v128.splat<T>(neutral<T>(code));
  for (; outer > 0; outer--, out += size) {
    fillWith(out, nothing, size);
    for (let row: usize = 0; row < n; row++, x += size) {
      let i: usize = 0;
      for (; i < main; i += 16) v128.store(out + i, combine<T>(code, v128.load(out + i), v128.load(x + i)));
      if (rest) storePart(out + i, combine<T>(code, loadPart(out + i, rest), loadPart(x + i, rest)), rest);
    }
  }
}

export function sum<T>(out: usize, x: usize, outer: usize, n: usize, inner: usize): void {
  reduce<T>(op.SUM, out, x, outer, n, inner);
}

export function maximum<T>(out: usize, x: usize, outer: usize, n: usize, inner: usize): void {
  reduce<T>(op.MAX, out, x, outer, n, inner);
}

export function argmax<T>(out: usize, x: usize, rows: usize, n: usize): void {
  for (; rows > 0; rows--, out += 4) {
    let best: usize = 0;
    if (n > 0) {
      let largest = load<T>(x);
      for (let i: usize = 1; i < n; i++) {
        const value = load<T>(x + bytes<T>(i));
        if (value > largest) {
          largest = value;
          best = i;
        }
      }
    }
    store<u32>(out, <u32>best);
    x += bytes<T>(n);
  }
}
