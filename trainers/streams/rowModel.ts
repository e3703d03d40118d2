import { DataError, guard, UsageError } from '../../lib/index.ts';
import type { StreamConfig } from './given/config.ts';
import { createKeeper } from './keeper.ts';
import { Problem } from './reading/problem.ts';
import { recordFieldsOf, requireColumns } from './reading/recordFields.ts';
import { createRowReader } from './reading/rowReader.ts';
import { columnsOf, lagOf, type Row } from './reading/rows.ts';
import { type Forecast, forecast, type NumberForecast } from './sessions/forecast.ts';
import type { Report } from './sessions/session.ts';
import type { OpenedRows, Snapshot } from './snapshot.ts';

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
  /** Sentences about columns of the first records that are not seen, or perhaps should not be. */
  readonly notes: readonly string[];
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
   * before it; other columns are missing there. @throws UsageError for a model whose horizon is not 1;
   * DataError if there has been no record.
   */
  forecast(steps: number): readonly Forecast<Prediction>[];
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
export type Interval = Pick<NumberForecast, 'prediction' | 'low' | 'high'>;

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

/** Predicts, scores and learns. @param isSameRow whether a record is predicted before it is learnt from. */
export async function* learning<Column extends string, Prediction, R extends RowRecord<Column>>(
  model: Pick<RowModel<Column, Prediction>, 'predictOne' | 'learnOne'>,
  isSameRow: boolean,
  records: Stream<R>,
): AsyncGenerator<Learnt<R, Prediction>, void, undefined> {
  guard.argument('learn', 'records', records, guard.stream, DataError);
  for await (const record of records) {
    const before = isSameRow ? { prediction: model.predictOne(record) } : undefined;
    const score = model.learnOne(record);
    yield { record, score, ...(before ?? { prediction: model.predictOne() }) };
  }
}

/** The records of `partialFit` with their targets. @throws DataError unless both are iterable and of one length. */
export function examplesOf<R>(
  records: Iterable<R>,
  targets: Iterable<Value> | undefined,
): (readonly [record: R, target: Value])[] {
  guard.argument('partialFit', 'records', records, guard.iterable, DataError);
  const all = [...records];
  if (targets === undefined) return all.map((record) => [record, undefined]);
  guard.argument('partialFit', 'targets', targets, guard.iterable, DataError);
  const own = [...targets];
  if (own.length !== all.length)
    throw new DataError(`partialFit: there are ${all.length} records and ${own.length} targets`);
  return all.map((record, i) => [record, own[i]]);
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
    notes: [],
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
      return forecast(data, session, steps) as readonly Forecast<Prediction>[];
    },
    partialFit(records, targets) {
      for (const [record, target] of examplesOf(records, targets)) learnOne(record, target);
      return model;
    },
    learn: (records) => learning(model, lagOf(data) === 0, records),
    report: session.report,
    snapshot: keeper.snapshot,
  };
  return model;
}
