import { DataError, guard, UsageError } from '../../lib/index.ts';
import type { RowData } from './given/config.ts';
import { type RowConfig, rowConfigOf, rowOptions } from './given/rowOptions.ts';
import { timestampsOf } from './reading/time.ts';
import { type RowModel, rowModelOf } from './rowModel.ts';
import { createRowSession } from './sessions/rowSession.ts';
import { completeConfig, type Settings, settingChecks } from './settings.ts';
import { openChecked, type Snapshot } from './snapshot.ts';
import { surveyedModel } from './surveyedModel.ts';
import type { OwnExpert } from './targets/panelExperts.ts';

export interface RowOptions<
  Target extends string,
  Column extends string,
  Categorical extends string,
  Time extends string,
> extends Omit<Settings, 'experts'>,
    Partial<Omit<RowConfig, 'target' | 'columns' | 'categorical' | 'timestamp'>> {
  /** The column to predict. */
  readonly target: Target;
  /**
   * The experts whose predictions are combined: names of built-in ones, and experts of your own, which are
   * objects with `name`, `init`, `predict` and `update`. Default: all built-in ones for the target.
   */
  readonly experts?: readonly (string | OwnExpert)[];
  /**
   * The inputs. Default: all columns of the first records, as `train` finds them: those of the first call of
   * `partialFit`, 20,000 at most, and otherwise of the first 100 records, or those before the first snapshot.
   */
  readonly columns?: readonly Column[];
  /** In place of `columns`: those that are no inputs, while all others are. */
  readonly ignore?: readonly string[];
  /** The columns that hold categories. */
  readonly categorical?: readonly Categorical[];
  /** The column, or columns such as year, month and day, with the time of a record. */
  readonly timestamp?: Time | readonly Time[];
  /** The format of times, such as `%d.%m.%Y %H:%M`. Default: ISO 8601 or Unix time. */
  readonly timeFormat?: string;
  /** Values that mean missing, besides null, and besides texts such as NA in columns of numbers: `['NA', '-999']`. */
  readonly missing?: readonly string[];
  /** The decimal separator in texts. Default: a point. */
  readonly decimal?: '.' | ',';
}

const anExpert = guard.having('an expert', ['init', 'predict', 'update']);

const checks: guard.Checks<RowOptions<string, string, string, string>> = {
  ...settingChecks,
  ...rowOptions,
  // Their ranges are checked with the configuration.
  horizon: guard.number,
  delay: guard.number,
  categories: guard.number,
  timeFormat: guard.string,
  ignore: guard.listOf('an array of names', guard.string.holds),
  missing: guard.listOf('an array of texts', guard.string.holds),
  experts: guard.listOf(
    'an array of names and experts',
    (entry) => guard.string.holds(entry) || anExpert.holds(entry),
  ),
  decimal: guard.oneOf('.', ','),
};

/**
 * A fresh model. Only columns that are named are known to the compiler. The target is a number unless
 * `categorical` names it. @throws ConfigurationError or UsageError for unusable options.
 */
export function createModel<
  const Target extends string,
  const Column extends string = string,
  const Categorical extends string = never,
  const Time extends string = never,
>(
  options: RowOptions<Target, Column, Categorical, Time>,
): RowModel<Target | Column | Time, Target extends Categorical ? string | null : number> {
  const own = guard.options('createModel', options, checks, "createModel({ target: 'temperature' })");
  const { timeFormat, missing = [], decimal, experts, ignore, ...given } = own;
  const wanted: RowData = {
    kind: 'ndjson',
    delimiter: ',',
    missing,
    ...(decimal !== undefined && { decimal }),
    ...(timeFormat !== undefined && { timeFormat }),
    ...rowConfigOf(given),
  };
  const names = experts?.map((expert) => (typeof expert === 'string' ? expert : expert.name));
  type Prediction = Target extends Categorical ? string | null : number;
  function open<C extends string>(inputs: RowData): RowModel<C, Prediction> {
    const config = completeConfig(inputs, { ...given, ...(names && { experts: names }) });
    const { data } = config;
    return rowModelOf({
      config,
      data,
      session: createRowSession(config, data, undefined, ownAmong(experts)),
    });
  }
  const time = ignore?.find((column) => timestampsOf(wanted).includes(column));
  if (time !== undefined)
    throw new UsageError(
      `createModel: ignore names ${time}, and timestamp makes an input of it: leave it out of one of them`,
    );
  if (given.columns === undefined) return surveyedModel(wanted, ignore ?? [], open<string>);
  if (ignore !== undefined)
    throw new UsageError('createModel: columns and ignore both choose the inputs: leave one of them out');
  return open(wanted);
}

const ownAmong = (experts: readonly (string | OwnExpert)[] = []) =>
  experts.filter((expert) => typeof expert !== 'string');

/**
 * The model of a snapshot. @param options with the experts of its own that the model had.
 * @throws DataError for a snapshot of a text model, or no snapshot.
 */
export function restoreModel(
  snapshot: Snapshot,
  options: { readonly experts?: readonly OwnExpert[] } = {},
): RowModel {
  const { experts = [] } = guard.options('restoreModel', options, {
    experts: guard.listOf('an array of experts', anExpert.holds),
  });
  const opened = openChecked(snapshot, { ofRows: experts });
  if (opened.kind !== 'rows')
    throw new DataError('restoreModel: it is a snapshot of a model of text: use restoreTextModel');
  return rowModelOf(opened);
}
