import { requireCounts } from '../evaluation/counts.ts';
import type { SavedEvaluation } from '../evaluation/evaluation.ts';
import { requireLearnt } from '../evaluation/linearModel.ts';
import {
  requireEntries,
  requireLength,
  requireNear,
  requireNumbers,
  requireSame,
  requireWhole,
} from '../evaluation/saved.ts';
import type { RowData } from './config.ts';
import { clip, type SavedNormalizer, type SavedScale, trusted } from './normalizer.ts';
import { inputsOf, type SavedCoder, seesChange } from './rowCoder.ts';
import { columnsOf, lagOf, type Row } from './rows.ts';
import type { SavedNumberModels, SavedTargetModels, Standing, TargetScores } from './targetScores.ts';
import { timeInputs } from './time.ts';
import { requireTexts } from './vocabulary.ts';

/** The state of a session on rows, except its learner. */
export interface SavedRows {
  readonly coder: SavedCoder;
  readonly waiting: readonly Waiting[];
  readonly late: readonly Row[number][];
  readonly time?: number;
  readonly records: number;
  readonly evaluation: SavedEvaluation;
  readonly models: SavedTargetModels;
}

/** A row whose target is not yet known, with the simple predictions made when it was the latest. */
export interface Waiting {
  readonly input: readonly number[];
  readonly standing: Standing;
  /** The output of the network, if the learning step will not produce it again. */
  readonly output?: readonly number[];
}

/** @throws DataError unless the parts are consistent with this many rows. */
export function requireRows(rest: SavedRows, data: RowData): void {
  requireEntries(
    'the session',
    rest,
    ['coder', 'waiting', 'late', 'records', 'evaluation', 'models'],
    ['time'],
  );
  const { coder, waiting, late, time, records, models } = rest;
  const { delay = 0, timestamp, target, categorical } = data;
  requireWhole('the number of records', [records]);
  requireSame('that there is a time', Object.hasOwn(rest, 'time'), timestamp !== undefined && records > 0);
  if (time !== undefined || Object.hasOwn(rest, 'time'))
    requireNumbers('the time of the latest row', [time], 1e15);
  const isCategory = categorical.includes(target);
  requireCoder(coder, data, records);
  requireLength('the list of late targets', late, Math.min(records, delay));
  const known = late.filter((value) => value !== null);
  if (isCategory) requireTexts('a late target', known);
  else requireNumbers('a late target', known);
  requireLength('the list of rows that wait', waiting, Math.min(records, lagOf(data)));
  for (const each of waiting) {
    requireEntries('a row that waits', each, ['input', 'standing', ...(lagOf(data) > 1 ? ['output'] : [])]);
    requireInput(each.input, data, coder);
    if (each.output === undefined) continue;
    requireLength('an output', each.output, isCategory ? data.categories : 1);
    // The square of an error on the scale of a column must be finite.
    requireNumbers('an output', each.output, 1e40);
  }
  if (!isCategory) requireNumberModels(models as SavedNumberModels, data);
}

/**
 * @param steps the number of targets learnt from. @param scored the number of predictions scored.
 * @throws DataError unless the simple models are consistent with these numbers.
 */
export function requireModels(
  { models, coder, records }: SavedRows,
  data: RowData,
  steps: number,
  scored: number,
): void {
  // Missing targets are not learnt, and targets without a prediction are not scored.
  requireWhole('the number of steps', [steps], Math.max(0, records - lagOf(data)) + 1);
  requireWhole('the number of scores', [scored], steps + 1);
  const at = columnsOf(data).indexOf(data.target);
  if (data.categorical.includes(data.target)) {
    requireCounts(data.categories, models as Parameters<typeof requireCounts>[1], scored);
    const { length } = coder[at] as readonly string[];
    for (const [symbol] of (models as Parameters<typeof requireCounts>[1])[0].pairs)
      requireWhole('a category', [symbol === data.categories - 1 ? 0 : symbol], Math.max(1, length));
    return;
  }
  const { linear, average, lags, changes } = models as SavedNumberModels;
  // Each learnt change counts once.
  if (changes !== undefined) requireSame('the number of changes', changes.count, steps);
  requireLearnt(linear, scored);
  // Both have had every value of the target; neither limits the first ones.
  const { count, mean } = coder[at] as SavedNormalizer;
  requireSame('the number of values of the target', average.count, count);
  if (count <= trusted) requireSame('the mean of the target', average.mean, mean);
  requireSame('that there is a latest value', lags.length > 0, count > 0);
}

/**
 * @throws DataError unless each waiting row has valid simple predictions, and the newest row those of now.
 */
export function requireStandings(waiting: readonly Waiting[], target: TargetScores): void {
  for (const { standing } of waiting) target.requireOwn(standing);
  const own = waiting.at(-1)?.standing;
  if (own === undefined) return;
  const standing = target.standing();
  for (const key of ['mean', 'deviation', 'size'] as const)
    requireSame('what the newest row is compared with', own[key], standing[key]);
  for (const key of ['predictions', 'lags'] as const) {
    requireSame('what the newest row is compared with', own[key].length, standing[key].length);
    for (const [i, value] of own[key].entries())
      requireSame('what the newest row is compared with', value, standing[key][i]);
  }
}

function requireCoder(coder: SavedCoder, data: RowData, records: number): void {
  const columns = columnsOf(data);
  const others = [
    ...(seesChange(data) ? ['changes'] : []),
    ...(data.timestamp === undefined ? [] : ['pauses']),
  ];
  requireLength('the list of columns', coder, columns.length + others.length);
  for (const [i, column] of columns.entries()) {
    if (data.categorical.includes(column)) {
      requireLength('the list of categories', coder[i], 0, data.categories - 1);
      requireTexts('a category', coder[i] as readonly string[]);
    } else {
      requireEntries('the scale of a column', coder[i], ['count', 'mean', 'squares']);
      requireWhole('a number of values', [(coder[i] as SavedNormalizer).count], records + 1);
    }
  }
  for (const [i, what] of others.entries()) {
    const scale = coder[columns.length + i];
    requireEntries('a scale', scale, what === 'changes' ? ['count', 'square'] : ['count', 'mean', 'squares']);
    requireWhole('a number of values', [(scale as SavedScale).count], Math.max(1, records));
    // Every row but the first has a predecessor.
    if (what !== 'pauses') continue;
    const { count, mean } = scale as SavedNormalizer;
    requireSame('the number of pauses', count, Math.max(0, records - 1));
    requireNumbers('a mean of pauses', [mean], 100, 0);
  }
}

/** Checks an input against `encode` of a row coder. */
function requireInput(input: readonly number[], data: RowData, coder: SavedCoder): void {
  requireLength('a row that waits', input, inputsOf(data));
  requireNumbers('an input', input, clip);
  let at = 0;
  for (const [i, column] of data.columns.entries()) {
    const isCategory = data.categorical.includes(column);
    const part = input.slice(at, at + (isCategory ? data.categories : 2));
    at += part.length;
    const marks = isCategory ? part : part.slice(1);
    for (const mark of marks) requireWhole('an input', [mark], 2);
    const marked = marks.reduce((sum, mark) => sum + mark, 0);
    requireWhole('the number of categories of a row', [marked], 2);
    if (!isCategory && marked === 1) requireSame('a missing input', part[0], 0);
    // A category with its own index, or the last index, for all others.
    const known = isCategory ? [...(coder[i] as readonly string[]).keys(), data.categories - 1] : [];
    if (isCategory && marked === 1)
      requireSame('that a category is known', known.includes(part.indexOf(1)), true);
  }
  // A sine and a cosine per angle of the time.
  const angles = data.timestamp === undefined ? [] : input.slice(input.length - timeInputs + 1);
  for (let i = 0; i < angles.length; i += 2)
    requireNear('the square of a radius', angles[i] ** 2 + angles[i + 1] ** 2, 1, 1);
}

function requireNumberModels(models: SavedNumberModels, { predict }: RowData): void {
  const changes = predict === 'change' ? ['changes'] : [];
  requireEntries('the models of numbers', models, ['lags', 'average', 'linear', ...changes]);
  const { lags, average } = models;
  requireLength('the list of latest values', lags, 0, 8);
  requireNumbers('a latest value', lags);
  requireEntries('the running mean', average, ['count', 'mean']);
  requireWhole('a number of values', [average.count]);
  requireNumbers('a running mean', [average.mean]);
  if (predict === 'change') requireEntries('the scale of changes', models.changes, ['count', 'square']);
}
