// Euclidean norms of sums of factored terms: the root of squares computed by formulas if they are accurate,
// else from the elements, with scaling. The latter is for numbers whose squares leave the dtype; ordinary
// training never needs it.
import { bytes, loadPart, zero } from './vector';

/** The words of a check: c, |x|² and |y|² of a term c x⊗y. */
const CHECK: usize = 12;
/** The words of a leaf: its numbers of terms, rows and columns. Those of a term: c, x, y and its kind. */
const LEAF: usize = 12;
const TERM: usize = 16;

/** The kinds: x itself; x⊗y; x⊗y with a strong zero; y in the row that x names. */
const DENSE: usize = 0;

const STRONG: usize = 2;
const ROW: usize = 3;

/** Writes √*squares · *unit, as the words of an instruction say. Returns the address after them. */
export function norm<T>(pc: usize): usize {
  const squares = load<T>(load<usize>(pc, 8));
  const leaves = pc + 24 + load<usize>(pc, 16) * CHECK;
  let isPlain = squares >= least<T>() && squares < <T>Infinity;
  for (let at = pc + 24; isPlain && at < leaves; at += CHECK)
    isPlain = isSafe<T>(load<T>(load<usize>(at)), load<T>(load<usize>(at, 4)), load<T>(load<usize>(at, 8)), squares);

  isQuiet = squares == 0;
  let count = load<usize>(pc, 20);
  const unit = load<T>(load<usize>(pc, 12));
  store<T>(load<usize>(pc, 4), isPlain ? <T>(sqrt<T>(squares) * unit) : <T>scaled<T>(leaves, count, <f64>unit));
  let end = leaves;
  for (; count > 0; count--) end += LEAF + load<usize>(end) * TERM;
  return end;
}

/** A sum of squares at or above this has lost no significant digit to underflow. */
@inline function least<T>(): T {
  return sizeof<T>() == 4 ? <T>8.673617379884035e-19 : <T>1.1830521861667747e-271; // 2^-60, 2^-900
}

/**
 * Whether c² |x|² |y|² was computed without losing a digit that matters in the sum of squares: either it is
 * exact, or it is too small to matter. If it is much larger than the sum, other terms cancelled it and only
 * rounding is left.
 */
function isSafe<T>(c: T, x: T, y: T, squares: T): bool {
  const low = sizeof<T>() == 4 ? <T>7.888609052210118e-31 : <T>9.332636185032189e-302; // 2^-100, 2^-1000
  const cc = c * c;
  if (x >= low && y >= low && cc >= low && cc * x >= low && x * y >= low) return cc * x * y <= squares * 64;
  const part = abs<f64>(<f64>c) * sqrt<f64>(<f64>max<T>(x, low)) * sqrt<f64>(<f64>max<T>(y, low));
  const share = sizeof<T>() == 4 ? 7.450580596923828e-9 : 1.3877787807814457e-17; // 2^-27, 2^-56
  return part <= sqrt<f64>(<f64>squares) * share;
}

/** Set when `exponentOf` meets a number that is not finite. */
let isBroken: bool = false;
/** Whether the squares are 0 and not NaN, so that a term with coefficient 0 has only finite elements. */
let isQuiet: bool = false;
const NONE: i32 = -100000;

/** The exponent of the largest finite number of x [n], within ±1000; NONE if all are 0. */
function exponentOf<T>(x: usize, n: usize): i32 {
  if (isZero<T>(x, bytes<T>(n))) return NONE;
  let largest: f64 = 0;
  for (const end = x + bytes<T>(n); x < end; x += sizeof<T>()) {
    const size = abs<f64>(<f64>load<T>(x));
    if (size < Infinity) largest = max<f64>(largest, size);
    else isBroken = true;
  }
  if (largest == 0) return NONE;
  return max<i32>(-1000, min<i32>(1000, <i32>(reinterpret<u64>(largest) >> 52) - 1023));
}

function isZero<T>(x: usize, size: usize): bool {
  const rest = size & 15;
  let bits = zero();
  for (const main = x + size - rest; x < main; x += 16) bits = v128.or(bits, v128.load(x));
  if (rest) bits = v128.or(bits, loadPart(x, rest));
  return !v128.any_true(sizeof<T>() == 4 ? i32x4.shl(bits, 1) : i64x2.shl(bits, 1));
}

/** 2^e, for e within ±1000. */
@inline function power(e: i32): f64 {
  return reinterpret<f64>(<u64>(e + 1023) << 52);
}

/**
 * For each term of a leaf (at most three), the powers of two that bring its factors near 1; that of c
 * includes c.
 */
const scales = memory.data(72, 8);

/**
 * The exponent of a term's largest element, or NONE. With `most`, also sets its scales, so that elements come
 * out 2^-most times as large.
 */
function measure<T>(term: usize, rows: usize, columns: usize, most: i32 = 0, scale: usize = 0): i32 {
  const c = load<T>(load<usize>(term));
  if (!scale && c == 0 && isQuiet) return NONE;
  const kind = load<usize>(term, 12);
  const ofC = exponentOf<T>(load<usize>(term), 1);
  const ofX = kind == ROW ? 0 : exponentOf<T>(load<usize>(term, 4), kind == DENSE ? rows * columns : rows);
  const ofY = kind == DENSE ? 0 : exponentOf<T>(load<usize>(term, 8), columns);
  if (scale) {
    const own = max<i32>(ofC, -1000) + max<i32>(ofX, -1000) + max<i32>(ofY, -1000);
    // Elements further below the largest do not matter.
    store<f64>(scale, <f64>c * power(-max<i32>(ofC, -1000)) * power(max<i32>(-1000, min<i32>(0, own - most))));
    store<f64>(scale, power(-max<i32>(ofX, -1000)), 8);
    store<f64>(scale, power(-max<i32>(ofY, -1000)), 16);
  }
  return ofC == NONE || ofX == NONE || ofY == NONE ? NONE : ofC + ofX + ofY;
}

/** The same norm from the elements, in float64, scaled by the power of two that brings the largest near 1. */
function scaled<T>(leaves: usize, count: usize, unit: f64): f64 {
  isBroken = false;
  let most = NONE;
  let at = leaves;
  for (let leaf: usize = 0; leaf < count; leaf++) {
    const end = at + LEAF + load<usize>(at) * TERM;
    const rows = load<usize>(at, 4);
    const columns = load<usize>(at, 8);
    for (at += LEAF; at < end; at += TERM) most = max<i32>(most, measure<T>(at, rows, columns));
  }
  if (most == NONE) {
    if (!isBroken) return 0;
    most = 0;
  }
  let squares: f64 = 0;
  at = leaves;
  for (let leaf: usize = 0; leaf < count; leaf++) {
    const end = at + LEAF + load<usize>(at) * TERM;
    squares += squaresOf<T>(at + LEAF, end, load<usize>(at, 4), load<usize>(at, 8), most);
    at = end;
  }
  // Multiply by the unit first: together with it, a norm beyond the dtype may be within range.
  let root = sqrt<f64>(squares) * unit;
  for (; most > 900; most -= 900) root *= power(900);
  for (; most < -900; most += 900) root *= power(-900);
  return root * power(most);
}

/** The sum over the elements of a leaf of (2^-most Σ over terms)². */
function squaresOf<T>(terms: usize, end: usize, rows: usize, columns: usize, most: i32): f64 {
  let scale = scales;
  for (let at = terms; at < end; at += TERM, scale += 24) measure<T>(at, rows, columns, most, scale);
  let squares: f64 = 0;
  for (let row: usize = 0; row < rows; row++)
    for (let column: usize = 0; column < columns; column++) {
      let element: f64 = 0;
      scale = scales;
      for (let at = terms; at < end; at += TERM, scale += 24) element += elementOf<T>(at, scale, row, column, columns);
      squares += element * element;
    }
  return squares;
}

function elementOf<T>(term: usize, scale: usize, row: usize, column: usize, columns: usize): f64 {
  const kind = load<usize>(term, 12);
  const c = load<f64>(scale);
  const x = load<usize>(term, 4);
  if (kind == DENSE) return c * (<f64>load<T>(x + bytes<T>(row * columns + column)) * load<f64>(scale, 8));
  const y = <f64>load<T>(load<usize>(term, 8) + bytes<T>(column)) * load<f64>(scale, 16);
  if (kind == ROW) return load<usize>(x) == row ? c * y : 0;
  const own = <f64>load<T>(x + bytes<T>(row)) * load<f64>(scale, 8);
  const product = own * y;
  return kind == STRONG && isNaN<f64>(product) && (own == 0 || y == 0) ? 0 : c * product;
}
