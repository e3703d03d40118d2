// Products of vectors with each other and with a matrix: four rows at a time, so that a vector is loaded once for four.
import { bytes, loadPart, madd, storePart, sumLanes } from './vector';

@inline function zero(): v128 {
  return i32x4.splat(0);
}

/** Four partial sums: one chain of additions would wait for itself. */
export function dotOf<T>(x: usize, y: usize, size: usize): T {
  let a = zero();
  let b = zero();
  let c = zero();
  let d = zero();
  let i: usize = 0;
  for (const main = size & ~63; i < main; i += 64) {
    a = madd<T>(a, v128.load(x + i), v128.load(y + i));
    b = madd<T>(b, v128.load(x + i, 16), v128.load(y + i, 16));
    c = madd<T>(c, v128.load(x + i, 32), v128.load(y + i, 32));
    d = madd<T>(d, v128.load(x + i, 48), v128.load(y + i, 48));
  }
  for (const main = size & ~15; i < main; i += 16) a = madd<T>(a, v128.load(x + i), v128.load(y + i));
  const rest = size & 15;
  if (rest) b = madd<T>(b, loadPart(x + i, rest), loadPart(y + i, rest));
  return sumLanes<T>(v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d)));
}

export function dot<T>(out: usize, x: usize, y: usize, n: usize): void {
  store<T>(out, dotOf<T>(x, y, bytes<T>(n)));
}

/** The sums of four vectors of float32. */
@inline function sums4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** The sums of two vectors of float64. */
@inline function sums2(a: v128, b: v128): v128 {
  return f64x2.add(v128.shuffle<u64>(a, b, 0, 2), v128.shuffle<u64>(a, b, 1, 3));
}

/** Writes, or adds, the sums of four accumulators to four elements. */
@inline function storeSums<T>(out: usize, a: v128, b: v128, c: v128, d: v128, accumulate: i32): void {
  if (sizeof<T>() == 4) {
    let s = sums4(a, b, c, d);
    if (accumulate) s = f32x4.add(v128.load(out), s);
    v128.store(out, s);
  } else {
    let s = sums2(a, b);
    let t = sums2(c, d);
    if (accumulate) {
      s = f64x2.add(v128.load(out), s);
      t = f64x2.add(v128.load(out, 16), t);
    }
    v128.store(out, s);
    v128.store(out, t, 16);
  }
}

export function matvec<T>(out: usize, a: usize, x: usize, m: usize, k: usize, accumulate: i32): void {
  const size = bytes<T>(k);
  const main = size & ~15;
  const rest = size & 15;
  let row = a;
  for (; m >= 4; m -= 4) {
    const row1 = row + size;
    const row2 = row1 + size;
    const row3 = row2 + size;
    let s = zero();
    let t = zero();
    let u = zero();
    let w = zero();
    let i: usize = 0;
    for (; i < main; i += 16) {
      const v = v128.load(x + i);
      s = madd<T>(s, v128.load(row + i), v);
      t = madd<T>(t, v128.load(row1 + i), v);
      u = madd<T>(u, v128.load(row2 + i), v);
      w = madd<T>(w, v128.load(row3 + i), v);
    }
    if (rest) {
      const v = loadPart(x + i, rest);
      s = madd<T>(s, loadPart(row + i, rest), v);
      t = madd<T>(t, loadPart(row1 + i, rest), v);
      u = madd<T>(u, loadPart(row2 + i, rest), v);
      w = madd<T>(w, loadPart(row3 + i, rest), v);
    }
    storeSums<T>(out, s, t, u, w, accumulate);
    out += 4 << alignof<T>();
    row = row3 + size;
  }
  for (; m > 0; m--) {
    const s = dotOf<T>(row, x, size);
    store<T>(out, accumulate ? <T>(load<T>(out) + s) : s);
    out += sizeof<T>();
    row += size;
  }
}

export function matvec2<T>(out1: usize, out2: usize, a: usize, x1: usize, x2: usize, m: usize, k: usize): void {
  const size = bytes<T>(k);
  const main = size & ~15;
  const rest = size & 15;
  let row = a;
  for (; m >= 4; m -= 4) {
    const row1 = row + size;
    const row2 = row1 + size;
    const row3 = row2 + size;
    let s = zero();
    let t = zero();
    let u = zero();
    let w = zero();
    let s2 = zero();
    let t2 = zero();
    let u2 = zero();
    let w2 = zero();
    let i: usize = 0;
    for (; i < main; i += 16) {
      const v = v128.load(x1 + i);
      const v2 = v128.load(x2 + i);
      let d = v128.load(row + i);
      s = madd<T>(s, d, v);
      s2 = madd<T>(s2, d, v2);
      d = v128.load(row1 + i);
      t = madd<T>(t, d, v);
      t2 = madd<T>(t2, d, v2);
      d = v128.load(row2 + i);
      u = madd<T>(u, d, v);
      u2 = madd<T>(u2, d, v2);
      d = v128.load(row3 + i);
      w = madd<T>(w, d, v);
      w2 = madd<T>(w2, d, v2);
    }
    if (rest) {
      const v = loadPart(x1 + i, rest);
      const v2 = loadPart(x2 + i, rest);
      let d = loadPart(row + i, rest);
      s = madd<T>(s, d, v);
      s2 = madd<T>(s2, d, v2);
      d = loadPart(row1 + i, rest);
      t = madd<T>(t, d, v);
      t2 = madd<T>(t2, d, v2);
      d = loadPart(row2 + i, rest);
      u = madd<T>(u, d, v);
      u2 = madd<T>(u2, d, v2);
      d = loadPart(row3 + i, rest);
      w = madd<T>(w, d, v);
      w2 = madd<T>(w2, d, v2);
    }
    storeSums<T>(out1, s, t, u, w, 0);
    storeSums<T>(out2, s2, t2, u2, w2, 0);
    out1 += 4 << alignof<T>();
    out2 += 4 << alignof<T>();
    row = row3 + size;
  }
  for (; m > 0; m--) {
    store<T>(out1, dotOf<T>(row, x1, size));
    store<T>(out2, dotOf<T>(row, x2, size));
    out1 += sizeof<T>();
    out2 += sizeof<T>();
    row += size;
  }
}

/** Σ over four rows d of coefficient·row, at a byte offset. */
@inline function blend<T>(d: usize, size: usize, i: usize, p: v128, q: v128, r: v128, s: v128): v128 {
  const d2 = d + size + size;
  const low = madd<T>(v128.mul<T>(p, v128.load(d + i)), q, v128.load(d + size + i));
  const high = madd<T>(v128.mul<T>(r, v128.load(d2 + i)), s, v128.load(d2 + size + i));
  return v128.add<T>(low, high);
}

@inline function blendPart<T>(d: usize, size: usize, i: usize, rest: usize, p: v128, q: v128, r: v128, s: v128): v128 {
  const d2 = d + size + size;
  const low = madd<T>(v128.mul<T>(p, loadPart(d + i, rest)), q, loadPart(d + size + i, rest));
  const high = madd<T>(v128.mul<T>(r, loadPart(d2 + i, rest)), s, loadPart(d2 + size + i, rest));
  return v128.add<T>(low, high);
}

export function bilinear<T>(out: usize, u: usize, d: usize, v: usize, m: usize, n: usize): void {
  const size = bytes<T>(n);
  const main = size & ~15;
  const rest = size & 15;
  let sum = zero();
  let last: T = 0;
  for (; m >= 4; m -= 4) {
    const p = v128.load_splat<T>(u);
    const q = v128.load_splat<T>(u, sizeof<T>());
    const r = v128.load_splat<T>(u, 2 * sizeof<T>());
    const s = v128.load_splat<T>(u, 3 * sizeof<T>());
    let i: usize = 0;
    for (; i < main; i += 16) sum = madd<T>(sum, blend<T>(d, size, i, p, q, r, s), v128.load(v + i));
    if (rest) sum = madd<T>(sum, blendPart<T>(d, size, i, rest, p, q, r, s), loadPart(v + i, rest));
    u += 4 << alignof<T>();
    d += 4 * size;
  }
  for (; m > 0; m--) {
    last = <T>(last + load<T>(u) * dotOf<T>(d, v, size));
    u += sizeof<T>();
    d += size;
  }
  store<T>(out, <T>(sumLanes<T>(sum) + last));
}

/** out += scalar·v, sizes in bytes. */
export function addScaled<T>(out: usize, scalar: T, v: usize, size: usize): void {
  const s = v128.splat<T>(scalar);
  const main = size & ~15;
  const rest = size & 15;
  let i: usize = 0;
  for (; i < main; i += 16) v128.store(out + i, madd<T>(v128.load(out + i), s, v128.load(v + i)));
  if (rest) storePart(out + i, madd<T>(loadPart(out + i, rest), s, loadPart(v + i, rest)), rest);
}

export function matvect<T>(out: usize, a: usize, x: usize, m: usize, k: usize, accumulate: i32): void {
  const size = bytes<T>(k);
  const main = size & ~15;
  const rest = size & 15;
  if (!accumulate) memory.fill(out, 0, size);
  for (; m >= 4; m -= 4) {
    const p = v128.load_splat<T>(x);
    const q = v128.load_splat<T>(x, sizeof<T>());
    const r = v128.load_splat<T>(x, 2 * sizeof<T>());
    const s = v128.load_splat<T>(x, 3 * sizeof<T>());
    let i: usize = 0;
    for (; i < main; i += 16) v128.store(out + i, v128.add<T>(v128.load(out + i), blend<T>(a, size, i, p, q, r, s)));
    if (rest) storePart(out + i, v128.add<T>(loadPart(out + i, rest), blendPart<T>(a, size, i, rest, p, q, r, s)), rest);
    x += 4 << alignof<T>();
    a += 4 * size;
  }
  for (; m > 0; m--) {
    addScaled<T>(out, load<T>(x), a, size);
    x += sizeof<T>();
    a += size;
  }
}

export function matvect2<T>(out1: usize, out2: usize, a: usize, x1: usize, x2: usize, m: usize, k: usize): void {
  const size = bytes<T>(k);
  const main = size & ~15;
  const rest = size & 15;
  memory.fill(out1, 0, size);
  memory.fill(out2, 0, size);
  // Two rows at a time: with the four coefficients, what fits in the registers.
  for (; m >= 2; m -= 2) {
    const p = v128.load_splat<T>(x1);
    const q = v128.load_splat<T>(x1, sizeof<T>());
    const r = v128.load_splat<T>(x2);
    const s = v128.load_splat<T>(x2, sizeof<T>());
    const next = a + size;
    let i: usize = 0;
    for (; i < main; i += 16) {
      const d = v128.load(a + i);
      const e = v128.load(next + i);
      v128.store(out1 + i, v128.add<T>(v128.load(out1 + i), madd<T>(v128.mul<T>(p, d), q, e)));
      v128.store(out2 + i, v128.add<T>(v128.load(out2 + i), madd<T>(v128.mul<T>(r, d), s, e)));
    }
    if (rest) {
      const d = loadPart(a + i, rest);
      const e = loadPart(next + i, rest);
      storePart(out1 + i, v128.add<T>(loadPart(out1 + i, rest), madd<T>(v128.mul<T>(p, d), q, e)), rest);
      storePart(out2 + i, v128.add<T>(loadPart(out2 + i, rest), madd<T>(v128.mul<T>(r, d), s, e)), rest);
    }
    x1 += 2 << alignof<T>();
    x2 += 2 << alignof<T>();
    a += 2 * size;
  }
  if (m > 0) {
    addScaled<T>(out1, load<T>(x1), a, size);
    addScaled<T>(out2, load<T>(x2), a, size);
  }
}
