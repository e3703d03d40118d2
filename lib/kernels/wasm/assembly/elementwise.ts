// Elementwise kernels. Each reads a vector before it writes that vector, so out may be an input.
import * as op from './opcodes';
import { inPasses } from './exponentials';
import { exp32, expm1F32, log1p32, log32, tanh32, sigmoid32, erf32 } from './functions32';
import { exp64, log64, tanh64, sigmoid64, sin64, cos64, erf64 } from './functions64';
import { atan32, atan64, expm1F64, log1p64, pow32, pow64 } from './scalars';
import { sin32, cos32 } from './trigonometric';
import { bytes, loadPart, madd, storePart, strongDiv, strongMul } from './vector';

@inline function applyUnary<T>(code: i32, x: v128): v128 {
  if (code == op.NEG) return v128.neg<T>(x);
  if (code == op.SQUARE) return v128.mul<T>(x, x);
  if (code == op.SQRT) return v128.sqrt<T>(x);
  if (code == op.RECIPROCAL) return v128.div<T>(v128.splat<T>(<T>1), x);
  if (code == op.EXP) return sizeof<T>() == 4 ? exp32(x) : exp64(x);
  if (code == op.LOG) return sizeof<T>() == 4 ? log32(x) : log64(x);
  if (code == op.TANH) return sizeof<T>() == 4 ? tanh32(x) : tanh64(x);
  if (code == op.SIGMOID) return sizeof<T>() == 4 ? sigmoid32(x) : sigmoid64(x);
  if (code == op.SIN) return sizeof<T>() == 4 ? sin32(x) : sin64(x);
  if (code == op.COS) return sizeof<T>() == 4 ? cos32(x) : cos64(x);
  if (code == op.ERF) return sizeof<T>() == 4 ? erf32(x) : erf64(x);
  if (code == op.LOG1P) return sizeof<T>() == 4 ? log1p32(x) : log1p64(x);
  if (code == op.EXPM1) return sizeof<T>() == 4 ? expm1F32(x) : expm1F64(x);
  if (code == op.ATAN) return sizeof<T>() == 4 ? atan32(x) : atan64(x);
  if (code == op.FLOOR) return v128.floor<T>(x);
  if (code == op.BINADE) return binadeOf<T>(x);
  return x;
}

/**
 * Masks out all but the exponent, which leaves a power of two. 0, subnormals, ∞ and NaN need separate care.
 */
@inline function binadeOf<T>(x: v128): v128 {
  const one = v128.splat<T>(<T>1);
  const bits = v128.and(x, sizeof<T>() == 4 ? i32x4.splat(0x7f800000) : i64x2.splat(0x7ff0000000000000));
  const least = v128.splat<T>(sizeof<T>() == 4 ? <T>1.1754943508222875e-38 : <T>2.2250738585072014e-308);
  const power = v128.bitselect(one, v128.max<T>(bits, least), v128.eq<T>(x, v128.splat<T>(<T>0)));
  return v128.bitselect(power, one, v128.lt<T>(bits, v128.splat<T>(<T>Infinity)));
}

@inline function unary<T>(code: i32, out: usize, x: usize, n: usize): void {
  const size = bytes<T>(n);
  const main = size & ~15;
  let i: usize = 0;
  if (sizeof<T>() == 4 && (code == op.EXP || code == op.TANH || code == op.SIGMOID) && main >= 128) {
    inPasses(code, out, x, main);
    i = main;
  }
  for (; i < main; i += 16) v128.store(out + i, applyUnary<T>(code, v128.load(x + i)));
  const rest = size & 15;
  if (rest) storePart(out + i, applyUnary<T>(code, loadPart(x + i, rest)), rest);
}

export function copy<T>(out: usize, x: usize, n: usize): void { copyBytes(out, x, bytes<T>(n)); }
export function neg<T>(out: usize, x: usize, n: usize): void { unary<T>(op.NEG, out, x, n); }
export function exp<T>(out: usize, x: usize, n: usize): void { unary<T>(op.EXP, out, x, n); }
export function log<T>(out: usize, x: usize, n: usize): void { unary<T>(op.LOG, out, x, n); }
export function tanh<T>(out: usize, x: usize, n: usize): void { unary<T>(op.TANH, out, x, n); }
export function sigmoid<T>(out: usize, x: usize, n: usize): void { unary<T>(op.SIGMOID, out, x, n); }
export function reciprocal<T>(out: usize, x: usize, n: usize): void { unary<T>(op.RECIPROCAL, out, x, n); }
export function sqrt<T>(out: usize, x: usize, n: usize): void { unary<T>(op.SQRT, out, x, n); }
export function sin<T>(out: usize, x: usize, n: usize): void { unary<T>(op.SIN, out, x, n); }
export function cos<T>(out: usize, x: usize, n: usize): void { unary<T>(op.COS, out, x, n); }
export function erf<T>(out: usize, x: usize, n: usize): void { unary<T>(op.ERF, out, x, n); }
export function log1p<T>(out: usize, x: usize, n: usize): void { unary<T>(op.LOG1P, out, x, n); }
export function expm1<T>(out: usize, x: usize, n: usize): void { unary<T>(op.EXPM1, out, x, n); }
export function atan<T>(out: usize, x: usize, n: usize): void { unary<T>(op.ATAN, out, x, n); }
export function floor<T>(out: usize, x: usize, n: usize): void { unary<T>(op.FLOOR, out, x, n); }
export function binade<T>(out: usize, x: usize, n: usize): void { unary<T>(op.BINADE, out, x, n); }
export function square<T>(out: usize, x: usize, n: usize): void { unary<T>(op.SQUARE, out, x, n); }

/** Copies bytes (a multiple of 4). Calling memory.copy costs as much as 256 bytes of this loop. */
export function copyBytes(out: usize, x: usize, size: usize): void {
  if (size > 512) {
    memory.copy(out, x, size);
    return;
  }
  const main = size & ~15;
  let i: usize = 0;
  for (; i < main; i += 16) v128.store(out + i, v128.load(x + i));
  const rest = size & 15;
  if (rest) storePart(out + i, loadPart(x + i, rest), rest);
}

export function fill<T>(out: usize, scalar: usize, n: usize): void {
  fillWith(out, v128.load_splat<T>(scalar), bytes<T>(n));
}

/** Repeats the leading bytes of a vector. */
export function fillWith(out: usize, value: v128, size: usize): void {
  const main = size & ~15;
  let i: usize = 0;
  for (; i < main; i += 16) v128.store(out + i, value);
  const rest = size & 15;
  if (rest) storePart(out + i, value, rest);
}

@inline function applyBinary<T>(code: i32, x: v128, y: v128): v128 {
  if (code == op.ADD) return v128.add<T>(x, y);
  if (code == op.SUB) return v128.sub<T>(x, y);
  if (code == op.STRONGMUL) return strongMul<T>(x, y);
  if (code == op.DIV) return v128.div<T>(x, y);
  if (code == op.STRONGDIV) return strongDiv<T>(x, y);
  if (code == op.MAXIMUM) return v128.max<T>(x, y);
  if (code == op.POW) return sizeof<T>() == 4 ? pow32(x, y) : pow64(x, y);
  return v128.mul<T>(x, y);
}

@inline function binary<T>(code: i32, out: usize, x: usize, y: usize, n: usize): void {
  const size = bytes<T>(n);
  const main = size & ~15;
  let i: usize = 0;
  for (; i < main; i += 16) v128.store(out + i, applyBinary<T>(code, v128.load(x + i), v128.load(y + i)));
  const rest = size & 15;
  if (rest) storePart(out + i, applyBinary<T>(code, loadPart(x + i, rest), loadPart(y + i, rest)), rest);
}

export function add<T>(out: usize, x: usize, y: usize, n: usize): void { binary<T>(op.ADD, out, x, y, n); }
export function sub<T>(out: usize, x: usize, y: usize, n: usize): void { binary<T>(op.SUB, out, x, y, n); }
export function mul<T>(out: usize, x: usize, y: usize, n: usize): void { binary<T>(op.MUL, out, x, y, n); }
export function div<T>(out: usize, x: usize, y: usize, n: usize): void { binary<T>(op.DIV, out, x, y, n); }
export function strongdiv<T>(out: usize, x: usize, y: usize, n: usize): void { binary<T>(op.STRONGDIV, out, x, y, n); }
export function pow<T>(out: usize, x: usize, y: usize, n: usize): void { binary<T>(op.POW, out, x, y, n); }
export function maximum<T>(out: usize, x: usize, y: usize, n: usize): void { binary<T>(op.MAXIMUM, out, x, y, n); }

export function strongmul<T>(out: usize, x: usize, y: usize, n: usize): void {
  const size = bytes<T>(n);
  let i: usize = 0;
  for (const main = size & ~63; i < main; i += 64) {
    const a = v128.mul<T>(v128.load(x + i), v128.load(y + i));
    const b = v128.mul<T>(v128.load(x + i, 16), v128.load(y + i, 16));
    const c = v128.mul<T>(v128.load(x + i, 32), v128.load(y + i, 32));
    const d = v128.mul<T>(v128.load(x + i, 48), v128.load(y + i, 48));
    // One test for four vectors: a sum is NaN if a term is, and NaN is rare.
    const sum = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
    if (v128.any_true(v128.ne<T>(sum, sum))) {
      for (const end = i + 64; i < end; i += 16) v128.store(out + i, strongMul<T>(v128.load(x + i), v128.load(y + i)));
      i -= 64;
      continue;
    }
    v128.store(out + i, a);
    v128.store(out + i, b, 16);
    v128.store(out + i, c, 32);
    v128.store(out + i, d, 48);
  }
  for (const main = size & ~15; i < main; i += 16) v128.store(out + i, strongMul<T>(v128.load(x + i), v128.load(y + i)));
  const rest = size & 15;
  if (rest) storePart(out + i, strongMul<T>(loadPart(x + i, rest), loadPart(y + i, rest)), rest);
}

@inline function withScalar<T>(code: i32, out: usize, x: usize, scalar: usize, n: usize): void {
  const s = v128.load_splat<T>(scalar);
  const size = bytes<T>(n);
  const main = size & ~15;
  let i: usize = 0;
  for (; i < main; i += 16) v128.store(out + i, applyBinary<T>(code, v128.load(x + i), s));
  const rest = size & 15;
  if (rest) storePart(out + i, applyBinary<T>(code, loadPart(x + i, rest), s), rest);
}

export function adds<T>(out: usize, x: usize, scalar: usize, n: usize): void { withScalar<T>(op.ADD, out, x, scalar, n); }
export function muls<T>(out: usize, x: usize, scalar: usize, n: usize): void { withScalar<T>(op.MUL, out, x, scalar, n); }
export function strongmuls<T>(out: usize, x: usize, scalar: usize, n: usize): void { withScalar<T>(op.STRONGMUL, out, x, scalar, n); }
export function divs<T>(out: usize, x: usize, scalar: usize, n: usize): void { withScalar<T>(op.DIV, out, x, scalar, n); }
export function strongdivs<T>(out: usize, x: usize, scalar: usize, n: usize): void { withScalar<T>(op.STRONGDIV, out, x, scalar, n); }
export function pows<T>(out: usize, x: usize, scalar: usize, n: usize): void { withScalar<T>(op.POW, out, x, scalar, n); }

export function axpb<T>(out: usize, a: usize, x: usize, b: usize, n: usize): void {
  const p = v128.load_splat<T>(a);
  const q = v128.load_splat<T>(b);
  const size = bytes<T>(n);
  const main = size & ~15;
  let i: usize = 0;
  for (; i < main; i += 16) v128.store(out + i, v128.add<T>(v128.mul<T>(p, v128.load(x + i)), q));
  const rest = size & 15;
  if (rest) storePart(out + i, v128.add<T>(v128.mul<T>(p, loadPart(x + i, rest)), q), rest);
}

export function axpby<T>(out: usize, a: usize, x: usize, b: usize, y: usize, n: usize): void {
  const p = v128.load_splat<T>(a);
  const q = v128.load_splat<T>(b);
  const size = bytes<T>(n);
  const main = size & ~15;
  let i: usize = 0;
  for (; i < main; i += 16) v128.store(out + i, madd<T>(v128.mul<T>(p, v128.load(x + i)), q, v128.load(y + i)));
  const rest = size & 15;
  if (rest) storePart(out + i, madd<T>(v128.mul<T>(p, loadPart(x + i, rest)), q, loadPart(y + i, rest)), rest);
}

export function axpbypcz<T>(out: usize, a: usize, x: usize, b: usize, y: usize, c: usize, z: usize, n: usize): void {
  const p = v128.load_splat<T>(a);
  const q = v128.load_splat<T>(b);
  const r = v128.load_splat<T>(c);
  const size = bytes<T>(n);
  const main = size & ~15;
  let i: usize = 0;
  for (; i < main; i += 16) {
    const first = madd<T>(v128.mul<T>(p, v128.load(x + i)), q, v128.load(y + i));
    v128.store(out + i, madd<T>(first, r, v128.load(z + i)));
  }
  const rest = size & 15;
  if (rest) {
    const first = madd<T>(v128.mul<T>(p, loadPart(x + i, rest)), q, loadPart(y + i, rest));
    storePart(out + i, madd<T>(first, r, loadPart(z + i, rest)), rest);
  }
}
