// Rank-one updates element by element, for numbers for which the order of a product matters: a coefficient
// that makes a factor overflow, and factors that are not finite. Ordinary training never needs them.
import { bytes, loadPart, zero } from './vector';

@inline export function strongProduct<T>(x: T, y: T): T {
  const product = <T>(x * y);
  return product != product && (x == 0 || y == 0) ? 0 : product;
}

/**
 * Whether the ordinary kernels, which multiply u by c first, may make an element infinite that c·(u⊗v)
 * leaves finite, and NaN where v is 0. False if c is at most 1 in size.
 */
export function overflows<T>(c: T, u: usize, m: usize): bool {
  if (!(abs<T>(c) > 1)) return false;
  const factor = v128.splat<T>(c);
  const size = bytes<T>(m);
  let most = zero();
  let i: usize = 0;
  for (const main = size & ~15; i < main; i += 16)
    most = v128.max<T>(most, v128.abs<T>(v128.mul<T>(factor, v128.load(u + i))));
  const rest = size & 15;
  if (rest) most = v128.max<T>(most, v128.abs<T>(v128.mul<T>(factor, loadPart(u + i, rest))));
  const none = v128.sub<T>(most, most);
  return v128.any_true(v128.ne<T>(none, none));
}

/** c u v, without an overflow on the way; in a strong product of u and v, 0 times infinity or NaN is 0. */
@inline export function times<T>(c: T, u: T, v: T, isStrong: bool): T {
  if (isStrong && (u == 0 || v == 0)) return <T>(c * strongProduct<T>(u, v));
  const first = <T>(c * u);
  // In the order of the ordinary kernels, so that the digits are the same, where that is possible.
  if (abs<T>(first) < <T>Infinity) return <T>(first * v);
  const product = <T>(u * v);
  // Not -0: a strong product of what overflowed is 0, and plans of every care return the same.
  return product == 0 ? 0 : <T>(c * product);
}

/** out [m,n] = *a x + *b y + *c u⊗v, without the terms whose address is 0. */
export function rankOne<T>(
  out: usize, a: usize, x: usize, b: usize, y: usize, c: usize, u: usize, v: usize, m: usize, n: usize,
  isStrong: bool,
): void {
  const factor = load<T>(c);
  for (; m > 0; m--, u += sizeof<T>()) {
    for (let j: usize = 0; j < n; j++, out += sizeof<T>()) {
      let value = times<T>(factor, load<T>(u), load<T>(v + bytes<T>(j)), isStrong);
      if (x) {
        let rest = <T>(load<T>(a) * load<T>(x));
        x += sizeof<T>();
        if (y) {
          rest = <T>(rest + load<T>(b) * load<T>(y));
          y += sizeof<T>();
        }
        value = <T>(rest + value);
      }
      store<T>(out, value);
    }
  }
}

/** Element [row, column] of factor·u⊗v. If `oneHot`, u is the int32 index of the only non-zero row. */
@inline function entry<T>(
  factor: T, u: usize, v: usize, row: usize, column: usize, oneHot: i32, isStrong: bool,
): T {
  const right = load<T>(v + bytes<T>(column));
  if (oneHot) return load<usize>(u) == row ? <T>(factor * right) : 0;
  return times<T>(factor, load<T>(u + bytes<T>(row)), right, isStrong);
}

/** The pair of updates without the norm, or only the second if w is 0; see rank1pair in opcodes.ts. */
export function pair<T>(
  w: usize, t: usize, a: usize, b: usize, c: usize, u: usize, v: usize,
  k: usize, s: usize, y: usize, z: usize, m: usize, n: usize, oneHot: i32, isStrong: bool,
): void {
  for (let row: usize = 0; row < m; row++)
    for (let column: usize = 0; column < n; column++, t += sizeof<T>()) {
      const old = load<T>(t);
      if (w) {
        const moved = <T>(<T>(load<T>(a) * load<T>(w)) + <T>(load<T>(b) * old));
        store<T>(w, <T>(moved + entry<T>(load<T>(c), u, v, row, column, oneHot, isStrong)));
        w += sizeof<T>();
      }
      const next = entry<T>(load<T>(s), y, z, row, column, oneHot, isStrong);
      store<T>(t, <T>(<T>(load<T>(k) * old) + next));
    }
}
