// Updates a matrix and its influence estimate in one pass that also computes the norm of the latter.
import { bytes, loadPart, madd, storePart, wideLoss, wideSum, wideTotal, zero } from './vector';

/** The coefficient of row i: of the outer product, or of the row that an int32 index picks. */
@inline function rowOf<T>(factor: T, u: usize, i: usize, oneHot: i32): v128 {
  if (oneHot) return load<usize>(u) == i ? v128.splat<T>(factor) : i32x4.splat(0);
  return v128.splat<T>(<T>(factor * load<T>(u + bytes<T>(i))));
}

@inline function sum2<T>(a: v128, x: v128, b: v128, y: v128): v128 {
  return madd<T>(v128.mul<T>(a, x), b, y);
}

@inline function sum3<T>(a: v128, x: v128, b: v128, y: v128, c: v128, z: v128): v128 {
  return madd<T>(sum2<T>(a, x, b, y), c, z);
}

@inline function addSquare<T>(sum: v128, x: v128): v128 {
  return madd<T>(sum, x, x);
}

@inline function pairSquares<T>(x: v128, y: v128): v128 {
  return madd<T>(v128.mul<T>(x, x), y, y);
}

/** Additions to each lane before the sum moves to the wide sum. */
@inline function most<T>(): usize {
  return sizeof<T>() == 4 ? 32 : 128;
}

/** The bytes of a row in that many additions. Longer rows are split. */
@inline function block<T>(): usize {
  return most<T>() << 6;
}

/** The total of all blocks and its compensation, in memory since no registers are left. */
const total = memory.data(32, 64);

@inline function clearTotal(): void {
  v128.store(total, zero());
  v128.store(total, zero(), 16);
}

@inline function addTotal<T>(part: v128): void {
  const sum = v128.load(total);
  if (sizeof<T>() == 8) v128.store(total, wideLoss<T>(v128.load(total, 16), sum, part), 16);
  v128.store(total, wideSum<T>(sum, part));
}

@inline function storeTotal<T>(norm: usize): void {
  store<T>(norm, <T>wideTotal<T>(v128.load(total), v128.load(total, 16)));
}

export function squares<T>(norm: usize, x: usize, m: usize, n: usize): void {
  const size = bytes<T>(n);
  clearTotal();
  if (size <= block<T>()) addSquares<T>(x, m, size);
  else
    for (; m > 0; m--, x += size)
      for (let i: usize = 0; i < size; i += block<T>()) addSquares<T>(x + i, 1, min(size - i, block<T>()));
  storeTotal<T>(norm);
}

/** m rows of at most one block. */
@inline function addSquares<T>(x: usize, m: usize, size: usize): void {
  const quads = size & ~63;
  const main = size & ~15;
  const rest = size & 15;
  const steps = (size >> 6) + (((size & 63) + 15) >> 4);
  let held: usize = 0;
  let even = zero();
  let odd = zero();
  for (; m > 0; m--, x += size) {
    let i: usize = 0;
    for (; i < quads; i += 64) {
      const low = pairSquares<T>(v128.load(x + i), v128.load(x + i, 16));
      even = v128.add<T>(even, v128.add<T>(low, pairSquares<T>(v128.load(x + i, 32), v128.load(x + i, 48))));
    }
    for (; i < main; i += 16) odd = addSquare<T>(odd, v128.load(x + i));
    if (rest) odd = addSquare<T>(odd, loadPart(x + i, rest));
    held += steps;
    if (held + steps > most<T>()) {
      addTotal<T>(v128.add<T>(even, odd));
      even = zero();
      odd = zero();
      held = 0;
    }
  }
  addTotal<T>(v128.add<T>(even, odd));
}

export function rank1norm<T>(
  t: usize, norm: usize, k: usize, s: usize, y: usize, z: usize, m: usize, n: usize, oneHot: i32,
): void {
  const size = bytes<T>(n);
  clearTotal();
  if (size <= block<T>()) normRows<T>(t, k, s, y, z, 0, m, size, oneHot);
  else
    for (let row: usize = 0; row < m; row++, t += size)
      for (let i: usize = 0; i < size; i += block<T>()) normRows<T>(t + i, k, s, y, z + i, row, 1, min(size - i, block<T>()), oneHot);
  storeTotal<T>(norm);
}

/** m rows of at most one block, starting at the given one. */
@inline function normRows<T>(
  t: usize, k: usize, s: usize, y: usize, z: usize, row: usize, m: usize, size: usize, oneHot: i32,
): void {
  const keep = v128.load_splat<T>(k);
  const share = load<T>(s);
  const quads = size & ~63;
  const main = size & ~15;
  const rest = size & 15;
  const steps = (size >> 6) + (((size & 63) + 15) >> 4);
  let held: usize = 0;
  let even = zero();
  let odd = zero();
  for (const end = row + m; row < end; row++, t += size) {
    const r = rowOf<T>(share, y, row, oneHot);
    let i: usize = 0;
    for (; i < quads; i += 64) {
      const first = sum2<T>(keep, v128.load(t + i), r, v128.load(z + i));
      v128.store(t + i, first);
      const second = sum2<T>(keep, v128.load(t + i, 16), r, v128.load(z + i, 16));
      v128.store(t + i, second, 16);
      const third = sum2<T>(keep, v128.load(t + i, 32), r, v128.load(z + i, 32));
      v128.store(t + i, third, 32);
      const fourth = sum2<T>(keep, v128.load(t + i, 48), r, v128.load(z + i, 48));
      v128.store(t + i, fourth, 48);
      even = v128.add<T>(even, v128.add<T>(pairSquares<T>(first, second), pairSquares<T>(third, fourth)));
    }
    for (; i < main; i += 16) {
      const one = sum2<T>(keep, v128.load(t + i), r, v128.load(z + i));
      v128.store(t + i, one);
      odd = addSquare<T>(odd, one);
    }
    if (rest) {
      const last = sum2<T>(keep, loadPart(t + i, rest), r, loadPart(z + i, rest));
      storePart(t + i, last, rest);
      odd = addSquare<T>(odd, last);
    }
    held += steps;
    if (held + steps > most<T>()) {
      addTotal<T>(v128.add<T>(even, odd));
      even = zero();
      odd = zero();
      held = 0;
    }
  }
  addTotal<T>(v128.add<T>(even, odd));
}

export function rank1pair<T>(
  w: usize, t: usize, norm: usize, a: usize, b: usize, c: usize, u: usize, v: usize,
  k: usize, s: usize, y: usize, z: usize, m: usize, n: usize, oneHot: i32,
): void {
  const size = bytes<T>(n);
  clearTotal();
  if (size <= block<T>()) pairRows<T>(w, t, a, b, c, u, v, k, s, y, z, 0, m, size, oneHot);
  else
    for (let row: usize = 0; row < m; row++, w += size, t += size)
      for (let i: usize = 0; i < size; i += block<T>())
        pairRows<T>(w + i, t + i, a, b, c, u, v + i, k, s, y, z + i, row, 1, min(size - i, block<T>()), oneHot);
  storeTotal<T>(norm);
}

/** m rows of at most one block, starting at the given one. */
@inline function pairRows<T>(
  w: usize, t: usize, a: usize, b: usize, c: usize, u: usize, v: usize,
  k: usize, s: usize, y: usize, z: usize, row: usize, m: usize, size: usize, oneHot: i32,
): void {
  const p = v128.load_splat<T>(a);
  const q = v128.load_splat<T>(b);
  const factor = load<T>(c);
  const keep = v128.load_splat<T>(k);
  const share = load<T>(s);
  const quads = size & ~63;
  const main = size & ~15;
  const rest = size & 15;
  const steps = (size >> 6) + (((size & 63) + 15) >> 4);
  let held: usize = 0;
  let even = zero();
  let odd = zero();
  for (const end = row + m; row < end; row++, w += size, t += size) {
    const g = rowOf<T>(factor, u, row, oneHot);
    const r = rowOf<T>(share, y, row, oneHot);
    let i: usize = 0;
    for (; i < quads; i += 64) {
      const x1 = v128.load(t + i);
      v128.store(w + i, sum3<T>(p, v128.load(w + i), q, x1, g, v128.load(v + i)));
      const first = sum2<T>(keep, x1, r, v128.load(z + i));
      v128.store(t + i, first);
      const x2 = v128.load(t + i, 16);
      v128.store(w + i, sum3<T>(p, v128.load(w + i, 16), q, x2, g, v128.load(v + i, 16)), 16);
      const second = sum2<T>(keep, x2, r, v128.load(z + i, 16));
      v128.store(t + i, second, 16);
      const x3 = v128.load(t + i, 32);
      v128.store(w + i, sum3<T>(p, v128.load(w + i, 32), q, x3, g, v128.load(v + i, 32)), 32);
      const third = sum2<T>(keep, x3, r, v128.load(z + i, 32));
      v128.store(t + i, third, 32);
      const x4 = v128.load(t + i, 48);
      v128.store(w + i, sum3<T>(p, v128.load(w + i, 48), q, x4, g, v128.load(v + i, 48)), 48);
      const fourth = sum2<T>(keep, x4, r, v128.load(z + i, 48));
      v128.store(t + i, fourth, 48);
      even = v128.add<T>(even, v128.add<T>(pairSquares<T>(first, second), pairSquares<T>(third, fourth)));
    }
    for (; i < main; i += 16) {
      const x1 = v128.load(t + i);
      v128.store(w + i, sum3<T>(p, v128.load(w + i), q, x1, g, v128.load(v + i)));
      const one = sum2<T>(keep, x1, r, v128.load(z + i));
      v128.store(t + i, one);
      odd = addSquare<T>(odd, one);
    }
    if (rest) {
      const x1 = loadPart(t + i, rest);
      storePart(w + i, sum3<T>(p, loadPart(w + i, rest), q, x1, g, loadPart(v + i, rest)), rest);
      const last = sum2<T>(keep, x1, r, loadPart(z + i, rest));
      storePart(t + i, last, rest);
      odd = addSquare<T>(odd, last);
    }
    held += steps;
    if (held + steps > most<T>()) {
      addTotal<T>(v128.add<T>(even, odd));
      even = zero();
      odd = zero();
      held = 0;
    }
  }
  addTotal<T>(v128.add<T>(even, odd));
}
