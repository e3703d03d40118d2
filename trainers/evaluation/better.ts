import { withoutNetwork } from '../experts/common/names.ts';
import type { Figures, Unit } from './scores.ts';

/** An expert or a simple model that predicted better than what is served. */
export interface Better {
  readonly name: string;
  /** The mean scores over the recent predictions, of it and of what is served. */
  readonly recent: number;
  readonly served: number;
}

/** The least share of the served score by which another one is better: less says nothing of what comes. */
const leastGain = 0.005;

/**
 * The best of the others, if it beats what is served, the first of the figures, over the recent predictions, by
 * a difference visible in the tables. A model that was better only at the start is of no use now.
 */
export function betterOf(unit: Unit, figures: Readonly<Record<string, Figures>>): Better | undefined {
  const [own, ...all] = Object.entries(figures);
  // The combination without the network is no choice of its own.
  const others = all.filter(([name]) => name !== withoutNetwork);
  const [best] = others.sort(([, a], [, b]) => a.recent - b.recent);
  if (own === undefined || best === undefined) return undefined;
  const [, { recent: served }] = own;
  const [name, { recent }] = best;
  const isSeen = recent < (1 - leastGain) * served && formatScore(recent, unit) !== formatScore(served, unit);
  return isSeen ? { name, recent, served } : undefined;
}

export function formatScore(value: number, unit: Unit): string {
  return unit === 'bits' ? formatBits(value) : formatLoss(value);
}

/** A loss of any size in four significant digits: `0.01234`, `126400`, `3.142e-17`, `2.000e+8`. */
export function formatLoss(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(3);
  return size < 1e4 ? value.toPrecision(4) : String(Number(value.toPrecision(4)));
}

export function formatBits(bits: number): string {
  return bits.toFixed(3);
}
