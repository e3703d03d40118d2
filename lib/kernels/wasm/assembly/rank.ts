// Rank-one updates in one pass over the matrix, and updates of rows that an int32 index in memory picks. Two
// vectors a turn: with one, the loop costs more than its arithmetic.
import { overflows, rankOne } from './careful';
import { addScaled } from './columns';
import { dotOf } from './dot';
import { bytes, loadPart, madd, storePart } from './vector';

export function outer<T>(out: usize, c: usize, u: usize, v: usize, m: usize, n: usize): void {
  const factor = load<T>(c);
  if (overflows<T>(factor, u, m)) {
    rankOne<T>(out, 0, 0, 0, 0, c, u, v, m, n, false);
    return;
  }
  const size = bytes<T>(n);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  for (; m > 0; m--) {
    const s = v128.splat<T>(<T>(factor * load<T>(u)));
    let i: usize = 0;
    for (; i < pairs; i += 32) {
      v128.store(out + i, v128.mul<T>(s, v128.load(v + i)));
      v128.store(out + i, v128.mul<T>(s, v128.load(v + i, 16)), 16);
    }
    for (; i < main; i += 16) v128.store(out + i, v128.mul<T>(s, v128.load(v + i)));
    if (rest) storePart(out + i, v128.mul<T>(s, loadPart(v + i, rest)), rest);
    out += size;
    u += sizeof<T>();
  }
}

@inline function sum2<T>(a: v128, x: v128, b: v128, y: v128): v128 {
  return madd<T>(v128.mul<T>(a, x), b, y);
}

export function rank1<T>(out: usize, a: usize, x: usize, c: usize, u: usize, v: usize, m: usize, n: usize): void {
  const p = v128.load_splat<T>(a);
  const factor = load<T>(c);
  if (overflows<T>(factor, u, m)) {
    rankOne<T>(out, a, x, 0, 0, c, u, v, m, n, false);
    return;
  }
  const size = bytes<T>(n);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  for (; m > 0; m--) {
    const s = v128.splat<T>(<T>(factor * load<T>(u)));
    let i: usize = 0;
    for (; i < pairs; i += 32) {
      v128.store(out + i, sum2<T>(p, v128.load(x + i), s, v128.load(v + i)));
      v128.store(out + i, sum2<T>(p, v128.load(x + i, 16), s, v128.load(v + i, 16)), 16);
    }
    for (; i < main; i += 16) v128.store(out + i, sum2<T>(p, v128.load(x + i), s, v128.load(v + i)));
    if (rest) storePart(out + i, sum2<T>(p, loadPart(x + i, rest), s, loadPart(v + i, rest)), rest);
    out += size;
    x += size;
    u += sizeof<T>();
  }
}

export function rank1two<T>(
  out: usize, a: usize, x: usize, b: usize, y: usize, c: usize, u: usize, v: usize, m: usize, n: usize,
): void {
  const p = v128.load_splat<T>(a);
  const q = v128.load_splat<T>(b);
  const factor = load<T>(c);
  if (overflows<T>(factor, u, m)) {
    rankOne<T>(out, a, x, b, y, c, u, v, m, n, false);
    return;
  }
  const size = bytes<T>(n);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  for (; m > 0; m--) {
    const s = v128.splat<T>(<T>(factor * load<T>(u)));
    let i: usize = 0;
    for (; i < pairs; i += 32) {
      const one = sum2<T>(p, v128.load(x + i), q, v128.load(y + i));
      v128.store(out + i, madd<T>(one, s, v128.load(v + i)));
      const two = sum2<T>(p, v128.load(x + i, 16), q, v128.load(y + i, 16));
      v128.store(out + i, madd<T>(two, s, v128.load(v + i, 16)), 16);
    }
    for (; i < main; i += 16) {
      const two = sum2<T>(p, v128.load(x + i), q, v128.load(y + i));
      v128.store(out + i, madd<T>(two, s, v128.load(v + i)));
    }
    if (rest) {
      const two = sum2<T>(p, loadPart(x + i, rest), q, loadPart(y + i, rest));
      storePart(out + i, madd<T>(two, s, loadPart(v + i, rest)), rest);
    }
    out += size;
    x += size;
    y += size;
    u += sizeof<T>();
  }
}

export function rowadd<T>(out: usize, c: usize, v: usize, id: usize, n: usize): void {
  const size = bytes<T>(n);
  addScaled<T>(out + load<usize>(id) * size, load<T>(c), v, size);
}

export function rowdot<T>(out: usize, d: usize, id: usize, v: usize, n: usize): void {
  const size = bytes<T>(n);
  store<T>(out, <T>dotOf<T>(d + load<usize>(id) * size, v, size));
}
