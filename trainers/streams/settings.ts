import { type FloatDType, guard } from '../../lib/index.ts';
import type { cells } from '../../nn/index.ts';
import type { estimators } from '../estimators/index.ts';
import { cellTable } from '../registry/cells.ts';
import type { FlagSettings, Named, Options } from '../registry/entry.ts';
import { estimatorTable, makeEstimator } from '../registry/estimators.ts';
import { flagsOf, optionOf, settingsOf, usualOf } from '../registry/flags.ts';
import { makeOptimizer, optimizerTable, scheduleOptions } from '../registry/optimizers.ts';
import { checkConfig } from './checkConfig.ts';
import type { RowData, StreamConfig } from './config.ts';
import { generalOptions } from './generalOptions.ts';

/** What learns, and what is measured: the options of `norewind train` by the same names, and with the same defaults. */
export interface Settings extends FlagSettings<typeof estimators>, FlagSettings<typeof cells> {
  readonly estimator?: string;
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

const nameOf = (what: string, table: object, otherwise: string) =>
  guard.setting(guard.string, `${what}${Object.keys(table).join(', ')}; ${otherwise} if left out`);

/** The options of a table of entries, by their flags. */
function optionsBy(table: Readonly<Record<string, { readonly options: Options }>>): Options {
  const defaultsOf = (name: string) => {
    const { name: _, ...settings } = usualOf(table, name);
    const needed = Object.entries(table[name].options).some(([key, check]) => check.needed && settings[key] === undefined);
    return table === estimatorTable && !needed ? makeEstimator({ name, ...settings }).settings : settings;
  };
  return Object.fromEntries(flagsOf(table, defaultsOf).map((flag) => [flag.name, optionOf(flag)]));
}

const withDefault = (option: guard.Check, value: string): guard.Check => ({
  ...option,
  purpose: `${option.purpose}; ${value} if left out`,
});

const isNoisy = (name: string) => Object.hasOwn(estimatorTable, name) && estimatorTable[name].isNoisy === true;

const { units, readout, dtype, seed, ...measuring } = generalOptions;

/** Every setting by its name, in the groups of the help: what it is, and what it is for. */
export const settingGroups: readonly (readonly [title: string, options: Options])[] = [
  [
    'What learns:',
    {
      estimator: nameOf('how gradients are estimated: ', estimatorTable, 'tbptt for a text and rtrl for rows'),
      ...optionsBy(estimatorTable),
      cell: nameOf('the recurrent network: ', cellTable, 'gru for a text and lru for rows'),
      units,
      ...optionsBy(cellTable),
      readout,
      optimizer: nameOf('', optimizerTable, 'adam'),
      ...scheduleOptions,
      rate: withDefault(
        scheduleOptions.rate,
        `0.003 for rows, and for a text 0.01, or 0.001 with ${Object.keys(estimatorTable).filter(isNoisy).join(' and ')}`,
      ),
      alpha: withDefault(scheduleOptions.alpha, '0.03'),
      dtype,
      seed,
    },
  ],
  ['What is measured:', measuring],
];

/** What settings are, for callers without types; their values are checked where they are used. */
export const settingChecks = Object.fromEntries(
  settingGroups.flatMap(([, options]) =>
    Object.entries(options).map(([name, { kind }]) => [name, kind === undefined ? guard.string : guard.number]),
  ),
) as guard.Checks<Settings>;

/** @throws UsageError or ConfigurationError for settings that cannot be used. */
export function completeConfig<D extends StreamConfig['data']>(data: D, settings: Settings): StreamConfig & { readonly data: D } {
  const given = (names: readonly string[]) =>
    Object.fromEntries(Object.entries(settings).filter(([name, value]) => names.includes(name) && value !== undefined));
  const own = (table: Readonly<Record<string, { readonly options: Options }>>, named: Named) => ({
    ...named,
    ...settingsOf(table[named.name]?.options, given(flagsOf(table).map(({ name }) => name))),
  });
  const base = defaultsOf(data, settings);
  const estimator = makeEstimator(own(estimatorTable, base.estimator));
  const config: StreamConfig & { readonly data: D } = {
    ...base,
    cell: { ...own(cellTable, base.cell), units: base.cell.units },
    estimator: { name: estimator.name, ...estimator.settings },
    optimizer: makeOptimizer({ ...base.optimizer, ...given(Object.keys(scheduleOptions)) }).complete,
    ...given(['readout', 'dtype', 'seed', ...Object.keys(measuring)]),
  };
  checkConfig(config);
  return config;
}

/** What learns when nothing else is asked for, as far as it follows from the data and from what is asked for. */
function defaultsOf<D extends StreamConfig['data']>(
  data: D,
  { cell, units, estimator, optimizer }: Settings,
): StreamConfig & { readonly data: D } {
  const isText = data.kind === 'text';
  const name = estimator ?? (isText ? 'tbptt' : 'rtrl');
  return {
    data: isText ? data : { ...data, predict: data.predict ?? predictOf(data) },
    cell: { name: cell ?? (isText ? 'gru' : 'lru'), units: units ?? (isText ? 64 : 32) },
    readout: isText ? 'linear' : 'mlp',
    estimator: usualOf(estimatorTable, name),
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
  return isNoisy(estimator) ? 0.001 : 0.01;
}
