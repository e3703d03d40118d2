const parts = 64;
const fewest = -1074;
/** 2^(i/64), and 2^n from the smallest number on. */
const fractions = Float64Array.from({ length: parts }, (_, i) => 2 ** (i / parts));
const powers = Float64Array.from({ length: 1 - fewest }, (_, n) => 2 ** (n + fewest));
const scale = parts / Math.LN2;
const step = Math.LN2 / parts;

/**
 * e^x for x up to 0, within a relative 1e-13: 2^(k/64) e^r with |r| ≤ ln 2 / 128, where the series is short. The
 * mixtures need hundreds of exponentials a symbol, and a call of Math.exp takes several times as long.
 */
export function exponential(x: number): number {
  if (x < -700) return Math.exp(x);
  const k = (x * scale - 0.5) | 0;
  const r = x - k * step;
  const series = 1 + r * (1 + r * (0.5 + r * (1 / 6 + r * (1 / 24 + r / 120))));
  return fractions[k & (parts - 1)] * powers[(k >> 6) - fewest] * series;
}
