import { ConfigurationError, guard } from '../../../lib/index.ts';
import { steps } from './estimator.ts';

/** A window that grows from `from` time steps to `to`. Made by `grow`. */
export interface Growth {
  readonly from: number;
  readonly to: number;
}

/**
 * A window for `tbptt` that grows during the run: a window of T steps doubles after 16 T updates, until it has
 * `to` steps. Short windows at first make many small updates while everything is still to be learnt.
 *
 * After paq8px (v216, its public source), whose block grows from T by one after 11 + T updates. Doubling takes
 * as many updates, and each length needs a plan of its own: grow(4, 16) has three.
 * @throws ConfigurationError unless 1 <= from <= to, whole numbers.
 */
export function grow(from: number, to: number): Growth {
  guard.argument('grow', 'from', from, steps);
  guard.argument('grow', 'to', to, steps);
  if (from > to) throw new ConfigurationError(`grow: from must be at most ${to}, got ${from}`);
  return { from, to };
}

export function isGrowth(value: unknown): value is Growth {
  return guard.isRecord(value) && steps.holds(value.from) && steps.holds(value.to);
}

/** The length of the window after a number of updates. */
export function lengthAt({ from, to }: Growth, updates: number): number {
  let [length, left] = [from, updates];
  while (length < to && left >= 16 * length) {
    left -= 16 * length;
    length = Math.min(2 * length, to);
  }
  return length;
}
