// Matrix product: packs blocks of both matrices into panels and runs a kernel of 4 rows by 2 vectors over
// them.
import { panelsA, panelsB } from './scratch';
import { highHalf, loadSome, lowHalf, madd, storePart, wideLoss, withLoss, zero } from './vector';

/**
 * Rows of a, depth, and bytes of a row of b per block: a block of b fits the second-level cache, one of a the
 * first.
 */
const ROWS: usize = 64;
const DEPTH: usize = 256;
const WIDTH: usize = 1024;

const tile = memory.data(128, 64);

/**
 * Packs `count` lines (`lineStride` bytes apart) of `depth` elements (`stride` bytes apart) into panels of
 * `width` lines: panel by panel, `width` elements for each depth. Lines missing from the last panel are
 * filled with 0. They are never stored, but leftover data might be denormal, and slow.
 */
function pack<T>(to: usize, from: usize, count: usize, depth: usize, lineStride: usize, stride: usize, width: usize): void {
  const line = width << alignof<T>();
  for (; count > 0; count -= width) {
    const lines = min(count, width);
    if (lines < width) memory.fill(to, 0, line * depth);
    if (lineStride == sizeof<T>() && lines == width) {
      let source = from;
      for (let end = to + depth * line, at = to; at < end; at += line, source += stride)
        for (let i: usize = 0; i < line; i += 16) v128.store(at + i, v128.load(source + i));
    } else if (sizeof<T>() == 4 && stride == 4 && lines == width) {
      for (let l: usize = 0; l < width; l += 4) transpose4(to + (l << 2), line, from + l * lineStride, lineStride, depth);
    } else {
      for (let l: usize = 0; l < lines; l++) {
        let at = to + (l << alignof<T>());
        let source = from + l * lineStride;
        for (let d: usize = 0; d < depth; d++, at += line, source += stride) store<T>(at, load<T>(source));
      }
    }
    to += line * depth;
    from += width * lineStride;
    if (count < width) break;
  }
}

/** Four dense lines of float32, to groups of four elements `step` bytes apart. */
@inline function transpose4(to: usize, step: usize, from: usize, lineStride: usize, depth: usize): void {
  const from1 = from + lineStride;
  const from2 = from1 + lineStride;
  const from3 = from2 + lineStride;
  let i: usize = 0;
  for (const main = (depth & ~3) << 2; i < main; i += 16) {
    const a = v128.load(from + i);
    const b = v128.load(from1 + i);
    const c = v128.load(from2 + i);
    const d = v128.load(from3 + i);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<u64>(ab, cd, 0, 2));
    to += step;
    v128.store(to, v128.shuffle<u64>(ab, cd, 1, 3));
    to += step;
    v128.store(to, v128.shuffle<u64>(ab2, cd2, 0, 2));
    to += step;
    v128.store(to, v128.shuffle<u64>(ab2, cd2, 1, 3));
    to += step;
  }
  for (const end = depth << 2; i < end; i += 4) {
    store<f32>(to, load<f32>(from + i));
    store<f32>(to, load<f32>(from1 + i), 4);
    store<f32>(to, load<f32>(from2 + i), 8);
    store<f32>(to, load<f32>(from3 + i), 12);
    to += step;
  }
}

/** Bytes of a panel of b that are summed directly, 32 deep; the sums of these chunks are added up in turn. */
const CHUNK: usize = 32 * 32;
const chunks = memory.data(128, 64);

/** One tile [4, 2 vectors] of out (+)= panel of a · panel of b. */
function kernel<T>(out: usize, a: usize, b: usize, depth: usize, step: usize, accumulate: i32): void {
  let s0 = zero();
  let s1 = zero();
  let t0 = zero();
  let t1 = zero();
  let u0 = zero();
  let u1 = zero();
  let w0 = zero();
  let w1 = zero();
  const first = b;
  const last = b + (depth << 5);
  for (;;) {
    const begin = b;
    for (const end = min(b + CHUNK, last); b < end; b += 32) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let v = v128.load_splat<T>(a);
      s0 = madd<T>(s0, v, b0);
      s1 = madd<T>(s1, v, b1);
      v = v128.load_splat<T>(a, sizeof<T>());
      t0 = madd<T>(t0, v, b0);
      t1 = madd<T>(t1, v, b1);
      v = v128.load_splat<T>(a, 2 * sizeof<T>());
      u0 = madd<T>(u0, v, b0);
      u1 = madd<T>(u1, v, b1);
      v = v128.load_splat<T>(a, 3 * sizeof<T>());
      w0 = madd<T>(w0, v, b0);
      w1 = madd<T>(w1, v, b1);
      a += 4 * sizeof<T>();
    }
    if (begin > first) {
      s0 = v128.add<T>(v128.load(chunks), s0);
      s1 = v128.add<T>(v128.load(chunks, 16), s1);
      t0 = v128.add<T>(v128.load(chunks, 32), t0);
      t1 = v128.add<T>(v128.load(chunks, 48), t1);
      u0 = v128.add<T>(v128.load(chunks, 64), u0);
      u1 = v128.add<T>(v128.load(chunks, 80), u1);
      w0 = v128.add<T>(v128.load(chunks, 96), w0);
      w1 = v128.add<T>(v128.load(chunks, 112), w1);
    }
    if (b == last) break;
    v128.store(chunks, s0);
    v128.store(chunks, s1, 16);
    v128.store(chunks, t0, 32);
    v128.store(chunks, t1, 48);
    v128.store(chunks, u0, 64);
    v128.store(chunks, u1, 80);
    v128.store(chunks, w0, 96);
    v128.store(chunks, w1, 112);
    s0 = zero();
    s1 = zero();
    t0 = zero();
    t1 = zero();
    u0 = zero();
    u1 = zero();
    w0 = zero();
    w1 = zero();
  }
  const out1 = out + step;
  const out2 = out1 + step;
  const out3 = out2 + step;
  if (accumulate) {
    s0 = v128.add<T>(v128.load(out), s0);
    s1 = v128.add<T>(v128.load(out, 16), s1);
    t0 = v128.add<T>(v128.load(out1), t0);
    t1 = v128.add<T>(v128.load(out1, 16), t1);
    u0 = v128.add<T>(v128.load(out2), u0);
    u1 = v128.add<T>(v128.load(out2, 16), u1);
    w0 = v128.add<T>(v128.load(out3), w0);
    w1 = v128.add<T>(v128.load(out3, 16), w1);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out1, t0);
  v128.store(out1, t1, 16);
  v128.store(out2, u0);
  v128.store(out2, u1, 16);
  v128.store(out3, w0);
  v128.store(out3, w1, 16);
}

/** A tile that crosses the edge of the matrix, computed in a full tile first. */
function edge<T>(out: usize, a: usize, b: usize, depth: usize, step: usize, accumulate: i32, rows: usize, size: usize): void {
  kernel<T>(tile, a, b, depth, 32, 0);
  for (let row: usize = 0; row < rows; row++, out += step) {
    for (let i: usize = 0; i < size; i += 16) {
      const part = min<usize>(size - i, 16);
      let v = v128.load(tile + (row << 5) + i);
      if (accumulate) v = v128.add<T>(loadSome(out + i, part), v);
      if (part == 16) v128.store(out + i, v);
      else storePart(out + i, v, part);
    }
  }
}

/** The right matrix of a product [k, n] in panels, for any number of products: `transposeB` 2 says that it is. */
export function panels<T>(pc: usize): void {
  const n = load<usize>(pc, 12);
  const k = load<usize>(pc, 16);
  const isTransposed = load<i32>(pc, 20);
  const one: usize = sizeof<T>();
  const bRow = isTransposed ? one : n << alignof<T>();
  const bColumn = isTransposed ? k << alignof<T>() : one;
  pack<T>(load<usize>(pc, 4), load<usize>(pc, 8), n, k, bColumn, bRow, 32 >> alignof<T>());
}

export function gemm<T>(
  out: usize, a: usize, b: usize, m: usize, n: usize, k: usize, transposeA: i32, transposeB: i32, accumulate: i32,
): void {
  const one = sizeof<T>();
  const across = WIDTH >> alignof<T>();
  const step = n << alignof<T>();
  const aRow = transposeA ? one : k << alignof<T>();
  const aColumn = transposeA ? m << alignof<T>() : one;
  const isPacked = transposeB == 2;
  const bRow = transposeB ? one : step;
  const bColumn = transposeB ? k << alignof<T>() : one;
  if (k == 0 && !accumulate) memory.fill(out, 0, m * step);
  if (k > deepest<T>()) {
    deep<T>(out, a, b, m, n, k, aRow, aColumn, bRow, bColumn, accumulate);
    return;
  }
  // If one block holds all of a, pack it once.
  const packOnce = m <= ROWS && k <= DEPTH;
  if (packOnce) pack<T>(panelsA, a, m, k, aRow, aColumn, 4);
  for (let j: usize = 0; j < n; j += across) {
    const columns = min(n - j, across);
    for (let l: usize = 0; l < k; l += DEPTH) {
      const depth = min(k - l, DEPTH);
      const add = i32(l > 0) | accumulate;
      if (!isPacked) pack<T>(panelsB, b + l * bRow + j * bColumn, columns, depth, bColumn, bRow, 32 >> alignof<T>());
      const right = isPacked ? b + ((j * k) << alignof<T>()) : panelsB;
      for (let i: usize = 0; i < m; i += ROWS) {
        const rows = min(m - i, ROWS);
        if (!packOnce) pack<T>(panelsA, a + i * aRow + l * aColumn, rows, depth, aRow, aColumn, 4);
        block<T>(out + i * step + (j << alignof<T>()), right, rows, columns << alignof<T>(), depth, step, add);
      }
    }
  }
}

@inline function block<T>(out: usize, right: usize, rows: usize, size: usize, depth: usize, step: usize, accumulate: i32): void {
  const panelA = (depth << alignof<T>()) << 2;
  const panelB = depth << 5;
  let b = right;
  for (let i: usize = 0; i < size; i += 32, b += panelB) {
    let a = panelsA;
    let at = out + i;
    for (let row: usize = 0; row < rows; row += 4, a += panelA, at += step << 2) {
      if (row + 4 <= rows && i + 32 <= size) kernel<T>(at, a, b, depth, step, accumulate);
      else edge<T>(at, a, b, depth, step, accumulate, min<usize>(rows - row, 4), min<usize>(size - i, 32));
    }
  }
}

/** The depth above which products are summed in wide sums, ACROSS columns at a time. */
@inline function deepest<T>(): usize {
  return sizeof<T>() == 4 ? 1024 : 4096;
}
const ACROSS: usize = 64;
/** The wide sums follow the narrow panels of b; their compensations follow them. */
const sums = panelsB + 256 * 64 * 8;
const LOST: usize = 64 * 64 * 8;

/** A product too deep to sum in the dtype of the matrices. */
function deep<T>(
  out: usize, a: usize, b: usize, m: usize, n: usize, k: usize,
  aRow: usize, aColumn: usize, bRow: usize, bColumn: usize, accumulate: i32,
): void {
  for (let j: usize = 0; j < n; j += ACROSS) {
    const columns = min(n - j, ACROSS);
    for (let i: usize = 0; i < m; i += ROWS) {
      const rows = min(m - i, ROWS);
      memory.fill(sums, 0, 2 * LOST);
      for (let l: usize = 0; l < k; l += DEPTH) {
        const depth = min(k - l, DEPTH);
        pack<T>(panelsA, a + i * aRow + l * aColumn, rows, depth, aRow, aColumn, 4);
        pack<T>(panelsB, b + l * bRow + j * bColumn, columns, depth, bColumn, bRow, 32 >> alignof<T>());
        for (let x: usize = 0; x < columns; x += 32 >> alignof<T>())
          for (let y: usize = 0; y < rows; y += 4) {
            kernel<T>(tile, panelsA + ((y * depth) << alignof<T>()), panelsB + ((x * depth) << alignof<T>()), depth, 32, 0);
            for (let row: usize = 0; row < 4; row++) addTile<T>(sums + (((y + row) * ACROSS + x) << 3), tile + (row << 5));
          }
      }
      for (let row: usize = 0; row < rows; row++)
        settle<T>(out + (((i + row) * n + j) << alignof<T>()), sums + ((row * ACROSS) << 3), columns, accumulate);
    }
  }
}

/** Adds a row of a tile to its sums. */
@inline function addTile<T>(to: usize, from: usize): void {
  if (sizeof<T>() == 4) {
    addTo<T>(to, lowHalf(v128.load(from)));
    addTo<T>(to + 16, highHalf(v128.load(from)));
    addTo<T>(to + 32, lowHalf(v128.load(from, 16)));
    addTo<T>(to + 48, highHalf(v128.load(from, 16)));
  } else {
    addTo<T>(to, v128.load(from));
    addTo<T>(to + 16, v128.load(from, 16));
  }
}

@inline function addTo<T>(to: usize, part: v128): void {
  const sum = v128.load(to);
  if (sizeof<T>() == 8) v128.store(to + LOST, wideLoss<T>(v128.load(to + LOST), sum, part));
  v128.store(to, f64x2.add(sum, part));
}

function settle<T>(out: usize, from: usize, columns: usize, accumulate: i32): void {
  for (; columns > 0; columns--, out += sizeof<T>(), from += 8) {
    const sum = accumulate ? <f64>load<T>(out) + load<f64>(from) : load<f64>(from);
    store<T>(out, <T>withLoss<T>(sum, load<f64>(from + LOST)));
  }
}
