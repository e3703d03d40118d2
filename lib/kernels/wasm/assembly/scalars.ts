// Functions computed number by number. Those of float32 use float64, so they round correctly but for rare
// ties.

@inline function of4(a: f64, b: f64, c: f64, d: f64): v128 {
  const ab = f32x4.replace_lane(f32x4.splat(<f32>a), 1, <f32>b);
  return f32x4.replace_lane(f32x4.replace_lane(ab, 2, <f32>c), 3, <f32>d);
}

@inline function of2(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

export function log1p64(x: v128): v128 {
  return of2(NativeMath.log1p(f64x2.extract_lane(x, 0)), NativeMath.log1p(f64x2.extract_lane(x, 1)));
}

export function expm1F64(x: v128): v128 {
  return of2(NativeMath.expm1(f64x2.extract_lane(x, 0)), NativeMath.expm1(f64x2.extract_lane(x, 1)));
}

export function atan64(x: v128): v128 {
  return of2(NativeMath.atan(f64x2.extract_lane(x, 0)), NativeMath.atan(f64x2.extract_lane(x, 1)));
}

export function atan32(x: v128): v128 {
  return of4(
    NativeMath.atan(<f64>f32x4.extract_lane(x, 0)),
    NativeMath.atan(<f64>f32x4.extract_lane(x, 1)),
    NativeMath.atan(<f64>f32x4.extract_lane(x, 2)),
    NativeMath.atan(<f64>f32x4.extract_lane(x, 3)),
  );
}

export function pow64(x: v128, y: v128): v128 {
  return of2(
    power(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0)),
    power(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1)),
  );
}

export function pow32(x: v128, y: v128): v128 {
  return of4(
    power(<f64>f32x4.extract_lane(x, 0), <f64>f32x4.extract_lane(y, 0)),
    power(<f64>f32x4.extract_lane(x, 1), <f64>f32x4.extract_lane(y, 1)),
    power(<f64>f32x4.extract_lane(x, 2), <f64>f32x4.extract_lane(y, 2)),
    power(<f64>f32x4.extract_lane(x, 3), <f64>f32x4.extract_lane(y, 3)),
  );
}

/** x^y as in C: 1^y and x^0 are 1 even for NaN, and (-1)^±∞ is 1. */
function power(x: f64, y: f64): f64 {
  if (x == 1 || y == 0) return 1;
  if (x == -1 && abs<f64>(y) == Infinity) return 1;
  return NativeMath.pow(x, y);
}
