// A transposed matrix times vectors: Σ over rows of coefficient·row, four rows per pass to save loads of the
// sum.
import { dotOf } from './dot';
import { addBlock, blockOf, clear, settle, STRIP, strip, strip2, wide, wide2 } from './strips';
import { bytes, loadPart, madd, storePart, wideLoss, wideSum, wideTotal, zero } from './vector';

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

/** Bytes of a row that are summed directly: 32 additions of float32 per lane, or 128 of float64. */
@inline function cut<T>(): usize {
  return sizeof<T>() == 4 ? 512 : 2048;
}

export function bilinear<T>(out: usize, u: usize, d: usize, v: usize, m: usize, n: usize): void {
  const size = bytes<T>(n);
  const main = size & ~15;
  const rest = size & 15;
  let sum = zero();
  let lost = zero();
  let part = zero();
  let held: usize = 0;
  for (; m >= 4; m -= 4) {
    const p = v128.load_splat<T>(u);
    const q = v128.load_splat<T>(u, sizeof<T>());
    const r = v128.load_splat<T>(u, 2 * sizeof<T>());
    const s = v128.load_splat<T>(u, 3 * sizeof<T>());
    let i: usize = 0;
    for (; size - i > cut<T>(); ) {
      for (const end = i + cut<T>(); i < end; i += 16)
        part = madd<T>(part, blend<T>(d, size, i, p, q, r, s), v128.load(v + i));
      lost = wideLoss<T>(lost, sum, part);
      sum = wideSum<T>(sum, part);
      part = zero();
    }
    held += size - i;
    for (; i < main; i += 16) part = madd<T>(part, blend<T>(d, size, i, p, q, r, s), v128.load(v + i));
    if (rest) part = madd<T>(part, blendPart<T>(d, size, i, rest, p, q, r, s), loadPart(v + i, rest));
    if (held + size > cut<T>()) {
      lost = wideLoss<T>(lost, sum, part);
      sum = wideSum<T>(sum, part);
      part = zero();
      held = 0;
    }
    u += 4 << alignof<T>();
    d += 4 * size;
  }
  lost = wideLoss<T>(lost, sum, part);
  let total = wideTotal<T>(wideSum<T>(sum, part), lost);
  for (; m > 0; m--) {
    total += <f64>load<T>(u) * dotOf<T>(d, v, size);
    u += sizeof<T>();
    d += size;
  }
  store<T>(out, <T>total);
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
  if (m <= blockOf<T>(4)) {
    if (!accumulate) memory.fill(out, 0, size);
    addRows<T>(out, a, x, m, size, size);
    return;
  }
  for (let from: usize = 0; from < size; from += STRIP) {
    const part = min(size - from, STRIP);
    clear<T>(wide, part);
    memory.fill(strip, 0, part);
    for (let row: usize = 0; row < m; row += blockOf<T>(4)) {
      addRows<T>(strip, a + from + row * size, x + bytes<T>(row), min(m - row, blockOf<T>(4)), size, part);
      addBlock<T>(wide, strip, part);
    }
    settle<T>(out + from, wide, part, accumulate);
  }
}

/** out += Σ x·row over m rows, `size` bytes apart, for the first `width` bytes of each. */
@inline function addRows<T>(out: usize, a: usize, x: usize, m: usize, size: usize, width: usize): void {
  const main = width & ~15;
  const rest = width & 15;
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
    addScaled<T>(out, load<T>(x), a, width);
    x += sizeof<T>();
    a += size;
  }
}

export function matvect2<T>(out1: usize, out2: usize, a: usize, x1: usize, x2: usize, m: usize, k: usize): void {
  const size = bytes<T>(k);
  if (m <= blockOf<T>(2)) {
    memory.fill(out1, 0, size);
    memory.fill(out2, 0, size);
    addRows2<T>(out1, out2, a, x1, x2, m, size, size);
    return;
  }
  for (let from: usize = 0; from < size; from += STRIP) {
    const part = min(size - from, STRIP);
    clear<T>(wide, part);
    clear<T>(wide2, part);
    memory.fill(strip, 0, part);
    memory.fill(strip2, 0, part);
    for (let row: usize = 0; row < m; row += blockOf<T>(2)) {
      const rows = min(m - row, blockOf<T>(2));
      addRows2<T>(strip, strip2, a + from + row * size, x1 + bytes<T>(row), x2 + bytes<T>(row), rows, size, part);
      addBlock<T>(wide, strip, part);
      addBlock<T>(wide2, strip2, part);
    }
    settle<T>(out1 + from, wide, part, 0);
    settle<T>(out2 + from, wide2, part, 0);
  }
}

/** addRows for two vectors. */
@inline function addRows2<T>(
  out1: usize, out2: usize, a: usize, x1: usize, x2: usize, m: usize, size: usize, width: usize,
): void {
  const main = width & ~15;
  const rest = width & 15;
  // Two rows at a time: with the four coefficients, that fills the registers.
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
    addScaled<T>(out1, load<T>(x1), a, width);
    addScaled<T>(out2, load<T>(x2), a, width);
  }
}
