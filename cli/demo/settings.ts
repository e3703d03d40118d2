import type { Wish } from '../experiments/config.ts';

/** The length of the showcase. Raise these numbers when steps become faster. */
export const length = {
  balancingSteps: 100_000,
  bookCharacters: 290_000,
  /** The last part of the book, whose figures are listed beside those of the whole. */
  bookLastPart: 20_000,
  probeSteps: 1000,
} as const;

/** The number of contestants that run at once. */
export const workers = 2;

/** A loss below this counts as converged. */
export const converged = 1e-10;

/**
 * The loss if θ stays at 1/2: s¹ settles at 2θ(2p - n) = -3, and ½(s¹ - 1)² is 8. A larger loss is
 * divergence.
 */
export const untrained = 8;

export interface Race {
  readonly name: string;
  readonly title: string;
  readonly contestants: readonly Wish[];
}

export interface Length {
  readonly balancingSteps: number;
  readonly bookCharacters: number;
  readonly bookLastPart: number;
  readonly probeSteps: number;
  readonly seed: number;
}

/** UORO, RTRL and truncated backpropagation, slowest first, at the rates of the experiment. */
export function balancingRace({ balancingSteps: steps, seed }: Length): Race {
  const lastWindow = Math.ceil(steps / 100);
  const windows = [1, 10, 100, 200].map((window) => ({ name: 'tbptt', window }));
  return {
    name: 'influence-balancing',
    title: 'Influence balancing (23 units, 10 positive)',
    contestants: [{ name: 'uoro' }, { name: 'rtrl' }, ...windows].map((estimator) => ({
      experiment: 'influence-balancing',
      estimator,
      seed,
      steps,
      lastWindow,
    })),
  };
}

/** The same network, optimiser and characters for each contestant. */
export function bookRace({ bookCharacters: steps, bookLastPart: lastWindow, seed }: Length): Race {
  const estimators = [{ name: 'uoro' }, { name: 'tbptt', window: 1 }, { name: 'tbptt', window: 16 }];
  return {
    name: 'moby-dick',
    title: 'Moby-Dick, character by character (GRU of 64 units, Adam)',
    contestants: estimators.map((estimator) => ({
      experiment: 'text',
      cell: { name: 'gru', units: 64 },
      estimator,
      optimizer: { name: 'adam', rate: 1e-3, alpha: 0.03 },
      seed,
      steps,
      lastWindow,
    })),
  };
}
