import { DataError, guard, UsageError } from '../../lib/index.ts';
import type { RowData, StreamConfig } from './config.ts';
import { type Forecast, forecast } from './forecast.ts';
import { createKeeper } from './keeper.ts';
import type { OwnExpert } from './panelExperts.ts';
import { Problem } from './problem.ts';
import { recordFieldsOf, requireColumns } from './recordFields.ts';
import { type RowConfig, rowConfigOf, rowOptions } from './rowOptions.ts';
import { createRowReader } from './rowReader.ts';
import { createRowSession } from './rowSession.ts';
import { columnsOf, lagOf, type Row } from './rows.ts';
import type { Report } from './session.ts';
import { completeConfig, type Settings, settingChecks } from './settings.ts';
import { type OpenedRows, openChecked, type Snapshot } from './snapshot.ts';

/** A field of a record: a number, a category, or a time. Missing if null, undefined or absent. */
export type Value = number | bigint | string | boolean | Date | null | undefined;

/**
 * A record by its columns, as an object or a Map; any object if the compiler does not know the column names.
 * Other fields are ignored; a record with none of the columns is refused.
 */
export type RowRecord<Column extends string = string> = string extends Column
  ? object
  : { readonly [Name in Column]?: Value } | ReadonlyMap<Column, Value>;

/**
 * Learns to predict one column of records that come one by one, as `norewind train` does. The names are those
 * of River and scikit-learn. An unusable record is refused with a DataError and changes nothing.
 */
export interface RowModel<Column extends string = string, Prediction = number | string | null> {
  readonly config: StreamConfig;
  /**
   * Predicts the target `horizon` records after this one, without learning from it; with a horizon of 0, the
   * target of this one. Without a record: the target `horizon` records after the latest learnt one, which is
   * the prediction that is scored. null is a category without its own index.
   * @throws DataError if there is no record to predict from.
   */
  predictOne(record?: RowRecord<Column>): Prediction;
  /**
   * The prediction of `predictOne`, with the interval that is to hold the outcome with the probability
   * `coverage`; its bounds are null while too few outcomes are known. @throws UsageError for a category.
   */
  predictIntervalOne(record?: RowRecord<Column>): Interval;
  /**
   * Predicts the target of the next `steps` records after the latest learnt one, each from the predictions
   * before it; other columns are missing there. @throws UsageError for a category, and for a model whose
   * horizon is not 1; DataError if there has been no record.
   */
  forecast(steps: number): readonly Forecast[];
  /**
   * The probability of each category so far, and under null that of all others. @throws UsageError for a
   * number.
   */
  predictProbaOne(record?: RowRecord<Column>): ReadonlyMap<string | null, number>;
  /**
   * Scores the prediction of the record's target, then learns from it. Returns the score (squared error, or
   * bits); undefined without a prediction or a target.
   * @param target the target of this record, instead of the column.
   * @throws NonFiniteError if a number stops being finite; the model is then unusable.
   */
  learnOne(record: RowRecord<Column>, target?: Value): number | undefined;
  /**
   * `learnOne` for each, in order. @throws DataError at the first unusable one, after learning from those
   * before it.
   */
  partialFit(records: Iterable<RowRecord<Column>>, targets?: Iterable<Value>): this;
  /** Predicts, scores and learns from each record as it comes, and yields the outcome. */
  learn<R extends RowRecord<Column>>(
    records: Stream<R>,
  ): AsyncGenerator<Learnt<R, Prediction>, void, undefined>;
  /** The quality of the predictions so far. */
  report(): Report;
  /** The model as plain data, from which `restoreModel` resumes bit for bit. */
  snapshot(): Snapshot;
}

/** A predicted number, and the interval around it. */
export type Interval = Pick<Forecast, 'prediction' | 'low' | 'high'>;

export type Stream<T> = AsyncIterable<T> | Iterable<T>;

/** The outcome of a record. */
export interface Learnt<R, Prediction> {
  readonly record: R;
  /**
   * The prediction of the target `horizon` records later; with a horizon of 0, of this record, before
   * learning from it.
   */
  readonly prediction: Prediction;
  /** The score of the earlier prediction whose target came with this record. */
  readonly score: number | undefined;
}

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
  /** The inputs of the network. Default: the target. */
  readonly columns?: readonly Column[];
  /** The columns that hold categories. */
  readonly categorical?: readonly Categorical[];
  /** The column, or columns such as year, month and day, with the time of a record. */
  readonly timestamp?: Time | readonly Time[];
  /** The format of times, such as `%d.%m.%Y %H:%M`. Default: ISO 8601 or Unix time. */
  readonly timeFormat?: string;
  /** Values that mean missing, besides null, such as `['NA', '-999']`. */
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
  missing: guard.listOf('an array of texts', guard.string.holds),
  experts: guard.listOf(
    'an array of names and experts',
    (entry) => guard.string.holds(entry) || anExpert.holds(entry),
  ),
  decimal: guard.oneOf('.', ','),
};

/** A fresh model. @throws ConfigurationError or UsageError for unusable options. */
export function createModel<
  const Target extends string,
  const Column extends string = Target,
  const Categorical extends string = never,
  const Time extends string = never,
>(
  options: RowOptions<Target, Column, Categorical, Time>,
): RowModel<Target | Column | Time, Target extends Categorical ? string | null : number> {
  const own = guard.options('createModel', options, checks, "createModel({ target: 'temperature' })");
  const { timeFormat, missing = [], decimal, experts, ...given } = own;
  const wanted: RowData = {
    kind: 'ndjson',
    delimiter: ',',
    missing,
    ...(decimal !== undefined && { decimal }),
    ...(timeFormat !== undefined && { timeFormat }),
    ...rowConfigOf(given),
  };
  const names = experts?.map((expert) => (typeof expert === 'string' ? expert : expert.name));
  const config = completeConfig(wanted, { ...given, ...(names && { experts: names }) });
  const { data } = config;
  return rowModelOf({ config, data, session: createRowSession(config, data, undefined, ownAmong(experts)) });
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

type Parts = Pick<OpenedRows, 'config' | 'data' | 'session' | 'position'>;

export function rowModelOf<Column extends string, Prediction>({
  config,
  data,
  session,
  position,
}: Parts): RowModel<Column, Prediction> {
  const keeper = createKeeper(config, session, position);
  const rowOf = createRowReader(data);
  const columns = columnsOf(data);

  /** @param target replaces the column. */
  function read(record: unknown, target?: Value, needsTarget = target === undefined): Row {
    const fields = recordFieldsOf(record, `record ${keeper.records + 1}`);
    requireColumns(
      fields,
      needsTarget ? columns : columns.filter((column) => column !== data.target),
      session.coder.unseen,
    );
    const get = (column: string) =>
      target !== undefined && column === data.target ? target : fields.get(column);
    const row = rowOf({ where: fields.where, get }, session.time);
    if (row instanceof Problem) throw new DataError(row.sentence);
    return row;
  }

  /** The row to predict after, if there is one besides those learnt from. */
  function rowAfter(record: unknown): Row | undefined {
    if (record === undefined && session.waiting.length === 0)
      throw new DataError(
        lagOf(data) === 0
          ? 'give the record whose target is to be predicted'
          : 'there has been no record yet to predict from: give one',
      );
    return record === undefined ? undefined : read(record, undefined, lagOf(data) > 0);
  }

  const predictOne = (record?: RowRecord) => session.foretold(rowAfter(record)).prediction as Prediction;
  const learnOne = (record: RowRecord, target?: Value) => keeper.advance(read(record, target));
  const model: RowModel<Column, Prediction> = {
    config,
    predictOne,
    learnOne,
    predictProbaOne(record) {
      const { categories } = session.coder;
      if (categories === undefined)
        throw new UsageError(`${data.target} is a number, which has no probabilities: use predictOne`);
      const { asked, output } = session.outlook(rowAfter(record));
      const probabilities = new Map<string | null, number>();
      for (const [i, probability] of (session.target.probabilities(asked, output) ?? []).entries()) {
        const category = categories.entryAt(i) ?? null;
        probabilities.set(category, (probabilities.get(category) ?? 0) + probability);
      }
      return probabilities;
    },
    predictIntervalOne(record) {
      if (session.coder.categories !== undefined)
        throw new UsageError(`${data.target} is a category, which has probabilities: use predictProbaOne`);
      const { prediction, low = null, high = null } = session.foretold(rowAfter(record));
      return { prediction: prediction as number, low, high };
    },
    forecast(steps) {
      guard.argument('forecast', 'steps', steps, guard.whole(1), UsageError);
      return forecast(data, session, steps);
    },
    partialFit(records, targets) {
      guard.argument('partialFit', 'records', records, guard.iterable, DataError);
      if (targets !== undefined) guard.argument('partialFit', 'targets', targets, guard.iterable, DataError);
      const all = [...records];
      const own = targets === undefined ? [] : [...targets];
      if (targets !== undefined && own.length !== all.length)
        throw new DataError(`partialFit: there are ${all.length} records and ${own.length} targets`);
      for (const [i, record] of all.entries()) learnOne(record, own[i]);
      return model;
    },
    async *learn(records) {
      guard.argument('learn', 'records', records, guard.stream, DataError);
      for await (const record of records) {
        const row = read(record);
        if (lagOf(data) === 0) {
          const prediction = predictOne(record);
          yield { record, prediction, score: keeper.advance(row) };
        } else {
          const score = keeper.advance(row);
          yield { record, prediction: predictOne(), score };
        }
      }
    },
    report: session.report,
    snapshot: keeper.snapshot,
  };
  return model;
}
