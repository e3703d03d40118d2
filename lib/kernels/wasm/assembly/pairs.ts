// A matrix and what estimates its influence, updated in one pass that also takes the norm of the second.
import { bytes, loadPart, madd, storePart, sumLanes } from './vector';

/** The coefficient of row i: of the outer product, or of the row that an int32 picks. */
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

export function squares<T>(norm: usize, x: usize, m: usize, n: usize): void {
  const size = bytes<T>(n);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  let even: v128 = i32x4.splat(0);
  let odd = even;
  for (; m > 0; m--, x += size) {
    let i: usize = 0;
    for (; i < pairs; i += 32) {
      even = addSquare<T>(even, v128.load(x + i));
      odd = addSquare<T>(odd, v128.load(x + i, 16));
    }
    if (i < main) {
      even = addSquare<T>(even, v128.load(x + i));
      i += 16;
    }
    if (rest) odd = addSquare<T>(odd, loadPart(x + i, rest));
  }
  store<T>(norm, sumLanes<T>(v128.add<T>(even, odd)));
}

export function rank1norm<T>(
  t: usize, norm: usize, k: usize, s: usize, y: usize, z: usize, m: usize, n: usize, oneHot: i32,
): void {
  const keep = v128.load_splat<T>(k);
  const share = load<T>(s);
  const size = bytes<T>(n);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  let even: v128 = i32x4.splat(0);
  let odd = even;
  for (let row: usize = 0; row < m; row++, t += size) {
    const r = rowOf<T>(share, y, row, oneHot);
    let i: usize = 0;
    for (; i < pairs; i += 32) {
      const first = sum2<T>(keep, v128.load(t + i), r, v128.load(z + i));
      const second = sum2<T>(keep, v128.load(t + i, 16), r, v128.load(z + i, 16));
      v128.store(t + i, first);
      v128.store(t + i, second, 16);
      even = addSquare<T>(even, first);
      odd = addSquare<T>(odd, second);
    }
    if (i < main) {
      const first = sum2<T>(keep, v128.load(t + i), r, v128.load(z + i));
      v128.store(t + i, first);
      even = addSquare<T>(even, first);
      i += 16;
    }
    if (rest) {
      const last = sum2<T>(keep, loadPart(t + i, rest), r, loadPart(z + i, rest));
      storePart(t + i, last, rest);
      odd = addSquare<T>(odd, last);
    }
  }
  store<T>(norm, sumLanes<T>(v128.add<T>(even, odd)));
}

export function rank1pair<T>(
  w: usize, t: usize, norm: usize, a: usize, b: usize, c: usize, u: usize, v: usize,
  k: usize, s: usize, y: usize, z: usize, m: usize, n: usize, oneHot: i32,
): void {
  const p = v128.load_splat<T>(a);
  const q = v128.load_splat<T>(b);
  const factor = load<T>(c);
  const keep = v128.load_splat<T>(k);
  const share = load<T>(s);
  const size = bytes<T>(n);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  let even: v128 = i32x4.splat(0);
  let odd = even;
  for (let row: usize = 0; row < m; row++, w += size, t += size) {
    const g = rowOf<T>(factor, u, row, oneHot);
    const r = rowOf<T>(share, y, row, oneHot);
    let i: usize = 0;
    for (; i < pairs; i += 32) {
      const x1 = v128.load(t + i);
      const x2 = v128.load(t + i, 16);
      v128.store(w + i, sum3<T>(p, v128.load(w + i), q, x1, g, v128.load(v + i)));
      v128.store(w + i, sum3<T>(p, v128.load(w + i, 16), q, x2, g, v128.load(v + i, 16)), 16);
      const first = sum2<T>(keep, x1, r, v128.load(z + i));
      const second = sum2<T>(keep, x2, r, v128.load(z + i, 16));
      v128.store(t + i, first);
      v128.store(t + i, second, 16);
      even = addSquare<T>(even, first);
      odd = addSquare<T>(odd, second);
    }
    if (i < main) {
      const x1 = v128.load(t + i);
      v128.store(w + i, sum3<T>(p, v128.load(w + i), q, x1, g, v128.load(v + i)));
      const first = sum2<T>(keep, x1, r, v128.load(z + i));
      v128.store(t + i, first);
      even = addSquare<T>(even, first);
      i += 16;
    }
    if (rest) {
      const x1 = loadPart(t + i, rest);
      storePart(w + i, sum3<T>(p, loadPart(w + i, rest), q, x1, g, loadPart(v + i, rest)), rest);
      const last = sum2<T>(keep, x1, r, loadPart(z + i, rest));
      storePart(t + i, last, rest);
      odd = addSquare<T>(odd, last);
    }
  }
  store<T>(norm, sumLanes<T>(v128.add<T>(even, odd)));
}
