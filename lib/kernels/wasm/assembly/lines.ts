// A sum of up to three matrices, each with a factor for every row or for every column, and of a product of
// vectors, in one pass: traces that each unit carries on by a factor of its own.
import { overflows, times } from './careful';
import { bytes, loadPart, madd, storePart } from './vector';

/** Two vectors of the factor of a row, for each of the three matrices. */
const factors = memory.data(96, 64);

/** Sets the factor of a row; 1 without factors. */
@inline function setFactor<T>(own: usize, lines: usize, row: usize): void {
  const factor = lines ? v128.load_splat<T>(lines + bytes<T>(row)) : v128.splat<T>(1);
  v128.store(own, factor);
  v128.store(own, factor, 16);
}

/** The product of the vectors at two addresses. */
@inline function scaled<T>(factor: usize, x: usize): v128 {
  return v128.mul<T>(v128.load(factor), v128.load(x));
}

@inline function scaled2<T>(factor: usize, x: usize): v128 {
  return v128.mul<T>(v128.load(factor, 16), v128.load(x, 16));
}

@inline function scaledPart<T>(x: usize, lines: usize, mask: usize, i: usize, size: usize): v128 {
  return v128.mul<T>(loadPart(lines + (i & mask), size), loadPart(x + i, size));
}

/** See `lines` in opcodes.ts; the instruction is at pc. Constants tell which terms there are. */
@inline function pass<T>(pc: usize, hasY: bool, hasProduct: bool, hasZ: bool): void {
  let out = load<usize>(pc, 4);
  const m = load<usize>(pc, 8);
  const size = bytes<T>(load<usize>(pc, 12));
  const isColumns = load<i32>(pc, 16);
  const a = v128.load_splat<T>(load<usize>(pc, 20));
  let x = load<usize>(pc, 24);
  const xs = load<usize>(pc, 28);
  const b = hasY ? v128.load_splat<T>(load<usize>(pc, 32)) : a;
  let y = load<usize>(pc, 36);
  const ys = load<usize>(pc, 40);
  const c = hasZ ? v128.load_splat<T>(load<usize>(pc, 44)) : a;
  let z = load<usize>(pc, 48);
  const zs = load<usize>(pc, 52);
  const coefficient = hasProduct ? load<T>(load<usize>(pc, 56)) : 0;
  const u = load<usize>(pc, 60);
  const v = load<usize>(pc, 64);
  // Factors of columns are read along the row, those of rows at one place.
  const xm: usize = isColumns && xs ? -1 : 0;
  const ym: usize = isColumns && ys ? -1 : 0;
  const zm: usize = isColumns && zs ? -1 : 0;
  const xf = xm ? xs : factors;
  const yf = ym ? ys : factors + 32;
  const zf = zm ? zs : factors + 64;
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  for (let row: usize = 0; row < m; row++) {
    if (!xm) setFactor<T>(xf, xs, row);
    if (hasY && !ym) setFactor<T>(yf, ys, row);
    if (hasZ && !zm) setFactor<T>(zf, zs, row);
    const s = hasProduct ? v128.splat<T>(<T>(coefficient * load<T>(u + bytes<T>(row)))) : a;
    let i: usize = 0;
    for (; i < pairs; i += 32) {
      const xi = xf + (i & xm);
      let one = v128.mul<T>(a, scaled<T>(xi, x + i));
      let two = v128.mul<T>(a, scaled2<T>(xi, x + i));
      if (hasY) {
        const yi = yf + (i & ym);
        one = madd<T>(one, b, scaled<T>(yi, y + i));
        two = madd<T>(two, b, scaled2<T>(yi, y + i));
      }
      if (hasProduct) {
        one = madd<T>(one, s, v128.load(v + i));
        two = madd<T>(two, s, v128.load(v + i, 16));
      }
      if (hasZ) {
        const zi = zf + (i & zm);
        one = madd<T>(one, c, scaled<T>(zi, z + i));
        two = madd<T>(two, c, scaled2<T>(zi, z + i));
      }
      v128.store(out + i, one);
      v128.store(out + i, two, 16);
    }
    if (i < main) {
      let sum = v128.mul<T>(a, scaled<T>(xf + (i & xm), x + i));
      if (hasY) sum = madd<T>(sum, b, scaled<T>(yf + (i & ym), y + i));
      if (hasProduct) sum = madd<T>(sum, s, v128.load(v + i));
      if (hasZ) sum = madd<T>(sum, c, scaled<T>(zf + (i & zm), z + i));
      v128.store(out + i, sum);
      i += 16;
    }
    if (rest) {
      let sum = v128.mul<T>(a, scaledPart<T>(x, xf, xm, i, rest));
      if (hasY) sum = madd<T>(sum, b, scaledPart<T>(y, yf, ym, i, rest));
      if (hasProduct) sum = madd<T>(sum, s, loadPart(v + i, rest));
      if (hasZ) sum = madd<T>(sum, c, scaledPart<T>(z, zf, zm, i, rest));
      storePart(out + i, sum, rest);
    }
    out += size;
    x += size;
    y += size;
    z += size;
  }
}

/** A term of the sum at one element; its factors are 0 where all are 1. */
@inline function term<T>(
  coefficient: usize, x: usize, lines: usize, isColumns: i32, row: usize, column: usize, at: usize,
): T {
  let own = load<T>(x + at);
  if (lines) own = <T>(load<T>(lines + bytes<T>(isColumns ? column : row)) * own);
  return <T>(load<T>(coefficient) * own);
}

/** Element by element, where c u overflows on the way to a product that is finite. */
function carefully<T>(pc: usize): void {
  const out = load<usize>(pc, 4);
  const m = load<usize>(pc, 8);
  const n = load<usize>(pc, 12);
  const isColumns = load<i32>(pc, 16);
  const y = load<usize>(pc, 36);
  const z = load<usize>(pc, 48);
  const c = load<T>(load<usize>(pc, 56));
  const u = load<usize>(pc, 60);
  const v = load<usize>(pc, 64);
  let at: usize = 0;
  for (let row: usize = 0; row < m; row++)
    for (let column: usize = 0; column < n; column++, at += sizeof<T>()) {
      let sum = term<T>(load<usize>(pc, 20), load<usize>(pc, 24), load<usize>(pc, 28), isColumns, row, column, at);
      if (y) sum = <T>(sum + term<T>(load<usize>(pc, 32), y, load<usize>(pc, 40), isColumns, row, column, at));
      sum = <T>(sum + times<T>(c, load<T>(u + bytes<T>(row)), load<T>(v + bytes<T>(column)), false));
      if (z) sum = <T>(sum + term<T>(load<usize>(pc, 44), z, load<usize>(pc, 52), isColumns, row, column, at));
      store<T>(out + at, sum);
    }
}

export function lines<T>(pc: usize): void {
  const y = load<usize>(pc, 36);
  const z = load<usize>(pc, 48);
  const u = load<usize>(pc, 60);
  if (u && overflows<T>(load<T>(load<usize>(pc, 56)), u, load<usize>(pc, 8))) carefully<T>(pc);
  else if (z) {
    if (u) pass<T>(pc, true, true, true);
    else pass<T>(pc, true, false, true);
  } else if (y) {
    if (u) pass<T>(pc, true, true, false);
    else pass<T>(pc, true, false, false);
  } else if (u) pass<T>(pc, false, true, false);
  else pass<T>(pc, false, false, false);
}
