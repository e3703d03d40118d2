// Tests for finite numbers: an exponent of all ones means infinity or NaN.
import { bytes, loadPart } from './vector';

@inline function exponents<T>(): v128 {
  return sizeof<T>() == 4 ? i32x4.splat(0x7f800000) : i64x2.splat(0x7ff0000000000000);
}

/** All ones in the lanes that are not finite. */
@inline function broken<T>(x: v128): v128 {
  const mask = exponents<T>();
  return sizeof<T>() == 4 ? i32x4.eq(v128.and(x, mask), mask) : i64x2.eq(v128.and(x, mask), mask);
}

function finite<T>(x: usize, n: usize): bool {
  const size = bytes<T>(n);
  let a = i32x4.splat(0);
  let b = a;
  let i: usize = 0;
  for (const main = size & ~31; i < main; i += 32) {
    a = v128.or(a, broken<T>(v128.load(x + i)));
    b = v128.or(b, broken<T>(v128.load(x + i, 16)));
  }
  for (const main = size & ~15; i < main; i += 16) a = v128.or(a, broken<T>(v128.load(x + i)));
  const rest = size & 15;
  if (rest) b = v128.or(b, broken<T>(loadPart(x + i, rest)));
  return !v128.any_true(v128.or(a, b));
}

export function finite32(at: usize, size: usize): bool {
  return finite<f32>(at, size);
}

export function finite64(at: usize, size: usize): bool {
  return finite<f64>(at, size);
}
