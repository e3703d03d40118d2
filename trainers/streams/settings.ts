import { guard } from '../../lib/index.ts';
import type { cells } from '../../nn/index.ts';
import type { estimators } from '../estimators/index.ts';
import { network, symbolExperts } from '../experts/index.ts';
import type { optimizers } from '../optimizers/index.ts';
import { type CellConfig, cellTable } from '../registry/cells.ts';
import type { FlagSettings, Named, Options, Settings as Parts } from '../registry/entry.ts';
import { completeEstimator, estimatorTable, makeEstimator } from '../registry/estimators.ts';
import { flagsOf, optionOf, settingsOf, usualOf } from '../registry/flags.ts';
import { isFileName } from '../registry/names.ts';
import { hasRate, makeOptimizer, optimizerTable, scheduleOptions } from '../registry/optimizers.ts';
import { builtIn, type Tables } from '../registry/tables.ts';
import { checkConfig } from './checkConfig.ts';
import type { RowData, StreamConfig } from './given/config.ts';
import { type GeneralOptions, generalDefaults, generalOptions } from './given/generalOptions.ts';
import { textCell, textOptimizer, textWindow } from './sessions/textNetwork.ts';
import { expertNames } from './targets/panelExperts.ts';

/** The network and its evaluation: the options of `norewind train`, with the same names and defaults. */
export interface Settings
  extends FlagSettings<typeof estimators>,
    FlagSettings<typeof cells>,
    FlagSettings<typeof optimizers>,
    GeneralOptions {
  readonly estimator?: string;
  readonly cell?: string;
  readonly optimizer?: string;
  readonly rate?: number;
  readonly alpha?: number;
  readonly schedule?: 'inverseSqrt' | 'sqrtDecay';
  readonly floor?: number;
  readonly clip?: number;
  readonly experts?: readonly string[];
}

const names = guard.listOf('an array of names', guard.string.holds);
const counts = guard.listOf('an array of whole numbers', guard.count.holds);
const other = { names, counts, flag: guard.flag };

const nameOf = (what: string, table: object, otherwise: string) =>
  guard.setting(guard.string, `${what}${Object.keys(table).join(', ')}; ${otherwise} if left out`);

/** The options of a table of entries, by flag. */
function optionsBy(table: Readonly<Record<string, { readonly options: Options }>>): Options {
  const defaultsOf = (name: string) => {
    const { name: _, ...settings } = usualOf(table, name);
    const needed = Object.entries(table[name].options).some(
      ([key, check]) => check.needed && settings[key] === undefined,
    );
    return table === estimatorTable && !needed ? makeEstimator({ name, ...settings }).settings : settings;
  };
  return Object.fromEntries(flagsOf(table, defaultsOf).map((flag) => [flag.name, optionOf(flag)]));
}

const withDefault = (option: guard.Check, value: string): guard.Check => ({
  ...option,
  purpose: `${option.purpose}; ${value} if left out`,
});

const isNoisy = (name: string) =>
  Object.hasOwn(estimatorTable, name) && estimatorTable[name].isNoisy === true;

const { units, readout, dtype, seed, ...measuring } = generalOptions;

/** Every setting by name, in the groups of the help, with its check and purpose. */
export const settingGroups: readonly (readonly [title: string, options: Options])[] = [
  [
    'The learner:',
    {
      experts: {
        ...names,
        kind: 'names',
        purpose: `whose predictions are combined, such as ${network},linear; all for the kind of data if left out`,
      },
      estimator: nameOf(
        'how gradients are estimated: ',
        estimatorTable,
        'tbptt for a text, and for rows rtrl where each unit sees itself alone, as in an lru, and diagonal otherwise',
      ),
      ...optionsBy(estimatorTable),
      cell: nameOf(
        'the recurrent network: ',
        cellTable,
        'lstm with coupled gates, rms and recurrent weights from zero for a text, gru with another estimator than tbptt; for numbers lstm with coupled gates and diagonal; lru for categories and with other estimators',
      ),
      units,
      ...optionsBy(cellTable),
      readout,
      optimizer: nameOf(
        'the update rule: ',
        optimizerTable,
        'rmsprop for a text with lstm and tbptt, and adam',
      ),
      ...optionsBy(optimizerTable),
      ...scheduleOptions,
      rate: withDefault(
        scheduleOptions.rate,
        `0.003 for rows, and for a text 0.018, 0.01 with adam, or 0.001 with ${Object.keys(estimatorTable).filter(isNoisy).join(' and ')} and those of files`,
      ),
      alpha: withDefault(scheduleOptions.alpha, '0.03, and 0.000025 with the sqrtDecay of a text'),
      dtype,
      seed,
    },
  ],
  ['The figures:', measuring],
];

/** The checks of settings, for callers without types; values are checked where they are used. */
export const settingChecks = Object.fromEntries(
  settingGroups.flatMap(([, options]) =>
    Object.entries(options).map(([name, { kind }]) => [
      name,
      kind === undefined ? guard.string : kind === 'number' || kind === 'count' ? guard.number : other[kind],
    ]),
  ),
) as guard.Checks<Settings>;

/** The parts that a configuration may name, and settings that no option has. */
export interface OwnParts {
  readonly tables?: Tables;
  readonly cell?: Parts;
  readonly estimator?: Parts;
  readonly optimizer?: Parts;
}

/** @throws UsageError or ConfigurationError for unusable settings. */
export function completeConfig<D extends StreamConfig['data']>(
  data: D,
  settings: Settings,
  { tables = builtIn, ...more }: OwnParts = {},
): StreamConfig & { readonly data: D } {
  const given = (names: readonly string[]) =>
    Object.fromEntries(
      Object.entries(settings).filter(([name, value]) => names.includes(name) && value !== undefined),
    );
  const own = (table: Readonly<Record<string, { readonly options: Options }>>, named: Named) => ({
    ...named,
    ...settingsOf(table[named.name]?.options, given(flagsOf(table).map(({ name }) => name))),
  });
  const base = defaultsOf(data, settings);
  const cell = { ...own(cellTable, base.cell), units: base.cell.units, ...more.cell };
  const named = { ...own(estimatorTable, base.estimator), ...more.estimator };
  const estimator = makeEstimator(named, tables.estimators);
  const config: StreamConfig & { readonly data: D } = {
    ...base,
    cell,
    estimator: completeEstimator(named, estimator, tables.estimators),
    optimizer: makeOptimizer(
      {
        ...own(optimizerTable, optimizerOf(data, cell, named.name, settings, tables)),
        ...given(Object.keys(scheduleOptions)),
        ...more.optimizer,
      },
      tables.optimizers,
    ).complete,
    ...given([...Object.keys(generalOptions), 'experts'].filter((name) => name !== 'units')),
  };
  checkConfig(config, tables);
  return config;
}

/**
 * The network of a number by default. Its units see one another, so exact RTRL would take S² P; own-unit
 * traces of it predict 12 of 17 long series better than an LRU with exact RTRL, which is better at categories.
 */
const gated = { name: 'lstm', coupled: true } as const;
const diagonal = 'diagonal';

/** The default estimator of rows: exact if it is cheap. */
function exactOr(cell: string): string {
  return Object.hasOwn(cellTable, cell) && !cellTable[cell].isDiagonal ? diagonal : 'rtrl';
}

/** The defaults that follow from the data and from the given settings, without the optimiser. */
function defaultsOf<D extends StreamConfig['data']>(
  data: D,
  { cell, units, estimator, window, stride, experts }: Settings,
): Omit<StreamConfig, 'optimizer'> & { readonly data: D } {
  const isText = data.kind === 'text';
  const isNumber = !isText && !data.categorical.includes(data.target);
  const isGated = isNumber && (estimator ?? diagonal) === diagonal && (cell ?? gated.name) === gated.name;
  const name = estimator ?? (isText ? textWindow.name : exactOr(cell ?? (isNumber ? gated.name : 'lru')));
  const own =
    cell ?? (isText ? (name === textWindow.name ? textCell.name : 'gru') : isGated ? gated.name : 'lru');
  // A window or a stride that is given holds from the beginning.
  const isUsual = isText && name === textWindow.name && window === undefined && stride === undefined;
  return {
    data: isText ? data : { ...data, ...usualOfRows(data, experts) },
    experts: experts ?? (isText ? symbolExperts : expertNames(data)),
    cell: {
      ...(isText && own === textCell.name && name === textWindow.name
        ? textCell
        : isGated
          ? gated
          : { name: own }),
      units: units ?? (isText ? 64 : 32),
    },
    readout: isText ? 'linear' : 'mlp',
    estimator: isUsual ? textWindow : usualOf(estimatorTable, name),
    ...generalDefaults,
  };
}

/** The default settings of the optimiser. */
function optimizerOf(
  { kind }: StreamConfig['data'],
  cell: CellConfig,
  estimator: string,
  { optimizer, rate }: Settings,
  { optimizers }: Tables,
): Named {
  const isOfText = kind === 'text' && cell.name === textCell.name && estimator === textWindow.name;
  if (isOfText && (optimizer ?? 'rmsprop') === 'rmsprop') return textOptimizer(cell, rate);
  if (optimizer !== undefined && !hasRate(optimizer, optimizers)) return { name: optimizer };
  return {
    name: optimizer ?? 'adam',
    rate: kind === 'text' ? rateOfText(estimator) : 0.003,
    alpha: 0.03,
  };
}

/** The parts of a configuration of rows that its options may leave out. */
function usualOfRows(data: RowData, experts: readonly string[] | undefined): Partial<RowData> {
  const { predict = predictOf(data, experts), calendar = 'weekdays', timestamp } = data;
  return { predict, ...(timestamp !== undefined && { calendar }) };
}

/**
 * A network need not learn what other experts know of a number: it predicts the linear expert's residual.
 * Without that expert, it would first have to learn the identity; so it predicts the change.
 */
function predictOf(
  { target, columns, categorical }: RowData,
  experts: readonly string[] | undefined,
): NonNullable<RowData['predict']> {
  if (categorical.includes(target)) return 'value';
  if (experts === undefined || experts.includes('linear')) return 'residual';
  return columns.includes(target) ? 'change' : 'value';
}

/**
 * For a text, noisy estimates need a rate that averages out their noise: at 0.01, UORO is worse than counting
 * symbols. An estimator of a file may have noise.
 */
function rateOfText(estimator: string): number {
  return isNoisy(estimator) || isFileName(estimator) ? 0.001 : 0.01;
}
