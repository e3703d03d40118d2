// Comparisons write int32 and `select` reads int32, whatever the width of the compared elements.
import * as op from './opcodes';
import { loadPart, storePart } from './vector';

@inline function holds<T>(code: i32, x: T, y: T): i32 {
  return code == op.LESSERS ? i32(x < y) : i32(x > y);
}

/** The mask of up to four elements. */
@inline function compared<T>(code: i32, x: v128, y: v128): v128 {
  return code == op.LESSERS ? v128.lt<T>(x, y) : v128.gt<T>(x, y);
}

@inline function compare<T>(code: i32, out: usize, x: usize, y: usize, step: usize, n: usize): void {
  // `step` is 0 for a scalar y, else 1. Both are constant after inlining.
  let i: usize = 0;
  const s = step ? f32x4.splat(0) : v128.load_splat<T>(y);
  for (const main = n & ~3; i < main; i += 4) {
    const at = i << alignof<T>();
    let mask = compared<T>(code, v128.load(x + at), step ? v128.load(y + at) : s);
    if (sizeof<T>() == 8) mask = v128.shuffle<i32>(mask, compared<T>(code, v128.load(x + at, 16), step ? v128.load(y + at, 16) : s), 0, 2, 4, 6);
    v128.store(out + (i << 2), v128.and(mask, i32x4.splat(1)));
  }
  for (; i < n; i++) {
    const at = i << alignof<T>();
    store<i32>(out + (i << 2), holds<T>(code, load<T>(x + at), load<T>(y + at * step)));
  }
}

export function greater<T>(out: usize, x: usize, y: usize, n: usize): void { compare<T>(op.GREATER, out, x, y, 1, n); }
export function greaters<T>(out: usize, x: usize, y: usize, n: usize): void { compare<T>(op.GREATERS, out, x, y, 0, n); }
export function lessers<T>(out: usize, x: usize, y: usize, n: usize): void { compare<T>(op.LESSERS, out, x, y, 0, n); }

@inline function kept<T>(x: v128, mask: v128, inverted: v128): v128 {
  const zero = v128.xor(i32x4.eq(mask, i32x4.splat(0)), inverted);
  return v128.andnot(x, sizeof<T>() == 4 ? zero : i64x2.extend_low_i32x4_s(zero));
}

export function select<T>(out: usize, x: usize, mask: usize, inverted: i32, n: usize): void {
  const flip = i32x4.splat(-inverted);
  const size = n << alignof<T>();
  const main = size & ~15;
  let i: usize = 0;
  if (sizeof<T>() == 4) for (; i < main; i += 16) v128.store(out + i, kept<T>(v128.load(x + i), v128.load(mask + i), flip));
  else for (; i < main; i += 16) v128.store(out + i, kept<T>(v128.load(x + i), v128.load_zero<u64>(mask + (i >> 1)), flip));
  const rest = size & 15;
  if (!rest) return;
  const flags = sizeof<T>() == 4 ? loadPart(mask + i, rest) : v128.load_zero<u32>(mask + (i >> 1));
  storePart(out + i, kept<T>(loadPart(x + i, rest), flags, flip), rest);
}
