// sin and cos of four float32, computed in float64, so they round correctly but for rare ties.

// sin r / r - 1, and cos r - 1, as Taylor series in r²: on |r| <= π/4 their error is far below float32
// rounding.
const SIN = memory.data<f64>([-0.16666666666666666, 0.008333333333333333, -0.0001984126984126984, 2.7557319223985893e-6, -2.505210838544172e-8]);
const COS = memory.data<f64>([-0.5, 0.041666666666666664, -0.001388888888888889, 0.0000248015873015873, -2.755731922398589e-7, 2.08767569878681e-9]);
const TWO_OVER_PI: f64 = 0.6366197723675814;
/** π/2 in two parts; integers below 2^20 times the first are exact. */
const HIGH: f64 = 1.57079632673412561417;
const LOW: f64 = 6.07710050650619224932e-11;
const ROUND: f64 = 6755399441055744;
/** Beyond this, and for NaN, the quadrant needs more digits of π. */
const FAR: f32 = 100000;

@inline function coefficient(table: usize, i: usize): v128 {
  return v128.load_splat<f64>(table + (i << 3));
}

/** sin(x + shift·π/2) of two float64 below FAR. */
@inline function sinShifted(x: v128, shift: i64): v128 {
  const bits = f64x2.add(f64x2.mul(x, f64x2.splat(TWO_OVER_PI)), f64x2.splat(ROUND));
  const n = f64x2.sub(bits, f64x2.splat(ROUND));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, f64x2.splat(HIGH))), f64x2.mul(n, f64x2.splat(LOW)));
  const rr = f64x2.mul(r, r);
  let s = coefficient(SIN, 4);
  s = f64x2.add(f64x2.mul(s, rr), coefficient(SIN, 3));
  s = f64x2.add(f64x2.mul(s, rr), coefficient(SIN, 2));
  s = f64x2.add(f64x2.mul(s, rr), coefficient(SIN, 1));
  s = f64x2.add(f64x2.mul(s, rr), coefficient(SIN, 0));
  s = f64x2.add(r, f64x2.mul(f64x2.mul(r, rr), s));
  let c = coefficient(COS, 5);
  c = f64x2.add(f64x2.mul(c, rr), coefficient(COS, 4));
  c = f64x2.add(f64x2.mul(c, rr), coefficient(COS, 3));
  c = f64x2.add(f64x2.mul(c, rr), coefficient(COS, 2));
  c = f64x2.add(f64x2.mul(c, rr), coefficient(COS, 1));
  c = f64x2.add(f64x2.mul(c, rr), coefficient(COS, 0));
  c = f64x2.add(f64x2.splat(1), f64x2.mul(c, rr));
  // Odd quadrants take the cosine; the second bit of the quadrant is the sign.
  const quadrant = i64x2.add(bits, i64x2.splat(shift));
  const odd = i64x2.neg(v128.and(quadrant, i64x2.splat(1)));
  const sign = i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}

@inline function near(x: v128): bool {
  return i32x4.all_true(f32x4.lt(f32x4.abs(x), f32x4.splat(FAR)));
}

@inline function shifted(x: v128, shift: i64): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<u64>(x, x, 1, 1));
  const first = f32x4.demote_f64x2_zero(sinShifted(low, shift));
  const second = f32x4.demote_f64x2_zero(sinShifted(high, shift));
  return v128.shuffle<u64>(first, second, 0, 2);
}

export function sin32(x: v128): v128 {
  // Keep -0: adding a rounded 0 would lose its sign.
  if (near(x)) return v128.bitselect(x, shifted(x, 0), f32x4.eq(x, f32x4.splat(0)));
  const y = f32x4.splat(<f32>NativeMath.sin(<f64>f32x4.extract_lane(x, 0)));
  const z = f32x4.replace_lane(y, 1, <f32>NativeMath.sin(<f64>f32x4.extract_lane(x, 1)));
  const u = f32x4.replace_lane(z, 2, <f32>NativeMath.sin(<f64>f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(u, 3, <f32>NativeMath.sin(<f64>f32x4.extract_lane(x, 3)));
}

export function cos32(x: v128): v128 {
  if (near(x)) return shifted(x, 1);
  const y = f32x4.splat(<f32>NativeMath.cos(<f64>f32x4.extract_lane(x, 0)));
  const z = f32x4.replace_lane(y, 1, <f32>NativeMath.cos(<f64>f32x4.extract_lane(x, 1)));
  const u = f32x4.replace_lane(z, 2, <f32>NativeMath.cos(<f64>f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(u, 3, <f32>NativeMath.cos(<f64>f32x4.extract_lane(x, 3)));
}
