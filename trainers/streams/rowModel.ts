import { DataError, guard, UsageError } from '../../lib/index.ts';
import { bitsOf } from '../evaluation/logits.ts';
import type { RowData, StreamConfig } from './config.ts';
import { createKeeper } from './keeper.ts';
import { Problem } from './problem.ts';
import { recordFieldsOf, requireColumns } from './recordFields.ts';
import { foretold, outlook } from './rowPredictor.ts';
import { createRowReader } from './rowReader.ts';
import { createRowSession } from './rowSession.ts';
import { columnsOf, lagOf, type Row } from './rows.ts';
import type { Report } from './session.ts';
import { completeConfig, type Settings, settingChecks } from './settings.ts';
import { type OpenedRows, openChecked, type Snapshot } from './snapshot.ts';

/** A field of a record: a number, a category, or a time; missing where it is null, undefined or not there. */
export type Value = number | bigint | string | boolean | Date | null | undefined;

/**
 * A record by its columns, an object or a Map; any object where their names are not known to the compiler. It may have others, which are not
 * looked at; a record that has none of the columns is refused.
 */
export type RowRecord<Column extends string = string> = string extends Column
  ? object
  : { readonly [Name in Column]?: Value } | ReadonlyMap<Column, Value>;

/**
 * Learns to predict one column of records that come one by one, as `norewind train` does; the names are those of River and of
 * scikit-learn. Records that cannot be used are refused with a DataError, and nothing has changed then.
 */
export interface RowModel<Column extends string = string, Prediction = number | string | null> {
  readonly config: StreamConfig;
  /**
   * The target `horizon` records after this one, which nothing is learnt from; with a horizon of 0, the target of this one. Without a
   * record: the target `horizon` records after the latest that was learnt from, which is the prediction that is scored. A category that
   * has no index of its own is null.
   * @throws DataError when there is no record to predict from.
   */
  predictOne(record?: RowRecord<Column>): Prediction;
  /** The probability of each category that has come so far, and under null that of all others. @throws UsageError for a number. */
  predictProbaOne(record?: RowRecord<Column>): ReadonlyMap<string | null, number>;
  /**
   * Scores the prediction of the record's target, then learns from it. Gives that score (squared error, or bits); undefined where
   * there was no prediction, or no target.
   * @param target the target of this record, in place of the column.
   * @throws NonFiniteError when a number stops being finite; the model cannot be used any more then.
   */
  learnOne(record: RowRecord<Column>, target?: Value): number | undefined;
  /** `learnOne` for each, in order. @throws DataError at the first that cannot be used, those before it having been learnt from. */
  partialFit(records: Iterable<RowRecord<Column>>, targets?: Iterable<Value>): this;
  /** Predicts, scores and learns from each record as it comes, and gives what came of it. */
  learn<R extends RowRecord<Column>>(records: Stream<R>): AsyncGenerator<Learnt<R, Prediction>, void, undefined>;
  /** How good the predictions have been so far. */
  report(): Report;
  /** The model as plain data, from which `restoreModel` resumes bit for bit. */
  snapshot(): Snapshot;
}

export type Stream<T> = AsyncIterable<T> | Iterable<T>;

/** What came of a record. */
export interface Learnt<R, Prediction> {
  readonly record: R;
  /** Of the target `horizon` records later; with a horizon of 0, of this record, before it was learnt from. */
  readonly prediction: Prediction;
  /** Of the earlier prediction whose target came with this record. */
  readonly score: number | undefined;
}

export interface RowOptions<Target extends string, Column extends string, Categorical extends string, Time extends string>
  extends Settings {
  /** The column that is predicted. */
  readonly target: Target;
  /**
   * Whether the network predicts a number itself, or its change since the latest value that is known; predictions and scores are of the
   * number in either case. If left out, the change where the target is a number and one of the columns, and the value otherwise.
   */
  readonly predict?: 'value' | 'change';
  /** What the network sees; the target if left out. */
  readonly columns?: readonly Column[];
  /** Those that hold categories. */
  readonly categorical?: readonly Categorical[];
  /** How many records ahead; 1 if left out, 0 for the same record. */
  readonly horizon?: number;
  /** How many records after its own a target is known; 0 if left out. */
  readonly delay?: number;
  /** The column that holds the time of a record, or the columns, as of year, month and day. */
  readonly timestamp?: Time | readonly Time[];
  /** How times are written, as `%d.%m.%Y %H:%M`; ISO 8601 or Unix time if left out. */
  readonly timeFormat?: string;
  /** What stands for a missing value besides null, as `['NA', '-999']`. */
  readonly missing?: readonly string[];
  /** Between a whole number and its decimals, in texts; a point if left out. */
  readonly decimal?: '.' | ',';
  /** How many categories of a column are told apart; 16 if left out. */
  readonly categories?: number;
}

const names = guard.listOf('an array of names', guard.string.holds);
const checks: guard.Checks<RowOptions<string, string, string, string>> = {
  ...settingChecks,
  target: guard.needed({ ...guard.string, what: 'the name of a column' }),
  predict: guard.oneOf('value', 'change'),
  columns: names,
  categorical: names,
  horizon: guard.number,
  delay: guard.number,
  timestamp: guard.either({ ...guard.string, what: 'the name of a column' }, names),
  timeFormat: guard.string,
  missing: guard.listOf('an array of texts', guard.string.holds),
  decimal: guard.oneOf('.', ','),
  categories: guard.number,
};

/** A model that has learnt nothing yet. @throws ConfigurationError or UsageError for options that cannot be used. */
export function createModel<
  const Target extends string,
  const Column extends string = Target,
  const Categorical extends string = never,
  const Time extends string = never,
>(
  options: RowOptions<Target, Column, Categorical, Time>,
): RowModel<Target | Column | Time, Target extends Categorical ? string | null : number> {
  const own = guard.options('createModel', options, checks, "createModel({ target: 'temperature' })");
  const { target, columns = [target], categorical = [], horizon = 1, categories = 16, ...others } = own;
  const { predict, delay, timestamp, timeFormat, missing = [], decimal, ...settings } = others;
  const wanted: RowData = {
    kind: 'ndjson',
    delimiter: ',',
    missing,
    ...(decimal === undefined ? {} : { decimal }),
    columns,
    categorical,
    target,
    ...(predict === undefined ? {} : { predict }),
    horizon,
    ...(delay === undefined ? {} : { delay }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(timeFormat === undefined ? {} : { timeFormat }),
    categories,
  };
  const config = completeConfig(wanted, settings);
  const { data } = config;
  return rowModelOf({ config, data, session: createRowSession(config, data) });
}

/** The model that a snapshot was taken of. @throws DataError for one of a text, and for what is not a snapshot. */
export function restoreModel(snapshot: Snapshot): RowModel {
  const opened = openChecked(snapshot);
  if (opened.kind !== 'rows') throw new DataError('restoreModel: it is a snapshot of a model of text: use restoreTextModel');
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

  /** @param target stands in for the column. */
  function read(record: unknown, target?: Value, needsTarget = target === undefined): Row {
    const fields = recordFieldsOf(record, `record ${keeper.records + 1}`);
    requireColumns(fields, needsTarget ? columns : columns.filter((column) => column !== data.target), session.coder.unseen);
    const get = (column: string) => (target !== undefined && column === data.target ? target : fields.get(column));
    const row = rowOf({ where: fields.where, get }, session.time);
    if (row instanceof Problem) throw new DataError(row.sentence);
    return row;
  }

  /** The row to predict after, where there is one besides those that were learnt from. */
  function rowAfter(record: unknown): Row | undefined {
    if (record === undefined && session.waiting.length === 0)
      throw new DataError(
        lagOf(data) === 0
          ? 'give the record whose target is to be predicted'
          : 'there has been no record yet to predict from: give one',
      );
    return record === undefined ? undefined : read(record, undefined, lagOf(data) > 0);
  }

  const predictOne = (record?: RowRecord) => foretold(session, rowAfter(record)).prediction as Prediction;
  const learnOne = (record: RowRecord, target?: Value) => keeper.advance(read(record, target));
  const model: RowModel<Column, Prediction> = {
    config,
    predictOne,
    learnOne,
    predictProbaOne(record) {
      const { categories } = session.coder;
      if (categories === undefined)
        throw new UsageError(`${data.target} is a number, which has no probabilities: use predictOne`);
      const output = outlook(session, rowAfter(record));
      const probabilities = new Map<string | null, number>();
      for (let i = 0; i < output.length; i++) {
        const category = categories.entryAt(i) ?? null;
        probabilities.set(category, (probabilities.get(category) ?? 0) + 2 ** -bitsOf(output, i));
      }
      return probabilities;
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
