// Updates a matrix and its influence estimate in one pass that also computes the norm of the latter.
import { overflows, pair } from './careful';
import { bytes, loadPart, madd, storePart, wideLoss, wideSum, wideTotal, zero } from './vector';

/**
 * The coefficient of row i: of the outer product, or of the row that an int32 index names. U is the type of
 * what is at u: T for a vector, i32 for an index.
 */
@inline function rowOf<T, U>(factor: T, u: usize, i: usize): v128 {
  if (isInteger<U>()) return load<usize>(u) == i ? v128.splat<T>(factor) : zero();
  return v128.splat<T>(<T>(factor * load<T>(u + bytes<T>(i))));
}

/** Whether the index at u names another row: row i gets nothing then even if the right factor is infinite. */
@inline function isBare<U>(u: usize, i: usize): bool {
  return isInteger<U>() && load<usize>(u) != i;
}

/** A vector of a right factor, or of zeros for a bare row. */
@inline function right(at: usize, bare: bool): v128 {
  return bare ? zero() : v128.load(at);
}

@inline function rightPart(at: usize, size: usize, bare: bool): v128 {
  return bare ? zero() : loadPart(at, size);
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

/** Additions to each lane before the sums move to the wide sum. */
@inline function most<T>(): usize {
  return sizeof<T>() == 4 ? 32 : 128;
}

/** The bytes of a row that take that many additions. Longer rows are split. */
@inline function block<T>(): usize {
  return most<T>() << 5;
}

/** How many rows of at most one block take at most that many additions. */
@inline function rowsPerBlock<T>(size: usize): usize {
  return most<T>() / max<usize>(1, (size + 31) >> 5);
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
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  const together = rowsPerBlock<T>(size);
  let row: usize = 0;
  do {
    let even = zero();
    let odd = zero();
    for (const stop = min(row + together, m); row < stop; row++, x += size) {
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
    addTotal<T>(v128.add<T>(even, odd));
  } while (row < m);
}

export function rank1norm<T>(
  t: usize, norm: usize, k: usize, s: usize, y: usize, z: usize, m: usize, n: usize, oneHot: i32,
): void {
  if (!oneHot && overflows<T>(load<T>(s), y, m)) {
    pair<T>(0, t, 0, 0, 0, 0, 0, k, s, y, z, m, n, 0, false);
    squares<T>(norm, t, m, n);
    return;
  }
  clearTotal();
  if (oneHot) normBlocks<T, i32>(t, k, s, y, z, m, bytes<T>(n));
  else normBlocks<T, T>(t, k, s, y, z, m, bytes<T>(n));
  storeTotal<T>(norm);
}

function normBlocks<T, U>(t: usize, k: usize, s: usize, y: usize, z: usize, m: usize, size: usize): void {
  if (size <= block<T>()) normRows<T, U>(t, k, s, y, z, 0, m, size);
  else
    for (let row: usize = 0; row < m; row++, t += size)
      for (let i: usize = 0; i < size; i += block<T>())
        normRows<T, U>(t + i, k, s, y, z + i, row, 1, min(size - i, block<T>()));
}

/** m rows of at most one block, starting at the given one. */
@inline function normRows<T, U>(
  t: usize, k: usize, s: usize, y: usize, z: usize, row: usize, m: usize, size: usize,
): void {
  const keep = v128.load_splat<T>(k);
  const share = load<T>(s);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  const together = rowsPerBlock<T>(size);
  const end = row + m;
  do {
    let even = zero();
    let odd = zero();
    for (const stop = min(row + together, end); row < stop; row++, t += size) {
      const r = rowOf<T, U>(share, y, row);
      const bare = isBare<U>(y, row);
      let i: usize = 0;
      if (bare)
        for (; i < pairs; i += 32) {
          const first = v128.mul<T>(keep, v128.load(t + i));
          const second = v128.mul<T>(keep, v128.load(t + i, 16));
          v128.store(t + i, first);
          v128.store(t + i, second, 16);
          even = addSquare<T>(even, first);
          odd = addSquare<T>(odd, second);
        }
      else
        for (; i < pairs; i += 32) {
          const first = sum2<T>(keep, v128.load(t + i), r, v128.load(z + i));
          const second = sum2<T>(keep, v128.load(t + i, 16), r, v128.load(z + i, 16));
          v128.store(t + i, first);
          v128.store(t + i, second, 16);
          even = addSquare<T>(even, first);
          odd = addSquare<T>(odd, second);
        }
      if (i < main) {
        const first = sum2<T>(keep, v128.load(t + i), r, right(z + i, bare));
        v128.store(t + i, first);
        even = addSquare<T>(even, first);
        i += 16;
      }
      if (rest) {
        const last = sum2<T>(keep, loadPart(t + i, rest), r, rightPart(z + i, rest, bare));
        storePart(t + i, last, rest);
        odd = addSquare<T>(odd, last);
      }
    }
    addTotal<T>(v128.add<T>(even, odd));
  } while (row < end);
}

export function rank1pair<T>(
  w: usize, t: usize, norm: usize, a: usize, b: usize, c: usize, u: usize, v: usize,
  k: usize, s: usize, y: usize, z: usize, m: usize, n: usize, oneHot: i32,
): void {
  if (!oneHot && (overflows<T>(load<T>(c), u, m) || overflows<T>(load<T>(s), y, m))) {
    pair<T>(w, t, a, b, c, u, v, k, s, y, z, m, n, 0, false);
    squares<T>(norm, t, m, n);
    return;
  }
  clearTotal();
  if (oneHot) pairBlocks<T, i32>(w, t, a, b, c, u, v, k, s, y, z, m, bytes<T>(n));
  else pairBlocks<T, T>(w, t, a, b, c, u, v, k, s, y, z, m, bytes<T>(n));
  storeTotal<T>(norm);
}

function pairBlocks<T, U>(
  w: usize, t: usize, a: usize, b: usize, c: usize, u: usize, v: usize,
  k: usize, s: usize, y: usize, z: usize, m: usize, size: usize,
): void {
  if (size <= block<T>()) pairRows<T, U>(w, t, a, b, c, u, v, k, s, y, z, 0, m, size);
  else
    for (let row: usize = 0; row < m; row++, w += size, t += size)
      for (let i: usize = 0; i < size; i += block<T>())
        pairRows<T, U>(w + i, t + i, a, b, c, u, v + i, k, s, y, z + i, row, 1, min(size - i, block<T>()));
}

/**
 * m rows of at most one block, starting at the given one. The multiplications take the time, so two frequent
 * cases have loops with fewer of them: w only moves (a = 1) and both products have the same right factor, as
 * in a step of UORO with SGD; and rows that an index does not name.
 */
@inline function pairRows<T, U>(
  w: usize, t: usize, a: usize, b: usize, c: usize, u: usize, v: usize,
  k: usize, s: usize, y: usize, z: usize, row: usize, m: usize, size: usize,
): void {
  const p = v128.load_splat<T>(a);
  const q = v128.load_splat<T>(b);
  const factor = load<T>(c);
  const keep = v128.load_splat<T>(k);
  const share = load<T>(s);
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  const isCommon = !isInteger<U>() && v == z && load<T>(a) == 1;
  const together = rowsPerBlock<T>(size);
  const end = row + m;
  do {
    let even = zero();
    let odd = zero();
    for (const stop = min(row + together, end); row < stop; row++, w += size, t += size) {
      const g = rowOf<T, U>(factor, u, row);
      const r = rowOf<T, U>(share, y, row);
      const bare = isBare<U>(u, row) && isBare<U>(y, row);
      let i: usize = 0;
      if (isCommon) {
        for (; i < pairs; i += 32) {
          const x1 = v128.load(t + i);
          const x2 = v128.load(t + i, 16);
          const z1 = v128.load(z + i);
          const z2 = v128.load(z + i, 16);
          v128.store(w + i, madd<T>(madd<T>(v128.load(w + i), q, x1), g, z1));
          v128.store(w + i, madd<T>(madd<T>(v128.load(w + i, 16), q, x2), g, z2), 16);
          const first = sum2<T>(keep, x1, r, z1);
          const second = sum2<T>(keep, x2, r, z2);
          v128.store(t + i, first);
          v128.store(t + i, second, 16);
          even = addSquare<T>(even, first);
          odd = addSquare<T>(odd, second);
        }
      } else if (bare) {
        for (; i < pairs; i += 32) {
          const x1 = v128.load(t + i);
          const x2 = v128.load(t + i, 16);
          v128.store(w + i, sum2<T>(p, v128.load(w + i), q, x1));
          v128.store(w + i, sum2<T>(p, v128.load(w + i, 16), q, x2), 16);
          const first = v128.mul<T>(keep, x1);
          const second = v128.mul<T>(keep, x2);
          v128.store(t + i, first);
          v128.store(t + i, second, 16);
          even = addSquare<T>(even, first);
          odd = addSquare<T>(odd, second);
        }
      } else {
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
      }
      if (i < main) {
        const x1 = v128.load(t + i);
        v128.store(w + i, sum3<T>(p, v128.load(w + i), q, x1, g, right(v + i, bare)));
        const first = sum2<T>(keep, x1, r, right(z + i, bare));
        v128.store(t + i, first);
        even = addSquare<T>(even, first);
        i += 16;
      }
      if (rest) {
        const x1 = loadPart(t + i, rest);
        storePart(w + i, sum3<T>(p, loadPart(w + i, rest), q, x1, g, rightPart(v + i, rest, bare)), rest);
        const last = sum2<T>(keep, x1, r, rightPart(z + i, rest, bare));
        storePart(t + i, last, rest);
        odd = addSquare<T>(odd, last);
      }
    }
    addTotal<T>(v128.add<T>(even, odd));
  } while (row < end);
}
