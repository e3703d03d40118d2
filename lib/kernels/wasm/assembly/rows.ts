// A matrix times a vector, four rows at a time to save loads of the vector.
import { dotOf } from './dot';
import { addBlock, block, BLOCK, chunk, chunks, clearTotals, storeSums, storeTotals, totals } from './fours';
import { bytes, loadPart, madd, zero } from './vector';

export function matvec<T>(out: usize, a: usize, x: usize, m: usize, k: usize, accumulate: i32): void {
  const size = bytes<T>(k);
  const main = size & ~15;
  const rest = size & 15;
  let row = a;
  for (; m >= 4; m -= 4) {
    const row1 = row + size;
    const row2 = row1 + size;
    const row3 = row2 + size;
    if (size > chunk<T>()) longRows<T>(out, row, x, size, accumulate);
    else {
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
    }
    out += 4 << alignof<T>();
    row = row3 + size;
  }
  for (; m > 0; m--) {
    const s = dotOf<T>(row, x, size);
    store<T>(out, <T>(accumulate ? <f64>load<T>(out) + s : s));
    out += sizeof<T>();
    row += size;
  }
}

/** Four rows longer than a chunk, times a vector. */
function longRows<T>(out: usize, row: usize, x: usize, size: usize, accumulate: i32): void {
  if (size <= BLOCK) {
    blockOfRows<T>(out, row, size, x, size, accumulate);
    return;
  }
  clearTotals();
  for (let i: usize = 0; i < size; i += BLOCK) {
    blockOfRows<T>(block, row + i, size, x + i, min(size - i, BLOCK), 0);
    addBlock<T>(totals, block);
  }
  storeTotals<T>(out, totals, accumulate);
}

/** A block of four rows, `step` bytes apart. */
function blockOfRows<T>(out: usize, row: usize, step: usize, x: usize, size: usize, accumulate: i32): void {
  const main = size & ~15;
  const rest = size & 15;
  const row1 = row + step;
  const row2 = row1 + step;
  const row3 = row2 + step;
  let s = zero();
  let t = zero();
  let u = zero();
  let w = zero();
  let i: usize = 0;
  for (;;) {
    const begin = i;
    const end = min(i + chunk<T>(), main);
    for (; i + 16 < end; i += 32) {
      let v = v128.load(x + i);
      s = madd<T>(s, v128.load(row + i), v);
      t = madd<T>(t, v128.load(row1 + i), v);
      u = madd<T>(u, v128.load(row2 + i), v);
      w = madd<T>(w, v128.load(row3 + i), v);
      v = v128.load(x + i, 16);
      s = madd<T>(s, v128.load(row + i, 16), v);
      t = madd<T>(t, v128.load(row1 + i, 16), v);
      u = madd<T>(u, v128.load(row2 + i, 16), v);
      w = madd<T>(w, v128.load(row3 + i, 16), v);
    }
    if (i < end) {
      const v = v128.load(x + i);
      s = madd<T>(s, v128.load(row + i), v);
      t = madd<T>(t, v128.load(row1 + i), v);
      u = madd<T>(u, v128.load(row2 + i), v);
      w = madd<T>(w, v128.load(row3 + i), v);
      i += 16;
    }
    if (begin > 0) {
      s = v128.add<T>(v128.load(chunks), s);
      t = v128.add<T>(v128.load(chunks, 16), t);
      u = v128.add<T>(v128.load(chunks, 32), u);
      w = v128.add<T>(v128.load(chunks, 48), w);
    }
    if (i == main) break;
    v128.store(chunks, s);
    v128.store(chunks, t, 16);
    v128.store(chunks, u, 32);
    v128.store(chunks, w, 48);
    s = zero();
    t = zero();
    u = zero();
    w = zero();
  }
  if (rest) {
    const v = loadPart(x + i, rest);
    s = madd<T>(s, loadPart(row + i, rest), v);
    t = madd<T>(t, loadPart(row1 + i, rest), v);
    u = madd<T>(u, loadPart(row2 + i, rest), v);
    w = madd<T>(w, loadPart(row3 + i, rest), v);
  }
  storeSums<T>(out, s, t, u, w, accumulate);
}
