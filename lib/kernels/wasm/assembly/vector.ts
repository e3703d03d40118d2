// Shared by all kernels: sizes in bytes, partly filled vectors, and accurate sums.

/** The size of n elements in bytes. */
@inline export function bytes<T>(n: usize): usize {
  return n << alignof<T>();
}

/** The first 1 to 15 bytes (whole elements) at an address; the other lanes are 0. */
export function loadPart(at: usize, size: usize): v128 {
  if (size == 4) return v128.load_zero<u32>(at);
  const low = v128.load_zero<u64>(at);
  return size == 8 ? low : v128.load_lane<u32>(at, low, 2, 8);
}

/** The first 1 to 16 bytes. */
@inline export function loadSome(at: usize, size: usize): v128 {
  return size == 16 ? v128.load(at) : loadPart(at, size);
}

/** Stores the first 1 to 15 bytes (whole elements) of a vector. */
export function storePart(at: usize, value: v128, size: usize): void {
  if (size == 4) {
    v128.store_lane<u32>(at, value, 0);
    return;
  }
  v128.store_lane<u64>(at, value, 0);
  if (size == 12) v128.store_lane<u32>(at, value, 2, 8);
}

@inline export function zero(): v128 {
  return i32x4.splat(0);
}

/** The scalar at an address, in every lane. */
@inline export function splatAt<T>(at: usize): v128 {
  return v128.load_splat<T>(at);
}

/** sum + x y: rounded twice, or once by the relaxed kernels on a machine that can. */
@inline export function madd<T>(sum: v128, x: v128, y: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(x, y, sum);
  return v128.add<T>(sum, v128.mul<T>(x, y));
}

/** x y; 0 in lanes that are NaN because a factor is 0. */
@inline export function strongMul<T>(x: v128, y: v128): v128 {
  const product = v128.mul<T>(x, y);
  const nan = v128.ne<T>(product, product);
  const zero = i32x4.splat(0);
  return v128.andnot(product, v128.and(nan, v128.or(v128.eq<T>(x, zero), v128.eq<T>(y, zero))));
}

/**
 * x / y; 0 in lanes that are NaN because x is 0 or y infinite, like x times the reciprocal of y in strongMul.
 */
@inline export function strongDiv<T>(x: v128, y: v128): v128 {
  const quotient = v128.div<T>(x, y);
  const nan = v128.ne<T>(quotient, quotient);
  if (!v128.any_true(nan)) return quotient;
  const none = v128.or(v128.eq<T>(x, i32x4.splat(0)), v128.eq<T>(v128.abs<T>(y), v128.splat<T>(<T>Infinity)));
  return v128.andnot(quotient, v128.and(nan, none));
}

/**
 * A long sum in float32 loses a digit for every tenfold of its length. So a few additions per lane are summed
 * directly, and these block sums are added up in float64; for float64 input, with compensation.
 */
@inline export function wideSum<T>(sum: v128, part: v128): v128 {
  if (sizeof<T>() == 8) return f64x2.add(sum, part);
  return f64x2.add(sum, f64x2.add(lowHalf(part), highHalf(part)));
}

/** The compensation of a float64 sum after adding `part` (Knuth's TwoSum). */
@inline export function wideLoss<T>(lost: v128, sum: v128, part: v128): v128 {
  if (sizeof<T>() == 4) return lost;
  const total = f64x2.add(sum, part);
  const added = f64x2.sub(total, sum);
  return f64x2.add(lost, f64x2.add(f64x2.sub(sum, f64x2.sub(total, added)), f64x2.sub(part, added)));
}

/** The sum over the lanes of a wide sum. */
@inline export function wideTotal<T>(sum: v128, lost: v128): f64 {
  return withLoss<T>(
    f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1),
    f64x2.extract_lane(lost, 0) + f64x2.extract_lane(lost, 1),
  );
}

/** A float64 sum plus its compensation, which is NaN, and ignored, once the sum is infinite. */
@inline export function withLoss<T>(sum: f64, lost: f64): f64 {
  return sizeof<T>() == 8 && lost == lost ? sum + lost : sum;
}

/** The first two of four float32, as float64. */
@inline export function lowHalf(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** The last two of four float32, as float64. */
@inline export function highHalf(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u64>(v, v, 1, 1));
}
