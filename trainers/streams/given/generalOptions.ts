import { guard } from '../../../lib/index.ts';
import type { ValueOf } from '../../registry/entry.ts';

/**
 * The settings that belong to neither the estimator, nor the cell, nor the optimiser. Flags, help, types, and
 * the checks of configurations follow from this table.
 */
export const generalOptions = {
  units: guard.setting(
    guard.whole(1, 4096),
    'units of the network; 64 for a text and 32 for rows if left out',
  ),
  readout: guard.setting(
    guard.oneOf('linear', 'mlp'),
    'from the output of the cell to the prediction: linear, or mlp, which adds a layer of tanh units; linear for a text and mlp for rows if left out',
  ),
  dtype: guard.setting(guard.oneOf('float32', 'float64'), 'the numbers of the network; float32 if left out'),
  seed: guard.setting(guard.whole(0, 2 ** 32 - 1), 'seed of parameters and draws; 1 if left out'),
  recent: guard.setting(
    guard.whole(1, 1e6),
    'predictions in the mean of the recent figures; 1,000 if left out',
  ),
  coverage: guard.setting(
    guard.between(0.5, 0.999),
    'share of outcomes that the interval around a predicted number is to hold; 0.9 if left out',
  ),
  every: guard.setting(guard.whole(1, 1e12), 'records between lines of metrics; 1,000 if left out'),
};

type GeneralSettings = {
  readonly [Name in keyof typeof generalOptions]: ValueOf<(typeof generalOptions)[Name]>;
};

const always = ['dtype', 'seed', 'recent', 'every'] as const;
type Always = (typeof always)[number];

/** These settings in a configuration. `units` is a part of the cell; a readout that is left out is linear. */
export interface GeneralConfig
  extends Pick<GeneralSettings, Always>,
    Partial<Omit<GeneralSettings, Always | 'units'>> {}

export type GeneralOptions = Partial<GeneralSettings>;

/** The entries that every configuration has, and those that it may have. */
export const generalEntries = {
  needed: always,
  optional: Object.keys(generalOptions).filter(
    (name) => name !== 'units' && !always.some((each) => each === name),
  ),
};

export const generalDefaults: GeneralConfig = { dtype: 'float32', seed: 1, recent: 1000, every: 1000 };
