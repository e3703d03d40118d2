import type { guard } from '../../lib/index.ts';
import type { Estimator } from '../estimators/rule/estimator.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';

export type Setting = number | string | boolean;
export type Settings = Readonly<Record<string, Setting>>;

/**
 * A thing by name, with its settings, as configurations write it: built in, or of a file, whose path is the name
 * and whose settings include `sha256`.
 */
export type Named = Settings & { readonly name: string };

export type Options = Readonly<Record<string, guard.Check>>;

/** A thing that can be made from settings. */
export interface Entry<T> {
  /** Its options. Configurations may set those with a purpose, commands those with a flag. */
  readonly options: Options;
  /** Default values for options that have no default of their own. */
  readonly usual?: Settings;
  /** Whether a file has it. Its configuration is what is set, since the file determines the rest. */
  readonly isOwn?: boolean;
  /** @throws ConfigurationError for a value out of range. */
  make(settings: object): T;
}

export interface EstimatorEntry extends Entry<Estimator> {
  /** Its title in tables and plots, unless that is the name in capitals with a window and a rank. */
  title?(settings: Settings): string;
  /**
   * Its influence, by the norms shown: |s̃| and |θ̃| of pairs of vectors, |G| of a matrix, or one norm of
   * factors of another kind.
   */
  readonly carries: 'pairs' | 'matrix' | 'factors' | 'nothing';
  /** Whether its estimates contain noise, which a small learning rate averages out. */
  readonly isNoisy?: boolean;
  /** Whether it skips the structural zeros of the influence. */
  readonly isStructured?: boolean;
}

export interface OptimizerEntry extends Entry<Optimizer> {
  /** The numbers it keeps per parameter. */
  readonly memory: number;
}

/** Makes an entry from a function and the checks of its options. */
function entryOf<T, O extends object, C extends guard.Checks<O>>(make: (options: O) => T, options: C) {
  return {
    options,
    make(settings: object): T {
      if (!isOf<O>(settings, options))
        throw new TypeError(`one of ${Object.keys(settings).join(', ')} is not an option`);
      return make(settings);
    },
  };
}

/** Whether these settings are options of the entry; `make` checks their values. */
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

/** The settings that flags can set for a table of entries. */
export type FlagSettings<Table> = Intersection<
  {
    [Name in keyof Table]: Table[Name] extends { readonly options: infer C } ? FlagsIn<C> : never;
  }[keyof Table]
>;

type FlagsIn<C> = {
  readonly [Name in keyof C as C[Name] extends { readonly flag: infer F extends string }
    ? F
    : never]?: ValueOf<C[Name]>;
};

/** The value that passes a check, as far as its type tells. */
export type ValueOf<C> = C extends { readonly choices: readonly (infer V)[] }
  ? V
  : C extends { readonly kind: 'count' | 'number' }
    ? number
    : C extends { readonly kind: 'counts' }
      ? readonly number[]
      : C extends { readonly kind: 'names' }
        ? readonly string[]
        : C extends { readonly kind: 'flag' }
          ? boolean
          : string;

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
