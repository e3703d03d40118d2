// Sums of four matrix rows at once. Long rows are summed block by block.
import { highHalf, lowHalf, wideLoss, withLoss, zero } from './vector';

/** Bytes of a row that are summed directly: 32 additions of float32 per lane, or 128 of float64. */
@inline export function chunk<T>(): usize {
  return sizeof<T>() == 4 ? 512 : 2048;
}
/** The sums of a block's chunks. */
export const chunks = memory.data(128, 64);

/** Bytes of a row per block. */
export const BLOCK: usize = 4096;
/** The sums of a block of four rows, times one vector and times another. */
export const block = memory.data(64, 64);
export const OTHER: usize = 32;
/** The sums of all blocks in float64, with compensation for float64 input. */
export const totals = memory.data(128, 64);

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

/** Stores, or adds, the sums of four accumulators to four elements. */
@inline export function storeSums<T>(out: usize, a: v128, b: v128, c: v128, d: v128, accumulate: i32): void {
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

/** Adds the four sums of a block to their totals. */
@inline export function addBlock<T>(to: usize, from: usize): void {
  const low = v128.load(to);
  const high = v128.load(to, 16);
  if (sizeof<T>() == 4) {
    const s = v128.load(from);
    v128.store(to, f64x2.add(low, lowHalf(s)));
    v128.store(to, f64x2.add(high, highHalf(s)), 16);
  } else {
    const s = v128.load(from);
    const t = v128.load(from, 16);
    v128.store(to, wideLoss<T>(v128.load(to, 64), low, s), 64);
    v128.store(to, wideLoss<T>(v128.load(to, 80), high, t), 80);
    v128.store(to, f64x2.add(low, s));
    v128.store(to, f64x2.add(high, t), 16);
  }
}

/** Stores, or adds, four totals. */
@inline export function storeTotals<T>(out: usize, from: usize, accumulate: i32): void {
  for (let i: usize = 0; i < 4; i++, out += sizeof<T>(), from += 8) {
    const sum = accumulate ? <f64>load<T>(out) + load<f64>(from) : load<f64>(from);
    store<T>(out, <T>withLoss<T>(sum, load<f64>(from, 64)));
  }
}

@inline export function clearTotals(): void {
  const nothing = zero();
  for (let i: usize = 0; i < 128; i += 16) v128.store(totals + i, nothing);
}
