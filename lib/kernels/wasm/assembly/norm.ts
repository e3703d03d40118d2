// Euclidean norms of factored parts: from sums of squares that were taken anyway where nothing was lost, and else again, with scales.
// A length r is kept as a float64 in [2^-300, 2^300) and a number e of steps of 2^600: r · 2^(600 e).
const STEP: f64 = 4.149515568880993e180; // 2^600
const DOWN: f64 = 2.409919865102884e-181; // 2^-600
const TOP: f64 = 2.037035976334486e90; // 2^300
const BOTTOM: f64 = 4.909093465297727e-91; // 2^-300

/** The steps of the length that was found last. */
let steps: i32 = 0;

/** Sums of squares from here on have lost no digit that counts to underflow, when terms have coefficients within these bounds. */
@inline function least<T>(): T {
  return sizeof<T>() == 4 ? <T>8.673617379884035e-19 : <T>1.1830521861667747e-271; // 2^-60, 2^-900
}

@inline function isMild<T>(c: T): bool {
  const x = abs<T>(c);
  return x >= <T>9.5367431640625e-7 && x <= <T>1048576; // 2^-20, 2^20
}

@inline function isPlain<T>(squares: T): bool {
  return squares >= least<T>() && squares <= <T>(sizeof<T>() == 4 ? f32.MAX_VALUE : f64.MAX_VALUE);
}

/** Whether the sum of squares of a factor is what it seems: a vector of zeros is often one, before the first step say. */
function isRight<T>(squares: usize, x: usize, n: usize): bool {
  const own = load<T>(squares);
  if (own != 0) return isPlain<T>(own);
  for (const end = x + (n << alignof<T>()); x < end; x += sizeof<T>()) if (load<T>(x) != 0) return false;
  return true;
}

/** A length with its steps, so that it lies within bounds. */
function settled(r: f64, e: i32): f64 {
  if (r > 0 && r < Infinity) {
    for (; r >= TOP; e++) r *= DOWN;
    for (; r < BOTTOM; e--) r *= STEP;
  }
  steps = e;
  return r;
}

/** The length of x [n]. */
function lengthOf<T>(x: usize, n: usize): f64 {
  const end = x + (n << alignof<T>());
  let largest: f64 = 0;
  for (let at = x; at < end; at += sizeof<T>()) largest = max<f64>(largest, abs<f64>(<f64>load<T>(at)));
  steps = 0;
  if (largest == 0 || !(largest < Infinity)) return largest;
  const scale = largest >= TOP ? DOWN : largest < BOTTOM ? STEP : 1;
  let sum: f64 = 0;
  for (let at = x; at < end; at += sizeof<T>()) {
    const own = <f64>load<T>(at) * scale;
    sum += own * own;
  }
  return settled(sqrt<f64>(sum), scale == DOWN ? 1 : scale == STEP ? -1 : 0);
}

/** The words of a term: c, x, n, |x|², y, m, |y|²; x stands alone where m is 0, and |x|² counts where it does not. */
const TERM: usize = 28;

/** √(Σ over terms of |c x⊗y|²) · *unit, into out; the words are out, |…|², unit, count and the terms. Gives where they end. */
export function norm<T>(pc: usize): usize {
  const squares = load<T>(load<usize>(pc, 8));
  const unit = load<T>(load<usize>(pc, 12));
  const first = pc + 20;
  const end = first + load<usize>(pc, 16) * TERM;
  let plain = isPlain<T>(squares);
  for (let at = first; plain && at < end; at += TERM) {
    plain = isMild<T>(load<T>(load<usize>(at)));
    if (plain && load<usize>(at, 20)) {
      plain =
        isRight<T>(load<usize>(at, 12), load<usize>(at, 4), load<usize>(at, 8)) &&
        isRight<T>(load<usize>(at, 24), load<usize>(at, 16), load<usize>(at, 20));
    }
  }
  store<T>(load<usize>(pc, 4), plain ? <T>(sqrt<T>(squares) * unit) : scaled<T>(first, end, unit));
  return end;
}

function scaled<T>(first: usize, end: usize, unit: T): T {
  let total: f64 = 0;
  let most: i32 = 0;
  for (let at = first; at < end; at += TERM) {
    let r = lengthOf<T>(load<usize>(at, 4), load<usize>(at, 8));
    let e = steps;
    if (load<usize>(at, 20)) {
      const other = lengthOf<T>(load<usize>(at, 16), load<usize>(at, 20));
      r = r == 0 || other == 0 ? 0 : settled(r * other, e + steps);
      e = steps;
    }
    const c = settled(abs<f64>(<f64>load<T>(load<usize>(at))), 0);
    r = r == 0 || c == 0 ? 0 : settled(r * c, e + steps);
    e = steps;
    if (r == 0) continue;
    if (!(r < Infinity) || !(total < Infinity)) {
      total = max<f64>(total, r);
      continue;
    }
    // The smaller of two that are steps apart has no digit in common with the larger, or few.
    if (total == 0) most = e;
    for (; most < e; most++) total *= DOWN;
    for (; e < most; e++) r *= DOWN;
    total = settled(sqrt<f64>(total * total + r * r), most);
    most = steps;
  }
  if (!(total < Infinity)) return <T>total;
  total *= <f64>unit;
  for (; most > 0; most--) total *= STEP;
  for (; most < 0; most++) total *= DOWN;
  return <T>total;
}
