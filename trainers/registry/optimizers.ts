import { ConfigurationError, guard } from '../../lib/index.ts';
import { chain, clipByGlobalNorm, inverseSqrt, type Optimizer, optimizers } from '../optimizers/index.ts';
import { chooseNamed } from './choose.ts';
import type { Named, OptimizerEntry } from './entry.ts';

export const optimizerTable: Readonly<Record<string, OptimizerEntry>> = optimizers;

/** Above this, no number stays finite. */
const largest = 1e10;
const range: guard.Check = {
  kind: 'number',
  what: `a number of at most ${largest}`,
  holds: (value) => typeof value === 'number' && value <= largest,
};

/** Options of every optimiser: the schedule of its rate, and the norm at which gradients are clipped. */
export const scheduleOptions = {
  rate: guard.setting(range, 'the learning rate γ of γ/(1 + α√t)', 'rate'),
  alpha: guard.setting(range, 'the α of γ/(1 + α√t); 0 keeps the rate constant', 'alpha'),
  clip: guard.setting(range, 'clip the gradient to this norm', 'clip'),
};

/**
 * The optimiser with the rate γ/(1 + α√t) (constant if α = 0), and its complete settings.
 * @throws UsageError for an unknown name or setting, ConfigurationError for a value out of range.
 */
export function makeOptimizer(named: Named): { optimizer: Optimizer; complete: Named } {
  const entry = chooseNamed('optimizer', optimizerTable, named, Object.keys(scheduleOptions));
  const { name, rate, alpha, clip, ...settings } = named;
  // Values that are too small are refused where they are used.
  for (const [key, check] of Object.entries(scheduleOptions))
    if (!check.holds(named[key]) && !(key === 'clip' && clip === undefined))
      throw new ConfigurationError(`${key} must be ${check.what}, got ${JSON.stringify(named[key])}`);
  const plain = entry.make({ rate: inverseSqrt(Number(rate), Number(alpha)), ...settings });
  const complete = { name, rate, alpha, ...(clip === undefined ? {} : { clip }), ...plain.settings };
  return { optimizer: clip === undefined ? plain : chain(clipByGlobalNorm(Number(clip)), plain), complete };
}
