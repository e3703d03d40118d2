import type { Figures, Unit } from './scores.ts';

/** A simple model that predicted better than the network. */
export interface Better {
  readonly name: string;
  /** The mean scores over the recent predictions, of the model and of the network. */
  readonly recent: number;
  readonly network: number;
}

/**
 * The best simple model, if it beats the network over the recent predictions by a difference visible in the
 * tables. A model that was better only at the start is of no use now.
 */
export function betterOf(
  unit: Unit,
  { network, ...others }: Readonly<Record<string, Figures>>,
): Better | undefined {
  const [best] = Object.entries(others).sort(([, a], [, b]) => a.recent - b.recent);
  if (network === undefined || best === undefined) return undefined;
  const [name, { recent }] = best;
  const isSeen = recent < network.recent && formatScore(recent, unit) !== formatScore(network.recent, unit);
  return isSeen ? { name, recent, network: network.recent } : undefined;
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
