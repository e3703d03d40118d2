import { DataError, UsageError } from '../../lib/index.ts';
import type { RowData } from './given/config.ts';
import {
  type RecordFields,
  recordFieldsOf,
  requireColumns,
  requireSpelling,
} from './reading/recordFields.ts';
import { lagOf } from './reading/rows.ts';
import { type Inputs, inputsAmong, surveyed } from './reading/survey.ts';
import { timestampsOf } from './reading/time.ts';
import { examplesOf, learning, type RowModel, type RowRecord, type Value } from './rowModel.ts';

/** A copy of a record by its columns: a program may reuse its objects. */
type Example = ReadonlyMap<string, Value>;

/**
 * A model whose inputs are all columns of its first records, as `inputsAmong` finds them there. As long as
 * more records may show others, it keeps them: when the inputs change, it begins again and learns from the
 * earlier ones once more, as if the inputs had been known from the beginning.
 * @param data what was given; its columns are not.
 * @param ignored columns that are no inputs.
 * @param open a fresh model with these inputs. @throws ConfigurationError for unusable ones.
 */
export function surveyedModel<Column extends string, Prediction>(
  data: RowData,
  ignored: readonly string[],
  open: (data: RowData) => RowModel<string, Prediction>,
): RowModel<Column, Prediction> {
  const { target, categorical } = data;
  const isSameRow = lagOf(data) === 0;
  const named = [target, ...categorical, ...timestampsOf(data), ...ignored];
  const before = [...new Set([...(isSameRow ? [] : [target]), ...categorical])].filter(
    (column) => !isSameRow || column !== target,
  );
  const placeholder = { columns: before.length === 0 ? ['(none yet)'] : before, categorical };
  // At once, so that unusable options are refused here. A calendar may be one of times that are yet to be found.
  const { calendar: _, ...timeless } = data;
  let model = open({ ...(data.timestamp === undefined ? timeless : data), ...placeholder });
  let known = data.calendar === undefined ? JSON.stringify(placeholder) : '';
  let notes: readonly string[] = [];
  /** The records learnt from; undefined once the inputs are settled. */
  let examples: Example[] | undefined = [];

  /** The model with the inputs that the records so far and some more show. */
  function modelWith(more: readonly Example[] = []): RowModel<string, Prediction> {
    const seen = [...(examples ?? []), ...more];
    if (examples === undefined || seen.length === 0) return model;
    const { notes: found, ...inputs } = inputsOf(seen);
    const text = JSON.stringify(inputs);
    notes = found;
    if (text === known) return model;
    const fresh = open({ ...data, ...inputs });
    for (const each of examples) fresh.learnOne(each);
    known = text;
    model = fresh;
    return model;
  }

  function inputsOf(seen: readonly Example[]): Inputs {
    const names = new Set([...seen.flatMap((example) => [...example.keys()]), ...categorical]);
    const rows = seen.map((example) => ({ where: '', get: (column: string) => example.get(column) ?? null }));
    const found = inputsAmong([...names], rows, data, ignored);
    // The target is a number or a category by its type.
    const isOwn = (column: string) => column !== target || categorical.includes(target);
    return { ...found, categorical: found.categorical.filter(isOwn) };
  }

  const hasBeen = (column: string) => examples?.some((example) => example.has(column)) === true;

  /** @throws DataError for no record, one with misspelt names, or the first ones without a needed target. */
  function exampleOf(record: unknown, value?: Value, needsTarget = value === undefined): Example {
    const fields = recordFieldsOf(record, `record ${(examples?.length ?? 0) + 1}`);
    const unseen = () => named.filter((column) => !hasBeen(column));
    const isGiven = value !== undefined || !needsTarget;
    requireSpelling(fields, isGiven ? named.filter((column) => column !== target) : named, unseen);
    if (!isGiven && !hasBeen(target)) requireColumns(fields, [target], unseen);
    const example = new Map(copied(fields, (name) => name !== target && ignored.includes(name)));
    if (value !== undefined) example.set(target, value);
    return example;
  }

  function learnOne(record: RowRecord, value?: Value): number | undefined {
    if (examples === undefined) return model.learnOne(record, value);
    const example = exampleOf(record, value);
    const score = modelWith([example]).learnOne(record, value);
    keep(example);
    return score;
  }

  function keep(example: Example): void {
    examples?.push(example);
    if (examples?.length === surveyed.ofStream) examples = undefined;
  }

  const after = (record: unknown) =>
    modelWith(
      record === undefined || examples === undefined ? [] : [exampleOf(record, undefined, !isSameRow)],
    );

  const own: RowModel<Column, Prediction> = {
    get config() {
      return modelWith().config;
    },
    get notes() {
      modelWith();
      return notes;
    },
    predictOne: (record) => after(record).predictOne(record),
    predictIntervalOne: (record) => after(record).predictIntervalOne(record),
    predictProbaOne: (record) => after(record).predictProbaOne(record),
    forecast: (steps) => modelWith().forecast(steps),
    learnOne,
    partialFit(records, targets) {
      if (examples === undefined) {
        model.partialFit(records, targets);
        return own;
      }
      const all = examplesOf(records, targets);
      const first = readable(all.slice(0, surveyed.ofList - examples.length));
      const settled = modelWith(first);
      if (examples.length + first.length >= surveyed.ofStream) examples = undefined;
      for (const [record, value] of all) {
        const example = examples && exampleOf(record, value);
        settled.learnOne(record, value);
        if (example !== undefined) keep(example);
      }
      return own;
    },
    learn: (records) => learning(own, isSameRow, records),
    report: () => modelWith().report(),
    snapshot() {
      if (examples?.length === 0)
        throw new UsageError(
          'there has been no record yet, which shows the inputs: learn from one first, or name them with columns',
        );
      const { snapshot } = modelWith();
      // The saved model has no records to begin again with; both must learn the same.
      examples = undefined;
      return snapshot();
    },
  };
  return own;

  /** The records before the first unusable one, which is refused when it is its turn. */
  function readable(all: readonly (readonly [record: unknown, target: Value])[]): readonly Example[] {
    const found: Example[] = [];
    try {
      for (const [record, value] of all) found.push(exampleOf(record, value, found.length === 0));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
    return found;
  }
}

function copied(fields: RecordFields, isIgnored: (name: string) => boolean): (readonly [string, Value])[] {
  return fields.names().flatMap((name) => {
    if (isIgnored(name)) return [];
    const value = fields.get(name);
    if (typeof value === 'function') return [];
    return [[name, (value instanceof Date ? new Date(value) : value) as Value]];
  });
}
