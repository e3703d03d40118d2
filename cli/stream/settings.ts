import { type FloatDType, guard } from '../../lib/index.ts';
import type { Named } from '../experiments/config.ts';
import { makeEstimator } from '../experiments/estimators.ts';
import { makeOptimizer } from '../experiments/optimizers.ts';
import { checkConfig } from './checkConfig.ts';
import type { StreamConfig } from './config.ts';
import { defaultsOf } from './defaults.ts';

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
  readonly readout?: 'linear' | 'mlp';
  readonly optimizer?: string;
  readonly rate?: number;
  readonly alpha?: number;
  readonly clip?: number;
  readonly dtype?: FloatDType;
  readonly seed?: number;
  readonly recent?: number;
  readonly every?: number;
}

/** What settings are, for callers without types; what they may be is checked where they are completed. */
export const settingChecks: guard.Checks<Settings> = {
  estimator: guard.string,
  window: guard.number,
  stride: guard.number,
  rank: guard.number,
  n: guard.number,
  leak: guard.number,
  cell: guard.string,
  units: guard.number,
  readout: guard.string,
  optimizer: guard.string,
  rate: guard.number,
  alpha: guard.number,
  clip: guard.number,
  dtype: guard.string,
  seed: guard.number,
  recent: guard.number,
  every: guard.number,
};

/** @throws UsageError or ConfigurationError for settings that cannot be used. */
export function completeConfig<D extends StreamConfig['data']>(data: D, settings: Settings): StreamConfig & { readonly data: D } {
  const given = (...keys: readonly (keyof Settings)[]) =>
    Object.fromEntries(keys.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])));
  const base = defaultsOf(data, settings);
  const { window, ...own } = given('window', 'stride', 'rank', 'n', 'leak');
  const span = window === undefined ? {} : { [base.estimator.name === 'bptt' ? 'length' : 'window']: window };
  const estimator = makeEstimator({ ...base.estimator, ...own, ...span } as Named);
  const config = {
    ...base,
    estimator: { name: estimator.name, ...estimator.settings },
    optimizer: makeOptimizer({ ...base.optimizer, ...given('rate', 'alpha', 'clip') } as Named).complete,
    ...given('readout', 'dtype', 'seed', 'recent', 'every'),
  } as StreamConfig & { readonly data: D };
  checkConfig(config);
  return config;
}
