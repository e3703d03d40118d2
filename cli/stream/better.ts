import { formatBits, formatLoss } from '../terminal/numbers.ts';
import type { Figures, Unit } from './scores.ts';

/** A simple model that predicted better than the network did. */
export interface Better {
  readonly name: string;
  /** Its mean score over the recent predictions, and that of the network. */
  readonly recent: number;
  readonly network: number;
}

/**
 * The best of the simple models where it is ahead of the network over the recent predictions, by as much as can be seen in the tables:
 * a model that was better only before the network had learnt anything does not help from now on.
 */
export function betterOf(unit: Unit, { network, ...others }: Readonly<Record<string, Figures>>): Better | undefined {
  const [best] = Object.entries(others).sort(([, a], [, b]) => a.recent - b.recent);
  if (network === undefined || best === undefined) return undefined;
  const [name, { recent }] = best;
  const isSeen = recent < network.recent && formatScore(recent, unit) !== formatScore(network.recent, unit);
  return isSeen ? { name, recent, network: network.recent } : undefined;
}

export function formatScore(value: number, unit: Unit): string {
  return unit === 'bits' ? formatBits(value) : formatLoss(value);
}
