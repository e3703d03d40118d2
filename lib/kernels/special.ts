import type { DType } from '../dtype.ts';

/** 1 / (1 + e^-x), without overflow at either end. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** x^y as in C99 and NumPy. Unlike JavaScript's, 1^y is 1 for infinite y and NaN too, and (-1)^±∞ is 1. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}

/**
 * The power of two at or below |x|, at least the dtype's smallest normal number. 1 for 0, infinity and NaN.
 */
export function binade(x: number, dtype: DType): number {
  const size = Math.abs(x);
  if (size === 0 || !Number.isFinite(size)) return 1;
  const least = dtype === 'float32' ? 2 ** -126 : 2 ** -1022;
  if (size <= least) return least;
  // The logarithm may have rounded across a whole number.
  const near = 2 ** Math.min(1023, Math.floor(Math.log2(size)));
  if (near > size) return near / 2;
  return near * 2 <= size ? near * 2 : near;
}

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/**
 * The error function, to a few units in the last place of a double.
 *
 * Below 1 by the series 2/√π Σ (-1)ⁿ x^(2n+1) / (n! (2n+1)), whose terms cancel little there; above 1 as 1 -
 * erfc by its continued fraction (Abramowitz & Stegun 7.1.5 and 7.1.14).
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const size = Math.abs(x);
  if (size === 0) return x;
  return Math.sign(x) * (size < 1 ? erfSeries(size) : 1 - erfcFraction(size));
}

function erfSeries(x: number): number {
  let power = x;
  let sum = x;
  for (let n = 1; Math.abs(power) > sum * 1e-18; n++) {
    power *= (-x * x) / n;
    sum += power / (2 * n + 1);
  }
  return twoOverRootPi * sum;
}

function erfcFraction(x: number): number {
  if (x > 27) return 0;
  // erfc(x) = e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), evaluated from the inside out.
  let tail = x;
  for (let n = Math.ceil(500 / (x * x)); n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}
