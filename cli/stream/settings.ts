import { ConfigurationError, type FloatDType, guard } from '../../lib/index.ts';
import type { Named } from '../experiments/config.ts';
import { makeEstimator } from '../experiments/estimators.ts';
import { makeOptimizer } from '../experiments/optimizers.ts';
import { symbolDefaults } from '../experiments/symbols.ts';
import { checkConfig } from './checkConfig.ts';
import type { StreamConfig } from './config.ts';

/** What learns, and what is measured: the options of `norewind train` by the same names, and with the same defaults. */
export interface Settings {
  readonly estimator?: string;
  readonly window?: number;
  readonly stride?: number;
  readonly rank?: number;
  readonly n?: number;
  readonly leak?: number;
  readonly cell?: string;
  readonly units?: number;
  readonly optimizer?: string;
  readonly rate?: number;
  readonly alpha?: number;
  readonly clip?: number;
  readonly dtype?: FloatDType;
  readonly seed?: number;
  readonly recent?: number;
  readonly every?: number;
}

const names: Readonly<Record<keyof Settings, true>> = {
  estimator: true,
  window: true,
  stride: true,
  rank: true,
  n: true,
  leak: true,
  cell: true,
  units: true,
  optimizer: true,
  rate: true,
  alpha: true,
  clip: true,
  dtype: true,
  seed: true,
  recent: true,
  every: true,
};

/** @throws ConfigurationError for an option that does not exist: what is misspelt would be the default. */
export function requireSettings(who: string, settings: object): void {
  for (const key of Object.keys(settings))
    if (!Object.hasOwn(names, key))
      throw new ConfigurationError(`${who}: there is no option ${key}${guard.didYouMean(key, Object.keys(names))}`);
}

/** @throws UsageError or ConfigurationError for settings that cannot be used. */
export function completeConfig(data: StreamConfig['data'], settings: Settings): StreamConfig {
  const given = (...keys: readonly (keyof Settings)[]) =>
    Object.fromEntries(keys.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])));
  const name = settings.estimator ?? 'uoro';
  const base = symbolDefaults(name, { alpha: 0.03, window: 16, steps: 1 });
  const { window, ...own } = given('window', 'stride', 'rank', 'n', 'leak');
  const span = window === undefined ? {} : { [name === 'bptt' ? 'length' : 'window']: window };
  const estimator = makeEstimator({ ...base.estimator, ...own, ...span } as Named);
  const { rate, alpha } = base.optimizer;
  const optimizer = { name: settings.optimizer ?? 'adam', rate, alpha, ...given('rate', 'alpha', 'clip') } as Named;
  const config = {
    data,
    cell: { name: settings.cell ?? 'gru', units: settings.units ?? (data.kind === 'text' ? 64 : 32) },
    estimator: { name: estimator.name, ...estimator.settings },
    optimizer: makeOptimizer(optimizer).complete,
    dtype: base.dtype,
    seed: 1,
    recent: 1000,
    every: 1000,
    ...given('dtype', 'seed', 'recent', 'every'),
  } as StreamConfig;
  checkConfig(config);
  return config;
}
