import { ConfigurationError, UsageError } from '../../lib/index.ts';
import {
  adam,
  chain,
  clipByGlobalNorm,
  inverseSqrt,
  momentum,
  type Optimizer,
  rmsprop,
  type Schedule,
  sgd,
} from '../optimizers/index.ts';
import { choose } from './choose.ts';
import type { Named, Setting } from './named.ts';

interface Kind {
  readonly options: readonly string[];
  make(rate: Schedule, settings: Readonly<Record<string, Setting>>): Optimizer;
}

const kinds: Readonly<Record<string, Kind>> = {
  sgd: { options: [], make: (rate) => sgd({ rate }) },
  momentum: { options: ['decay'], make: (rate, settings) => momentum({ rate, ...settings }) },
  adam: { options: ['beta1', 'beta2', 'epsilon'], make: (rate, settings) => adam({ rate, ...settings }) },
  rmsprop: { options: ['decay', 'epsilon'], make: (rate, settings) => rmsprop({ rate, ...settings }) },
};

export const optimizerNames: readonly string[] = Object.keys(kinds);

/** With larger ones no number stays finite. */
const largest = 1e10;

/** What is too small, its owners say. @throws ConfigurationError. */
function requireRange(settings: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(settings))
    if (typeof value !== 'number' || !(value <= largest))
      throw new ConfigurationError(`${name} must be a number of at most ${largest}, got ${JSON.stringify(value)}`);
}

/**
 * The optimiser with the rate γ/(1 + α√t), α = 0 being a constant one, and the complete settings that it has.
 * @throws UsageError for an unknown name or a setting that it does not take, ConfigurationError for a value out of range.
 */
export function makeOptimizer({ name, rate, alpha, clip, ...settings }: Named): { optimizer: Optimizer; complete: Named } {
  const kind = choose('optimizer', kinds, name);
  for (const key of Object.keys(settings))
    if (!kind.options.includes(key))
      throw new UsageError(
        `the optimizer ${name} has no setting ${key}; it has ${['rate', 'alpha', 'clip', ...kind.options].join(', ')}`,
      );
  requireRange({ rate, alpha, ...(clip === undefined ? {} : { clip }) });
  const plain = kind.make(inverseSqrt(Number(rate), Number(alpha)), settings);
  const complete = { name, rate, alpha, ...(clip === undefined ? {} : { clip }), ...plain.settings };
  return { optimizer: clip === undefined ? plain : chain(clipByGlobalNorm(Number(clip)), plain), complete };
}
