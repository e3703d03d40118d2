// Functions of four float32 at once. Constants are loaded from memory, as V8 would spill them from registers.
// pmin(x, c) and pmax(x, c) let NaN through. Polynomials are minimax fits, rounded coefficient by
// coefficient.

const LOG2E: f32 = 1.4426950408889634;
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440054690583e-4;
/** Adding this to a float32 below 2²² rounds it to an integer, found in the low bits. */
const ROUND: f32 = 12582912;

// (e^r - 1 - r)/r² on |r| <= ln2/2.
const EXP = memory.data<f32>([
  0.4999999701976776, 0.1666654497385025, 0.04166743531823158, 0.008366476744413376, 0.0013870986877009273,
]);
// (log(1+f) - f + f²/2)/f³ on √½-1 <= f <= √2-1.
const LOG = memory.data<f32>([
  0.3333333134651184, -0.250008225440979, 0.20001250505447388, -0.1662331521511078, 0.14201271533966064,
  -0.13160185515880585, 0.12764793634414673, -0.07638269662857056,
]);
// erf(x)/x - 1 in x² on x <= 1.
const ERF = memory.data<f32>([
  0.12837916612625122, -0.3761262595653534, 0.11283578723669052, -0.026853347197175026, 0.005187162198126316,
  -0.0007997853099368513, 0.00007806903158780187,
]);
// log(1 - erf(x)) on 0.98 <= x <= 4.05.
const ERFC = memory.data<f32>([
  0.00018803818966262043, -1.1295784711837769, -0.6332196593284607, -0.1084190160036087, 0.02520867809653282,
  -0.004204783122986555, 0.0004413969290908426, -0.000021693620510632172,
]);

@inline function coefficient(table: usize, i: usize): v128 {
  return v128.load_splat<f32>(table + (i << 2));
}

/** 2ⁿ for int32 n, within the normal range. */
@inline function power2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** The multiple of ln 2 next to x, plus ROUND. */
@inline export function roundedBits(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(LOG2E)), f32x4.splat(ROUND));
}

@inline function remainder(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH))), f32x4.mul(n, f32x4.splat(LN2_LOW)));
}

/** The remainder of x beside the multiple of ln 2. */
@inline export function reducedOf(x: v128, bits: v128): v128 {
  return remainder(x, f32x4.sub(bits, f32x4.splat(ROUND)));
}

/** e^r - 1 for |r| <= ln2/2. */
@inline export function expm1Core(r: v128): v128 {
  let q = coefficient(EXP, 4);
  q = f32x4.add(f32x4.mul(q, r), coefficient(EXP, 3));
  q = f32x4.add(f32x4.mul(q, r), coefficient(EXP, 2));
  q = f32x4.add(f32x4.mul(q, r), coefficient(EXP, 1));
  q = f32x4.add(f32x4.mul(q, r), coefficient(EXP, 0));
  return f32x4.add(r, f32x4.mul(f32x4.mul(r, r), q));
}

// exp, tanh and sigmoid are e to some number, in the multiple of ln 2 next to it and what is left.

@inline export function exp32(value: v128): v128 {
  const x = expReduced(value);
  const bits = roundedBits(x);
  return expOf(bits, expm1Core(reducedOf(x, bits)));
}

@inline export function expReduced(value: v128): v128 {
  return f32x4.pmax(f32x4.pmin(value, f32x4.splat(90)), f32x4.splat(-105));
}

@inline export function expOf(bits: v128, core: v128): v128 {
  const n = i32x4.sub(bits, i32x4.splat(reinterpret<i32>(ROUND)));
  const y = f32x4.add(core, f32x4.splat(1));
  // In two steps, so that results below 2^-126 round once and those above 2^128 overflow.
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(y, power2(half)), power2(i32x4.sub(n, half)));
}

@inline export function tanh32(x: v128): v128 {
  const twice = tanhReduced(x);
  const bits = roundedBits(twice);
  return tanhOf(x, bits, expm1Core(reducedOf(twice, bits)));
}

@inline export function tanhReduced(x: v128): v128 {
  const size = f32x4.pmin(v128.andnot(x, i32x4.splat(0x80000000)), f32x4.splat(10));
  return f32x4.add(size, size);
}

/** E/(E+2) with E = e^2|x| - 1: accurate for small x. */
@inline export function tanhOf(x: v128, bits: v128, core: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const scale = power2(i32x4.sub(bits, i32x4.splat(reinterpret<i32>(ROUND))));
  const e = f32x4.add(f32x4.mul(scale, core), f32x4.sub(scale, f32x4.splat(1)));
  return v128.or(f32x4.div(e, f32x4.add(e, f32x4.splat(2))), sign);
}

@inline export function sigmoid32(x: v128): v128 {
  return sigmoidOf(x, exp32(v128.or(x, i32x4.splat(0x80000000))));
}

@inline export function sigmoidReduced(x: v128): v128 {
  return expReduced(v128.or(x, i32x4.splat(0x80000000)));
}

/** 1/(1+e) or e/(1+e) with e = e^-|x|, which cannot overflow. */
@inline export function sigmoidOf(x: v128, e: v128): v128 {
  const numerator = v128.bitselect(e, f32x4.splat(1), i32x4.shr_s(x, 31));
  return f32x4.div(numerator, f32x4.add(e, f32x4.splat(1)));
}

@inline export function log32(value: v128): v128 {
  const tiny = f32x4.lt(value, f32x4.splat(1.1754943508222875e-38));
  const x = v128.bitselect(f32x4.mul(value, f32x4.splat(33554432)), value, tiny);
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(tiny, i32x4.splat(25))));
  const f = f32x4.sub(i32x4.add(v128.and(shifted, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3)), f32x4.splat(1));
  const ff = f32x4.mul(f, f);
  let p = coefficient(LOG, 7);
  p = f32x4.add(f32x4.mul(p, f), coefficient(LOG, 6));
  p = f32x4.add(f32x4.mul(p, f), coefficient(LOG, 5));
  p = f32x4.add(f32x4.mul(p, f), coefficient(LOG, 4));
  p = f32x4.add(f32x4.mul(p, f), coefficient(LOG, 3));
  p = f32x4.add(f32x4.mul(p, f), coefficient(LOG, 2));
  p = f32x4.add(f32x4.mul(p, f), coefficient(LOG, 1));
  p = f32x4.add(f32x4.mul(p, f), coefficient(LOG, 0));
  // f - f²/2 + f³p + exponent·ln2, small terms first.
  let y = f32x4.add(f32x4.mul(f32x4.mul(p, f), ff), f32x4.mul(exponent, f32x4.splat(LN2_LOW)));
  y = f32x4.sub(y, f32x4.mul(ff, f32x4.splat(0.5)));
  y = f32x4.add(f32x4.add(f, y), f32x4.mul(exponent, f32x4.splat(LN2_HIGH)));
  // log 0 = -∞, log ∞ = ∞, the log of a negative number is NaN. NaN compares as unordered and passes through.
  const zero = f32x4.eq(value, f32x4.splat(0));
  y = v128.bitselect(f32x4.splat(-Infinity), y, zero);
  y = v128.or(y, f32x4.lt(value, f32x4.splat(0)));
  return v128.bitselect(y, value, f32x4.lt(value, f32x4.splat(Infinity)));
}

/** log u + (x - (u - 1))/u with u = 1 + x rounded: corrects the rounding of the argument to first order. */
@inline export function log1p32(x: v128): v128 {
  const u = f32x4.add(x, f32x4.splat(1));
  const missing = f32x4.sub(x, f32x4.sub(u, f32x4.splat(1)));
  const y = f32x4.add(log32(u), f32x4.div(missing, u));
  // If u is 0 or ∞ there is nothing to correct. A tiny x is its own result, including -0.
  const isPlain = v128.and(f32x4.gt(u, f32x4.splat(0)), f32x4.lt(u, f32x4.splat(Infinity)));
  const whole = v128.bitselect(y, log32(u), isPlain);
  return v128.bitselect(x, whole, f32x4.lt(f32x4.abs(x), f32x4.splat(5.9604644775390625e-8)));
}

/** 2ⁿ (e^r - 1) + (2ⁿ - 1); e^x where the 1 is negligible or 2ⁿ would overflow. */
@inline export function expm1F32(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, f32x4.splat(64)), f32x4.splat(-64));
  const bits = roundedBits(x);
  const scale = power2(i32x4.sub(bits, i32x4.splat(reinterpret<i32>(ROUND))));
  const r = remainder(x, f32x4.sub(bits, f32x4.splat(ROUND)));
  const y = f32x4.add(f32x4.mul(scale, expm1Core(r)), f32x4.sub(scale, f32x4.splat(1)));
  const whole = v128.bitselect(exp32(value), y, f32x4.gt(value, f32x4.splat(60)));
  // Keep -0.
  return v128.bitselect(value, whole, f32x4.eq(value, f32x4.splat(0)));
}

/**
 * Below 1 a polynomial; above, 1 - e^p: there 1 - erf is at most 0.16, which scales down the exponential's
 * error.
 */
@inline export function erf32(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const size = v128.xor(x, sign);
  const xx = f32x4.mul(size, size);
  let near = coefficient(ERF, 6);
  near = f32x4.add(f32x4.mul(near, xx), coefficient(ERF, 5));
  near = f32x4.add(f32x4.mul(near, xx), coefficient(ERF, 4));
  near = f32x4.add(f32x4.mul(near, xx), coefficient(ERF, 3));
  near = f32x4.add(f32x4.mul(near, xx), coefficient(ERF, 2));
  near = f32x4.add(f32x4.mul(near, xx), coefficient(ERF, 1));
  near = f32x4.add(f32x4.mul(near, xx), coefficient(ERF, 0));
  near = f32x4.add(size, f32x4.mul(size, near));
  const far = f32x4.pmin(size, f32x4.splat(4));
  let p = coefficient(ERFC, 7);
  p = f32x4.add(f32x4.mul(p, far), coefficient(ERFC, 6));
  p = f32x4.add(f32x4.mul(p, far), coefficient(ERFC, 5));
  p = f32x4.add(f32x4.mul(p, far), coefficient(ERFC, 4));
  p = f32x4.add(f32x4.mul(p, far), coefficient(ERFC, 3));
  p = f32x4.add(f32x4.mul(p, far), coefficient(ERFC, 2));
  p = f32x4.add(f32x4.mul(p, far), coefficient(ERFC, 1));
  p = f32x4.add(f32x4.mul(p, far), coefficient(ERFC, 0));
  const tail = f32x4.sub(f32x4.splat(1), exp32(p));
  return v128.or(v128.bitselect(near, tail, f32x4.lt(size, f32x4.splat(1))), sign);
}
