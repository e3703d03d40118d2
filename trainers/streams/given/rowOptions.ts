import { guard } from '../../../lib/index.ts';
import { seasonCount } from '../../experts/index.ts';
import type { ValueOf } from '../../registry/entry.ts';

const column: guard.Check = { ...guard.string, what: 'the name of a column' };
const names: guard.NamesCheck = { ...guard.listOf('an array of names', guard.string.holds), kind: 'names' };

/**
 * The options of rows: target, inputs and times. The notation of values is separate. The options of
 * `createModel`, the flags and help of `norewind train`, and the checks of configurations follow from this
 * table; its order is that of configurations.
 */
export const rowOptions = {
  columns: guard.setting(
    names,
    'the inputs of the network, such as a,b or \'a,"b, c"\'; may be repeated; all columns of the first rows if left out',
  ),
  categorical: guard.setting(names, 'columns that hold categories; may be repeated'),
  target: guard.setting(guard.needed(column), 'the column to predict'),
  predict: guard.setting(
    guard.oneOf('value', 'change', 'residual'),
    'what the network learns of a number: its value, its change since the latest known one, or the residual of the linear expert; residual if left out, and without that expert change, or value if the target is no input',
  ),
  horizon: guard.setting(guard.whole(0, 1000), 'rows ahead; 1 if left out, 0 for the same row'),
  delay: guard.setting(guard.whole(0, 1000), 'rows that pass before a target is known; 0 if left out'),
  season: guard.setting(
    {
      ...guard.listOf(
        `a list of at most ${seasonCount} whole numbers from 2 to 10000`,
        guard.whole(2, 10_000).holds,
      ),
      kind: 'counts' as const,
    },
    'rows in a season of a number, such as 7,365; found in the data and the times if left out',
  ),
  timestamp: guard.setting(
    { ...guard.either(column, names), kind: names.kind },
    'columns with the time of a row, such as when or year,month; they become inputs, and their order is checked',
  ),
  calendar: guard.setting(
    guard.oneOf('angles', 'weekdays'),
    'what experts see of a time: angles, the time of day, week and year; weekdays, besides them each weekday and the shape of a day; weekdays if left out',
  ),
  categories: guard.setting(
    guard.whole(2, 4096),
    'number of distinct categories of a column; 16 if left out',
  ),
};

type Values = { readonly [Name in keyof typeof rowOptions]: ValueOf<(typeof rowOptions)[Name]> };

const always = ['columns', 'categorical', 'target', 'horizon', 'categories'] as const;
type Always = (typeof always)[number];

/** These options in a configuration. */
export interface RowConfig extends Pick<Values, Always>, Partial<Omit<Values, Always | 'timestamp'>> {
  /** The column, or several columns together, with the time of a row. */
  readonly timestamp?: string | readonly string[];
}

/** The entries that every configuration of rows has, and those that it may have. */
export const rowEntries = {
  needed: always,
  optional: Object.keys(rowOptions).filter((name) => !always.some((each) => each === name)),
};

/** Completes these options. Other entries are left out. */
export function rowConfigOf(given: Partial<RowConfig> & Pick<RowConfig, 'target'>): RowConfig {
  const { target, columns = [target], categorical = [], horizon = 1, categories = 16 } = given;
  return inOrder({ ...given, columns, categorical, horizon, categories });
}

/** The entries that are row options, in the order of the table. */
function inOrder<T extends object>(record: T): T {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    Object.keys(rowOptions).flatMap((name) => entries.filter(([key]) => key === name)),
  ) as T;
}
