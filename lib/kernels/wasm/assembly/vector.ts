// What every kernel shares: sizes in bytes, and vectors that are only partly filled.

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

/** Stores the first 1 to 15 bytes (whole elements) of a vector. */
export function storePart(at: usize, value: v128, size: usize): void {
  if (size == 4) {
    v128.store_lane<u32>(at, value, 0);
    return;
  }
  v128.store_lane<u64>(at, value, 0);
  if (size == 12) v128.store_lane<u32>(at, value, 2, 8);
}

/** The scalar at an address, in every lane. */
@inline export function splatAt<T>(at: usize): v128 {
  return v128.load_splat<T>(at);
}

/** The sum of the lanes. */
@inline export function sumLanes<T>(v: v128): T {
  if (sizeof<T>() == 4) {
    const half = v128.add<f32>(v, v128.shuffle<u64>(v, v, 1, 1));
    return <T>(v128.extract_lane<f32>(half, 0) + v128.extract_lane<f32>(half, 1));
  }
  return <T>(v128.extract_lane<f64>(v, 0) + v128.extract_lane<f64>(v, 1));
}

/** sum + x y: rounded twice, or once where the relaxed kernels run on a machine that can. */
@inline export function madd<T>(sum: v128, x: v128, y: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(x, y, sum);
  return v128.add<T>(sum, v128.mul<T>(x, y));
}

/** x y, and 0 in the lanes where that is NaN because one of the two is 0. */
@inline export function strongMul<T>(x: v128, y: v128): v128 {
  const product = v128.mul<T>(x, y);
  const nan = v128.ne<T>(product, product);
  const zero = i32x4.splat(0);
  return v128.andnot(product, v128.and(nan, v128.or(v128.eq<T>(x, zero), v128.eq<T>(y, zero))));
}
