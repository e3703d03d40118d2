// Products with a strong zero: 0 times infinity or NaN is 0. If every factor is finite, the ordinary kernels
// run; slow loops handle the rest.
import { pair, rankOne, strongProduct } from './careful';
import * as columns from './columns';
import * as pairs from './pairs';
import * as rank from './rank';
import { bytes, loadPart } from './vector';

/** Not finite if any of n elements is not, and NaN if any is NaN. */
@inline function sumOf<T>(x: usize, n: usize): v128 {
  const size = bytes<T>(n);
  let a: v128 = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let i: usize = 0;
  for (const main = size & ~63; i < main; i += 64) {
    a = v128.add<T>(a, v128.load(x + i));
    b = v128.add<T>(b, v128.load(x + i, 16));
    c = v128.add<T>(c, v128.load(x + i, 32));
    d = v128.add<T>(d, v128.load(x + i, 48));
  }
  for (const main = size & ~15; i < main; i += 16) a = v128.add<T>(a, v128.load(x + i));
  const rest = size & 15;
  if (rest) b = v128.add<T>(b, loadPart(x + i, rest));
  return v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
}

/** False if any element of u [m] or v [n] is not finite, or their sum overflows. */
function areFinite<T>(u: usize, m: usize, v: usize, n: usize): bool {
  const sum = v128.add<T>(sumOf<T>(u, m), sumOf<T>(v, n));
  const none = v128.sub<T>(sum, sum);
  return !v128.any_true(v128.ne<T>(none, none));
}

/**
 * Recomputes the NaN elements of out [m,n] = a b with strong products; a is [m,k], or [k,m] if transposed; b
 * likewise.
 */
export function mend<T>(
  out: usize, a: usize, b: usize, m: usize, n: usize, k: usize, transposeA: i32, transposeB: i32,
): void {
  const sum = sumOf<T>(out, m * n);
  if (!v128.any_true(v128.ne<T>(sum, sum))) return;
  const one = sizeof<T>();
  const aRow = transposeA ? one : bytes<T>(k);
  const aColumn = transposeA ? bytes<T>(m) : one;
  const bRow = transposeB ? one : bytes<T>(n);
  const bColumn = transposeB ? bytes<T>(k) : one;
  for (let row: usize = 0; row < m; row++)
    for (let column: usize = 0; column < n; column++, out += one) {
      if (load<T>(out) == load<T>(out)) continue;
      let total: T = 0;
      let left = a + row * aRow;
      let right = b + column * bColumn;
      for (let l: usize = 0; l < k; l++, left += aColumn, right += bRow)
        total = <T>(total + strongProduct<T>(load<T>(left), load<T>(right)));
      store<T>(out, total);
    }
}

function bilinearOf<T>(out: usize, u: usize, d: usize, v: usize, m: usize, n: usize): void {
  let total: T = 0;
  for (; m > 0; m--, u += sizeof<T>())
    for (let j: usize = 0; j < n; j++, d += sizeof<T>())
      total = <T>(total + strongProduct<T>(load<T>(u), load<T>(v + bytes<T>(j))) * load<T>(d));
  store<T>(out, total);
}

/** This and the functions below run the instruction at `pc`. */
export function outer<T>(pc: usize): void {
  const u = load<usize>(pc, 12);
  const v = load<usize>(pc, 16);
  const m = load<usize>(pc, 20);
  const n = load<usize>(pc, 24);
  if (areFinite<T>(u, m, v, n)) rank.outer<T>(load<usize>(pc, 4), load<usize>(pc, 8), u, v, m, n);
  else rankOne<T>(load<usize>(pc, 4), 0, 0, 0, 0, load<usize>(pc, 8), u, v, m, n, true);
}

export function rank1<T>(pc: usize): void {
  const out = load<usize>(pc, 4);
  const a = load<usize>(pc, 8);
  const x = load<usize>(pc, 12);
  const c = load<usize>(pc, 16);
  const u = load<usize>(pc, 20);
  const v = load<usize>(pc, 24);
  const m = load<usize>(pc, 28);
  const n = load<usize>(pc, 32);
  if (areFinite<T>(u, m, v, n)) rank.rank1<T>(out, a, x, c, u, v, m, n);
  else rankOne<T>(out, a, x, 0, 0, c, u, v, m, n, true);
}

export function rank1two<T>(pc: usize): void {
  const out = load<usize>(pc, 4);
  const a = load<usize>(pc, 8);
  const x = load<usize>(pc, 12);
  const b = load<usize>(pc, 16);
  const y = load<usize>(pc, 20);
  const c = load<usize>(pc, 24);
  const u = load<usize>(pc, 28);
  const v = load<usize>(pc, 32);
  const m = load<usize>(pc, 36);
  const n = load<usize>(pc, 40);
  if (areFinite<T>(u, m, v, n)) rank.rank1two<T>(out, a, x, b, y, c, u, v, m, n);
  else rankOne<T>(out, a, x, b, y, c, u, v, m, n, true);
}

export function bilinear<T>(pc: usize): void {
  const out = load<usize>(pc, 4);
  const u = load<usize>(pc, 8);
  const d = load<usize>(pc, 12);
  const v = load<usize>(pc, 16);
  const m = load<usize>(pc, 20);
  const n = load<usize>(pc, 24);
  if (areFinite<T>(u, m, v, n)) columns.bilinear<T>(out, u, d, v, m, n);
  else bilinearOf<T>(out, u, d, v, m, n);
}

export function rank1norm<T>(pc: usize): void {
  const t = load<usize>(pc, 4);
  const norm = load<usize>(pc, 8);
  const k = load<usize>(pc, 12);
  const s = load<usize>(pc, 16);
  const y = load<usize>(pc, 20);
  const z = load<usize>(pc, 24);
  const m = load<usize>(pc, 28);
  const n = load<usize>(pc, 32);
  const oneHot = load<i32>(pc, 36);
  if (areFinite<T>(y, oneHot ? 0 : m, z, n)) pairs.rank1norm<T>(t, norm, k, s, y, z, m, n, oneHot);
  else {
    pair<T>(0, t, 0, 0, 0, 0, 0, k, s, y, z, m, n, oneHot, true);
    pairs.squares<T>(norm, t, m, n);
  }
}

export function rank1pair<T>(pc: usize): void {
  const w = load<usize>(pc, 4);
  const t = load<usize>(pc, 8);
  const norm = load<usize>(pc, 12);
  const a = load<usize>(pc, 16);
  const b = load<usize>(pc, 20);
  const c = load<usize>(pc, 24);
  const u = load<usize>(pc, 28);
  const v = load<usize>(pc, 32);
  const k = load<usize>(pc, 36);
  const s = load<usize>(pc, 40);
  const y = load<usize>(pc, 44);
  const z = load<usize>(pc, 48);
  const m = load<usize>(pc, 52);
  const n = load<usize>(pc, 56);
  const oneHot = load<i32>(pc, 60);
  const rows: usize = oneHot ? 0 : m;
  if (areFinite<T>(u, rows, v, n) && areFinite<T>(y, rows, z, n))
    pairs.rank1pair<T>(w, t, norm, a, b, c, u, v, k, s, y, z, m, n, oneHot);
  else {
    pair<T>(w, t, a, b, c, u, v, k, s, y, z, m, n, oneHot, true);
    pairs.squares<T>(norm, t, m, n);
  }
}
