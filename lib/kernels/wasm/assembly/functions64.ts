// Functions of two float64 at once where that pays; the rest one by one.

const LOG2E: f64 = 1.4426950408889634;
/** ln 2 in two parts; integers below 2^20 times the first are exact. */
const LN2_HIGH: f64 = 6.93147180369123816490e-01;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
/** Adding this to a float64 below 2^51 rounds it to an integer, found in the low bits. */
const ROUND: f64 = 6755399441055744;

// 1/k! from k = 2.
const FACTORIAL = memory.data<f64>([
  0.5, 0.16666666666666666, 0.041666666666666664, 0.008333333333333333,
  0.001388888888888889, 0.0001984126984126984, 2.48015873015873e-05, 2.7557319223985893e-06,
  2.755731922398589e-07, 2.505210838544172e-08, 2.08767569878681e-09, 1.6059043836821613e-10,
]);
// 1/k.
const INVERSE = memory.data<f64>([
  0, 1, 0.5, 0.3333333333333333, 0.25, 0.2, 0.16666666666666666, 0.14285714285714285, 0.125, 0.1111111111111111, 0.1,
  0.09090909090909091, 0.08333333333333333, 0.07692307692307693, 0.07142857142857142, 0.06666666666666667, 0.0625,
  0.058823529411764705,
]);
// erf and its derivative at 0, 1/4, 1/2, ..., 6.
const ERF = memory.data<f64>([
  0.0, 1.1283791670955126, 0.27632639016823696, 1.0600141293761143,
  0.5204998778130465, 0.8787825789354448, 0.7111556336535151, 0.6429310691952074,
  0.8427007929497149, 0.4151074974205947, 0.9229001282564583, 0.2365211224472908,
  0.9661051464753108, 0.11893028922362937, 0.9866716712191824, 0.05277499593015037,
  0.9953222650189527, 0.020666985354092053, 0.9985372834133188, 0.007142319022017983,
  0.999593047982555, 0.0021782842303527095, 0.9998993780778803, 0.0005862772470937923,
  0.9999779095030014, 0.00013925305194674786, 0.9999956972205363, 2.9189025383581702e-05,
  0.9999992569016276, 5.399426777384783e-06, 0.9999998862727434, 8.814321912318039e-07,
  0.9999999845827421, 1.2698234671866558e-07, 0.9999999981494259, 1.6143993719507412e-08,
  0.9999999998033839, 1.81130589590869e-09, 0.9999999999815149, 1.7934357034341337e-10,
  0.9999999999984626, 1.5670866531017336e-11, 0.9999999999998869, 1.2084074716006755e-12,
  0.9999999999999927, 8.223316045262922e-14, 0.9999999999999996, 4.938485140964219e-15,
  1.0, 2.617301239249265e-16,
]);

@inline function coefficient(i: usize): v128 {
  return v128.load_splat<f64>(FACTORIAL + (i << 3));
}

/** 2ⁿ for int64 n, within the normal range. */
@inline function power2(n: v128): v128 {
  return i64x2.shl(i64x2.add(n, i64x2.splat(1023)), 52);
}

@inline function roundedBits(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(LOG2E)), f64x2.splat(ROUND));
}

@inline function remainder(x: v128, n: v128): v128 {
  return f64x2.sub(f64x2.sub(x, f64x2.mul(n, f64x2.splat(LN2_HIGH))), f64x2.mul(n, f64x2.splat(LN2_LOW)));
}

/** e^r - 1 for |r| <= ln2/2: Taylor's polynomial of degree 13. */
@inline function expm1Core(r: v128): v128 {
  let q = coefficient(11);
  q = f64x2.add(f64x2.mul(q, r), coefficient(10));
  q = f64x2.add(f64x2.mul(q, r), coefficient(9));
  q = f64x2.add(f64x2.mul(q, r), coefficient(8));
  q = f64x2.add(f64x2.mul(q, r), coefficient(7));
  q = f64x2.add(f64x2.mul(q, r), coefficient(6));
  q = f64x2.add(f64x2.mul(q, r), coefficient(5));
  q = f64x2.add(f64x2.mul(q, r), coefficient(4));
  q = f64x2.add(f64x2.mul(q, r), coefficient(3));
  q = f64x2.add(f64x2.mul(q, r), coefficient(2));
  q = f64x2.add(f64x2.mul(q, r), coefficient(1));
  q = f64x2.add(f64x2.mul(q, r), coefficient(0));
  return f64x2.add(r, f64x2.mul(f64x2.mul(r, r), q));
}

@inline export function exp64(value: v128): v128 {
  const x = f64x2.pmax(f64x2.pmin(value, f64x2.splat(710)), f64x2.splat(-746));
  const bits = roundedBits(x);
  const n = i64x2.sub(bits, i64x2.splat(reinterpret<i64>(ROUND)));
  const y = f64x2.add(expm1Core(remainder(x, f64x2.sub(bits, f64x2.splat(ROUND)))), f64x2.splat(1));
  // In two steps, so that results below 2^-1022 round once and those above 2^1024 overflow.
  const half = i64x2.shr_s(n, 1);
  return f64x2.mul(f64x2.mul(y, power2(half)), power2(i64x2.sub(n, half)));
}

/** E/(E+2) with E = e^2|x| - 1: accurate for small x. */
@inline export function tanh64(x: v128): v128 {
  const sign = v128.and(x, i64x2.splat(0x8000000000000000));
  const size = f64x2.pmin(v128.xor(x, sign), f64x2.splat(22));
  const twice = f64x2.add(size, size);
  const bits = roundedBits(twice);
  const scale = power2(i64x2.sub(bits, i64x2.splat(reinterpret<i64>(ROUND))));
  const r = remainder(twice, f64x2.sub(bits, f64x2.splat(ROUND)));
  const e = f64x2.add(f64x2.mul(scale, expm1Core(r)), f64x2.sub(scale, f64x2.splat(1)));
  return v128.or(f64x2.div(e, f64x2.add(e, f64x2.splat(2))), sign);
}

/** 1/(1+e) or e/(1+e) with e = e^-|x|, which cannot overflow. */
@inline export function sigmoid64(x: v128): v128 {
  const e = exp64(v128.or(x, i64x2.splat(0x8000000000000000)));
  const numerator = v128.bitselect(e, f64x2.splat(1), i64x2.shr_s(x, 63));
  return f64x2.div(numerator, f64x2.add(e, f64x2.splat(1)));
}

export function log64(x: v128): v128 {
  return pair(NativeMath.log(f64x2.extract_lane(x, 0)), NativeMath.log(f64x2.extract_lane(x, 1)));
}

export function sin64(x: v128): v128 {
  return pair(NativeMath.sin(f64x2.extract_lane(x, 0)), NativeMath.sin(f64x2.extract_lane(x, 1)));
}

export function cos64(x: v128): v128 {
  return pair(NativeMath.cos(f64x2.extract_lane(x, 0)), NativeMath.cos(f64x2.extract_lane(x, 1)));
}

export function erf64(x: v128): v128 {
  return pair(erf(f64x2.extract_lane(x, 0)), erf(f64x2.extract_lane(x, 1)));
}

@inline function pair(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/**
 * erf by its Taylor series around the nearest quarter c. As erf' = g = 2/√π e^-x² obeys g' = -2xg, the
 * coefficients of g(c + t) follow from (k+1) g_{k+1} = -2 (c g_k + g_{k-1}).
 */
function erf(x: f64): f64 {
  const size = abs<f64>(x);
  if (size != size) return x;
  if (size >= 6) return copysign<f64>(1, x);
  const at = nearest<f64>(size * 4);
  const c = at * 0.25;
  const t = size - c;
  const entry = ERF + (<usize>at << 4);
  const slope = load<f64>(entry, 8);
  // The coefficients g_{k-1} and g_k.
  let before = slope;
  let term = -2 * c * slope;
  let power = t * t;
  let sum: f64 = 0;
  const minusTwo = -2 * c;
  for (let k: usize = 2; k <= 17; k++) {
    const inverse = load<f64>(INVERSE + (k << 3));
    sum += term * power * inverse;
    const next = (minusTwo * term - 2 * before) * inverse;
    before = term;
    term = next;
    power *= t;
  }
  // Around 0 compute t + (2/√π - 1) t + …, so that the rounded terms are small beside the result.
  if (at == 0) return copysign<f64>(t + (t * (slope - 1) + sum), x);
  return copysign<f64>(load<f64>(entry) + (t * slope + sum), x);
}
