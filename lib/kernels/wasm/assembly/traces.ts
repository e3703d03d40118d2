// Moves a matrix along one or two traces of its elements and carries the traces on, in one pass over memory.
import { overflows, times } from './careful';
import { bytes, loadPart, madd, storePart } from './vector';

/** The factor of a row in all lanes, unless there is one for each column. */
@inline function rowFactor<T>(factors: usize, row: usize, isColumns: bool): v128 {
  return isColumns ? i32x4.splat(0) : v128.load_splat<T>(factors + bytes<T>(row));
}

/** An element of a product's left factor times its coefficient, in all lanes. */
@inline function leftFactor<T>(coefficient: usize, u: usize, row: usize): v128 {
  return v128.splat<T>(<T>(load<T>(coefficient) * load<T>(u + bytes<T>(row))));
}

/** A vector of elements, or the part of one at the end of a row. */
@inline function get(at: usize, part: usize): v128 {
  return part ? loadPart(at, part) : v128.load(at);
}

@inline function put(at: usize, value: v128, part: usize): void {
  if (part) storePart(at, value, part);
  else v128.store(at, value);
}

/** x times the factors of its columns, or of its row. */
@inline function scaled<T>(x: v128, columns: usize, row: v128, isColumns: bool, part: usize): v128 {
  return v128.mul<T>(isColumns ? get(columns, part) : row, x);
}

/**
 * One vector of a row, or the part at its end. Coefficients and factors of the row are in all lanes: w ← a w + b d∘t
 * + c v + g e∘r, t ← k∘t + l∘r + s v, r ← f∘t + h∘r + o v.
 */
@inline function turn<T>(
  i: usize, part: usize, isColumns: bool, isTwo: bool, hasProduct: bool,
  w: usize, t: usize, r: usize, v: usize,
  a: v128, b: v128, d: v128, g: v128, e: v128, c: v128,
  k: v128, l: v128, s: v128, f: v128, h: v128, o: v128,
  ds: usize, es: usize, ks: usize, ls: usize, fs: usize, hs: usize,
): void {
  const x = get(t + i, part);
  const y = isTwo ? get(r + i, part) : x;
  const z = hasProduct ? get(v + i, part) : x;
  let next = madd<T>(v128.mul<T>(a, get(w + i, part)), b, scaled<T>(x, ds + i, d, isColumns, part));
  if (hasProduct) next = madd<T>(next, c, z);
  if (isTwo) next = madd<T>(next, g, scaled<T>(y, es + i, e, isColumns, part));
  put(w + i, next, part);
  next = scaled<T>(x, ks + i, k, isColumns, part);
  if (isTwo) next = v128.add<T>(next, scaled<T>(y, ls + i, l, isColumns, part));
  if (hasProduct) next = madd<T>(next, s, z);
  put(t + i, next, part);
  if (isTwo) {
    next = v128.add<T>(scaled<T>(x, fs + i, f, isColumns, part), scaled<T>(y, hs + i, h, isColumns, part));
    if (hasProduct) next = madd<T>(next, o, z);
    put(r + i, next, part);
  }
}

/** See `traces` in opcodes.ts; the instruction is at pc. Constants tell its form. */
@inline function pass<T>(pc: usize, isColumns: bool, isTwo: bool, hasProduct: bool): void {
  let w = load<usize>(pc, 4);
  let t = load<usize>(pc, 8);
  let r = load<usize>(pc, 12);
  const m = load<usize>(pc, 16);
  const size = bytes<T>(load<usize>(pc, 20));
  const pairs = size & ~31;
  const main = size & ~15;
  const rest = size & 15;
  const a = v128.load_splat<T>(load<usize>(pc, 28));
  const b = v128.load_splat<T>(load<usize>(pc, 32));
  const ds = load<usize>(pc, 36);
  const g = isTwo ? v128.load_splat<T>(load<usize>(pc, 40)) : b;
  const es = load<usize>(pc, 44);
  const v = load<usize>(pc, 56);
  const ks = load<usize>(pc, 60);
  const ls = load<usize>(pc, 64);
  const fs = load<usize>(pc, 76);
  const hs = load<usize>(pc, 80);
  for (let row: usize = 0; row < m; row++, w += size, t += size, r += size) {
    const d = rowFactor<T>(ds, row, isColumns);
    const k = rowFactor<T>(ks, row, isColumns);
    const e = isTwo ? rowFactor<T>(es, row, isColumns) : d;
    const l = isTwo ? rowFactor<T>(ls, row, isColumns) : d;
    const f = isTwo ? rowFactor<T>(fs, row, isColumns) : d;
    const h = isTwo ? rowFactor<T>(hs, row, isColumns) : d;
    const c = hasProduct ? leftFactor<T>(load<usize>(pc, 48), load<usize>(pc, 52), row) : d;
    const s = hasProduct ? leftFactor<T>(load<usize>(pc, 68), load<usize>(pc, 72), row) : d;
    const o = hasProduct && isTwo ? leftFactor<T>(load<usize>(pc, 84), load<usize>(pc, 88), row) : d;
    let i: usize = 0;
    if (!isTwo)
      for (; i < pairs; i += 32) {
        turn<T>(
          i, 0, isColumns, isTwo, hasProduct, w, t, r, v, a, b, d, g, e, c, k, l, s, f, h, o, ds, es, ks, ls, fs, hs,
        );
        turn<T>(
          i + 16, 0, isColumns, isTwo, hasProduct, w, t, r, v, a, b, d, g, e, c, k, l, s, f, h, o, ds, es, ks, ls, fs, hs,
        );
      }
    for (; i < main; i += 16) turn<T>(
          i, 0, isColumns, isTwo, hasProduct, w, t, r, v, a, b, d, g, e, c, k, l, s, f, h, o, ds, es, ks, ls, fs, hs,
        );
    if (rest) turn<T>(
          i, rest, isColumns, isTwo, hasProduct, w, t, r, v, a, b, d, g, e, c, k, l, s, f, h, o, ds, es, ks, ls, fs, hs,
        );
  }
}

/** c u⊗v at one element. */
@inline function productAt<T>(c: usize, u: usize, v: usize, row: usize, column: usize): T {
  return times<T>(load<T>(c), load<T>(u + bytes<T>(row)), load<T>(v + bytes<T>(column)), false);
}

/** Whether c u overflows on the way to a product that may be finite. */
@inline function isLarge<T>(c: usize, u: usize, m: usize): bool {
  return overflows<T>(load<T>(c), u, m);
}

/** Element by element, where a coefficient times a left factor overflows. */
function carefully<T>(pc: usize): void {
  let w = load<usize>(pc, 4);
  let t = load<usize>(pc, 8);
  let r = load<usize>(pc, 12);
  const m = load<usize>(pc, 16);
  const n = load<usize>(pc, 20);
  const isColumns = load<i32>(pc, 24);
  const v = load<usize>(pc, 56);
  for (let row: usize = 0; row < m; row++)
    for (let column: usize = 0; column < n; column++, w += sizeof<T>(), t += sizeof<T>()) {
      const at = bytes<T>(isColumns ? column : row);
      const x = load<T>(t);
      const c = productAt<T>(load<usize>(pc, 48), load<usize>(pc, 52), v, row, column);
      const s = productAt<T>(load<usize>(pc, 68), load<usize>(pc, 72), v, row, column);
      let moved = <T>(load<T>(load<usize>(pc, 28)) * load<T>(w));
      moved = <T>(moved + load<T>(load<usize>(pc, 32)) * <T>(load<T>(load<usize>(pc, 36) + at) * x));
      moved = <T>(moved + c);
      let next = <T>(load<T>(load<usize>(pc, 60) + at) * x);
      if (r) {
        const y = load<T>(r);
        const o = productAt<T>(load<usize>(pc, 84), load<usize>(pc, 88), v, row, column);
        moved = <T>(moved + load<T>(load<usize>(pc, 40)) * <T>(load<T>(load<usize>(pc, 44) + at) * y));
        next = <T>(next + load<T>(load<usize>(pc, 64) + at) * y);
        const other = <T>(load<T>(load<usize>(pc, 76) + at) * x + load<T>(load<usize>(pc, 80) + at) * y);
        store<T>(r, <T>(other + o));
        r += sizeof<T>();
      }
      store<T>(w, moved);
      store<T>(t, <T>(next + s));
    }
}

export function traces<T>(pc: usize): void {
  const m = load<usize>(pc, 16);
  const isColumns = load<i32>(pc, 24);
  const r = load<usize>(pc, 12);
  const u = load<usize>(pc, 52);
  if (
    u &&
    (isLarge<T>(load<usize>(pc, 48), u, m) || isLarge<T>(load<usize>(pc, 68), load<usize>(pc, 72), m) ||
      (r && isLarge<T>(load<usize>(pc, 84), load<usize>(pc, 88), m)))
  ) {
    carefully<T>(pc);
  } else if (isColumns) {
    if (r) {
      if (u) pass<T>(pc, true, true, true);
      else pass<T>(pc, true, true, false);
    } else if (u) pass<T>(pc, true, false, true);
    else pass<T>(pc, true, false, false);
  } else if (r) {
    if (u) pass<T>(pc, false, true, true);
    else pass<T>(pc, false, true, false);
  } else if (u) pass<T>(pc, false, false, true);
  else pass<T>(pc, false, false, false);
}
