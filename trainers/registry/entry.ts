import type { guard } from '../../lib/index.ts';
import type { Estimator } from '../estimators/estimator.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';

export type Setting = number | string | boolean;
export type Settings = Readonly<Record<string, Setting>>;

/** A built-in thing by its name, with its settings: how configurations write it. */
export type Named = Settings & { readonly name: string };

export type Options = Readonly<Record<string, guard.Check>>;

/** A built-in thing that can be made from settings. */
export interface Entry<T> {
  /** Its options. Those with a purpose may be set by configurations, and those with a flag by commands. */
  readonly options: Options;
  /** Values for options without a default, where nothing else is asked for. */
  readonly usual?: Settings;
  /** @throws ConfigurationError for a value out of range. */
  make(settings: object): T;
}

export interface EstimatorEntry extends Entry<Estimator> {
  /** What it is called in tables and plots, where the name in capitals with a window and a rank is not it. */
  title?(settings: Settings): string;
  /** What it carries, by the norms that are shown: |s̃| and |θ̃| of pairs of vectors, or |G| of a matrix. */
  readonly carries: 'pairs' | 'matrix' | 'nothing';
  /** Whether its estimates draw noise, which a small learning rate averages out. */
  readonly isNoisy?: boolean;
  /** Whether it leaves out the zeros of the influence. */
  readonly isStructured?: boolean;
}

export interface OptimizerEntry extends Entry<Optimizer> {
  /** How many numbers it keeps for each parameter. */
  readonly memory: number;
}

/** Makes an entry of a function that takes options, with the checks of these. */
function entryOf<T, O extends object, C extends guard.Checks<O>>(make: (options: O) => T, options: C) {
  return {
    options,
    make(settings: object): T {
      if (!isOf<O>(settings, options)) throw new TypeError(`one of ${Object.keys(settings).join(', ')} is not an option`);
      return make(settings);
    },
  };
}

/** Whether these settings are options; `make` checks their values. */
function isOf<O extends object>(settings: object, options: guard.Checks<O>): settings is O {
  return Object.keys(settings).every((name) => Object.hasOwn(options, name));
}

export function estimator<O extends object, C extends guard.Checks<O>>(
  make: (options: O) => Estimator,
  options: C,
  rest: Omit<EstimatorEntry, keyof Entry<unknown>> & Pick<EstimatorEntry, 'usual'>,
) {
  return { ...rest, ...entryOf(make, options) };
}

export function optimizer<O extends object, C extends guard.Checks<O>>(
  make: (options: O) => Optimizer,
  options: C,
  memory: number,
) {
  return { memory, ...entryOf(make, options) };
}

/** An entry for a task. */
export const task = entryOf;

/** The settings by flags that a table of entries has. */
export type FlagSettings<Table> = Intersection<
  { [Name in keyof Table]: Table[Name] extends { readonly options: infer C } ? FlagsIn<C> : never }[keyof Table]
>;

type FlagsIn<C> = {
  readonly [Name in keyof C as C[Name] extends { readonly flag: infer F extends string } ? F : never]?: ValueOf<C[Name]>;
};

type ValueOf<C> = C extends { readonly choices: readonly (infer V)[] }
  ? V
  : C extends { readonly kind: 'count' | 'number' }
    ? number
    : string;

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void ? All : never;
