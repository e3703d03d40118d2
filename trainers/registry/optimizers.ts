import { ConfigurationError, guard } from '../../lib/index.ts';
import {
  chain,
  clipByGlobalNorm,
  inverseSqrt,
  type Optimizer,
  optimizers,
  sqrtDecay,
} from '../optimizers/index.ts';
import { chooseNamed } from './choose.ts';
import type { Named, OptimizerEntry } from './entry.ts';

export const optimizerTable: Readonly<Record<string, OptimizerEntry>> = optimizers;

/** Above this, no number stays finite. */
const largest = 1e10;
const range = guard.between(0, largest);

/** Options of every optimiser: the schedule of its rate, and the norm at which gradients are clipped. */
export const scheduleOptions = {
  rate: guard.setting(range, 'the learning rate γ of γ/(1 + α√t)', 'rate'),
  alpha: guard.setting(range, 'the α of γ/(1 + α√t); 0 keeps the rate constant', 'alpha'),
  schedule: guard.setting(
    guard.oneOf('inverseSqrt', 'sqrtDecay'),
    'inverseSqrt is γ/(1 + α√t), sqrtDecay γ/√(1 + αt); inverseSqrt if left out',
    'schedule',
  ),
  floor: guard.setting(range, 'the rate does not fall below it; 0 if left out', 'floor'),
  clip: guard.setting(guard.between(Number.MIN_VALUE, largest), 'clip the gradient to this norm', 'clip'),
};

const needed = ['rate', 'alpha'];

/** Whether an optimiser has a learning rate, and so a schedule; also for an unknown one. */
export function hasRate(name: string, table = optimizerTable): boolean {
  return !Object.hasOwn(table, name) || Object.hasOwn(table[name].options, 'rate');
}

/** Settings that an optimiser has besides its own options. */
export function optimizerCommon(name: string, table = optimizerTable): string[] {
  return hasRate(name, table) ? Object.keys(scheduleOptions) : ['clip'];
}

/**
 * The optimiser with a rate that decays (constant if α = 0), and its complete settings.
 * @throws UsageError for an unknown name or setting, ConfigurationError for a value out of range.
 */
export function makeOptimizer(
  named: Named,
  table = optimizerTable,
): { optimizer: Optimizer; complete: Named } {
  const isRated = hasRate(named.name, table);
  const entry = chooseNamed('optimizer', table, named, optimizerCommon(named.name, table));
  const { name, sha256, rate, alpha, schedule, floor, clip, ...settings } = named;
  for (const [key, check] of Object.entries(scheduleOptions))
    if (!check.holds(named[key]) && (named[key] !== undefined || (isRated && needed.includes(key))))
      throw new ConfigurationError(`${key} must be ${check.what}, got ${JSON.stringify(named[key])}`);
  const course = schedule === 'sqrtDecay' ? sqrtDecay : inverseSqrt;
  const rates = isRated ? { rate: course(Number(rate), Number(alpha), Number(floor ?? 0)) } : {};
  const plain = entry.make({ ...rates, ...settings });
  const given = Object.entries({ sha256, rate, alpha, schedule, floor, clip }).filter(
    ([, value]) => value !== undefined,
  );
  const complete = {
    name,
    ...Object.fromEntries(given),
    ...(entry.isOwn ? settings : plain.settings),
  } as Named;
  return { optimizer: clip === undefined ? plain : chain(clipByGlobalNorm(Number(clip)), plain), complete };
}
