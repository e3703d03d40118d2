import { type FloatDType, guard } from '../../lib/index.ts';
import { makeEstimator } from '../registry/estimators.ts';
import type { Named } from '../registry/named.ts';
import { makeOptimizer } from '../registry/optimizers.ts';
import { checkConfig } from './checkConfig.ts';
import type { RowData, StreamConfig } from './config.ts';

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

interface Wish {
  readonly cell?: string;
  readonly units?: number;
  readonly estimator?: string;
  readonly optimizer?: string;
}

/** What learns when nothing else is asked for, as far as it follows from the data and from what is asked for. */
function defaultsOf<D extends StreamConfig['data']>(
  data: D,
  { cell, units, estimator, optimizer }: Wish,
): StreamConfig & { readonly data: D } {
  const isText = data.kind === 'text';
  const name = estimator ?? (isText ? 'tbptt' : 'rtrl');
  return {
    data: isText ? data : { ...data, predict: data.predict ?? predictOf(data) },
    cell: { name: cell ?? (isText ? 'gru' : 'lru'), units: units ?? (isText ? 64 : 32) },
    readout: isText ? 'linear' : 'mlp',
    estimator: spans[name] ?? { name },
    optimizer: { name: optimizer ?? 'adam', rate: isText ? rateOfText(name) : 0.003, alpha: 0.03 },
    dtype: 'float32',
    seed: 1,
    recent: 1000,
    every: 1000,
  };
}

/** A network that is to predict a number from its own past would have to learn the identity first: it predicts the change. */
function predictOf({ target, columns, categorical }: RowData): 'value' | 'change' {
  return columns.includes(target) && !categorical.includes(target) ? 'change' : 'value';
}

/** Of a text, estimates that draw noise need a rate that averages it out: at 0.01, UORO is behind counting symbols. */
function rateOfText(estimator: string): number {
  return estimator === 'uoro' || estimator === 'noBackTrack' ? 0.001 : 0.01;
}

/** Of the estimators that have no default of their own for how far they look back. */
const spans: Readonly<Record<string, Named>> = {
  tbptt: { name: 'tbptt', window: 10 },
  bptt: { name: 'bptt', length: 128 },
  snap: { name: 'snap', n: 1 },
};
