import type { Figures, Unit } from './scores.ts';

/** An expert or a simple model that predicted better than what is served. */
export interface Better {
  readonly name: string;
  /** The mean scores over the recent predictions, of it and of what is served. */
  readonly recent: number;
  readonly served: number;
}

/**
 * The best of the others, if it beats what is served, the first of the figures, over the recent predictions by a difference visible in the
 * tables. A model that was better only at the start is of no use now.
 */
export function betterOf(unit: Unit, figures: Readonly<Record<string, Figures>>): Better | undefined {
  const [own, ...others] = Object.entries(figures);
  const [best] = others.sort(([, a], [, b]) => a.recent - b.recent);
  if (own === undefined || best === undefined) return undefined;
  const [, { recent: served }] = own;
  const [name, { recent }] = best;
  const isSeen = recent < served && formatScore(recent, unit) !== formatScore(served, unit);
  return isSeen ? { name, recent, served } : undefined;
}

export function formatScore(value: number, unit: Unit): string {
  return unit === 'bits' ? formatBits(value) : formatLoss(value);
}

/** A loss of any size: `0.0123`, `3.1e-17`, `2.0e+8`. */
export function formatLoss(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e3) ? value.toExponential(1) : value.toPrecision(3);
}

export function formatBits(bits: number): string {
  return bits.toFixed(3);
}
