// A matrix times two vectors in one pass: four rows at a time.
import { dotOf } from './dot';
import { addBlock, block, BLOCK, chunk, chunks, clearTotals, OTHER, storeSums, storeTotals, totals } from './fours';
import { bytes, loadPart, madd, zero } from './vector';

export function matvec2<T>(out1: usize, out2: usize, a: usize, x1: usize, x2: usize, m: usize, k: usize): void {
  const size = bytes<T>(k);
  const main = size & ~15;
  const rest = size & 15;
  let row = a;
  for (; m >= 4; m -= 4) {
    const row1 = row + size;
    const row2 = row1 + size;
    const row3 = row2 + size;
    if (size > chunk<T>()) longRows2<T>(out1, out2, row, x1, x2, size);
    else {
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
    }
    out1 += 4 << alignof<T>();
    out2 += 4 << alignof<T>();
    row = row3 + size;
  }
  for (; m > 0; m--) {
    store<T>(out1, <T>dotOf<T>(row, x1, size));
    store<T>(out2, <T>dotOf<T>(row, x2, size));
    out1 += sizeof<T>();
    out2 += sizeof<T>();
    row += size;
  }
}

/** Four rows longer than a chunk, times two vectors. */
function longRows2<T>(out1: usize, out2: usize, row: usize, x1: usize, x2: usize, size: usize): void {
  if (size <= BLOCK) {
    blockOfRows2<T>(out1, out2, row, size, x1, x2, size);
    return;
  }
  clearTotals();
  for (let i: usize = 0; i < size; i += BLOCK) {
    blockOfRows2<T>(block, block + OTHER, row + i, size, x1 + i, x2 + i, min(size - i, BLOCK));
    addBlock<T>(totals, block);
    addBlock<T>(totals + OTHER, block + OTHER);
  }
  storeTotals<T>(out1, totals, 0);
  storeTotals<T>(out2, totals + OTHER, 0);
}

/** A block of four rows, `step` bytes apart. */
function blockOfRows2<T>(out1: usize, out2: usize, row: usize, step: usize, x1: usize, x2: usize, size: usize): void {
  const main = size & ~15;
  const rest = size & 15;
  const row1 = row + step;
  const row2 = row1 + step;
  const row3 = row2 + step;
  let s = zero();
  let t = zero();
  let u = zero();
  let w = zero();
  let s2 = zero();
  let t2 = zero();
  let u2 = zero();
  let w2 = zero();
  let i: usize = 0;
  for (;;) {
    const begin = i;
    for (const end = min(i + chunk<T>(), main); i < end; i += 16) {
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
    if (begin > 0) {
      s = v128.add<T>(v128.load(chunks), s);
      t = v128.add<T>(v128.load(chunks, 16), t);
      u = v128.add<T>(v128.load(chunks, 32), u);
      w = v128.add<T>(v128.load(chunks, 48), w);
      s2 = v128.add<T>(v128.load(chunks, 64), s2);
      t2 = v128.add<T>(v128.load(chunks, 80), t2);
      u2 = v128.add<T>(v128.load(chunks, 96), u2);
      w2 = v128.add<T>(v128.load(chunks, 112), w2);
    }
    if (i == main) break;
    v128.store(chunks, s);
    v128.store(chunks, t, 16);
    v128.store(chunks, u, 32);
    v128.store(chunks, w, 48);
    v128.store(chunks, s2, 64);
    v128.store(chunks, t2, 80);
    v128.store(chunks, u2, 96);
    v128.store(chunks, w2, 112);
    s = zero();
    t = zero();
    u = zero();
    w = zero();
    s2 = zero();
    t2 = zero();
    u2 = zero();
    w2 = zero();
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
}
