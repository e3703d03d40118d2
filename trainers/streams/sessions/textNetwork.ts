import type { CellConfig } from '../../registry/cells.ts';
import type { Named } from '../../registry/entry.ts';

// The network of a text by default: the recipe of the long short-term memory of paq8px (v216, its public
// source), with one layer.

/** The settings of its cell, besides the size. */
export const textCell = { name: 'lstm', coupled: true, norm: 'rms', recurrent: 'zero' } as const;

/** The settings of its estimator. */
export const textWindow = { name: 'tbptt', window: 16, windowFrom: 4 } as const;

/** The rate of the readout. */
const usualRate = 0.018;

/** The rates by path, when the rate is `usualRate`. */
const rates = {
  'cell.forget.w': 0.0175,
  'cell.forget.u': 0.05,
  'cell.candidate.w': 0.003,
  'cell.candidate.u': 0.00175,
  'cell.output.w': 0.0225,
  'cell.output.u': 0.0125,
  ...Object.fromEntries(
    ['forget', 'candidate', 'output'].flatMap((gate) => [
      [`cell.${gate}.g`, 0.001],
      [`cell.${gate}.b`, 0.011],
    ]),
  ),
};

/**
 * The settings of its optimiser. A given rate scales those of all parameters; another cell has one rate for
 * all.
 */
export function textOptimizer(cell: CellConfig, given?: number): Named {
  const isOwn = Object.entries(textCell).every(([key, value]) => cell[key] === value);
  const rate = given ?? (isOwn ? usualRate : 0.008);
  // A rate that is no number is refused where it is used.
  const factor = typeof rate === 'number' ? rate / usualRate : Number.NaN;
  return {
    name: 'rmsprop',
    rate,
    alpha: 2.5e-5,
    schedule: 'sqrtDecay',
    floor: rounded(0.3 * factor * usualRate),
    span: 2048,
    ...(isOwn && factor > 0 && { rates: written(factor) }),
  };
}

function written(factor: number): string {
  return Object.entries(rates)
    .map(([path, rate]) => `${path}=${rounded(rate * factor)}`)
    .join(',');
}

/** To 6 digits, so that the configuration is one that a person could have written. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
