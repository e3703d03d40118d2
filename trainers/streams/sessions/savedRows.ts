import type { SavedEvaluation } from '../../evaluation/evaluation.ts';
import {
  requireEntries,
  requireLength,
  requireNear,
  requireNumbers,
  requireSame,
  requireWhole,
} from '../../evaluation/saved.ts';
import type { RowData } from '../given/config.ts';
import { columnsOf, lagOf, type Row } from '../reading/rows.ts';
import { angleInputs, ofWeekday } from '../targets/calendar.ts';
import { clip, type SavedNormalizer, type SavedScale, trusted } from '../targets/normalizer.ts';
import { inputsOf, networkInputs, type SavedCoder, seesChange } from '../targets/rowCoder.ts';
import { requireNumberTarget, type SavedNumberTarget } from '../targets/savedNumbers.ts';
import type { Asked, Target } from '../targets/target.ts';
import { requireTexts } from '../targets/vocabulary.ts';
import { requireTimes } from './rhythm.ts';

/** The state of a session on rows, except its learner. */
export interface SavedRows {
  readonly coder: SavedCoder;
  readonly waiting: readonly Asked[];
  readonly late: readonly Row[number][];
  readonly time?: number;
  /** By how many seconds the clock of the latest row is ahead of UTC, where it is not that. */
  readonly offset?: number;
  /** The latest times, on the clocks of their rows. */
  readonly times?: readonly number[];
  readonly records: number;
  readonly evaluation: SavedEvaluation;
  readonly models: unknown;
}

/** @throws DataError unless the parts are consistent with this many rows. */
export function requireRows(rest: SavedRows, data: RowData, hasNetwork: boolean): void {
  requireEntries(
    'the session',
    rest,
    ['coder', 'waiting', 'late', 'records', 'evaluation', 'models'],
    ['time', 'offset', 'times'],
  );
  const { coder, waiting, late, time, offset = 0, records, models } = rest;
  const { delay = 0, timestamp, target, categorical } = data;
  requireWhole('the number of records', [records]);
  requireSame('that there is a time', Object.hasOwn(rest, 'time'), timestamp !== undefined && records > 0);
  if (time !== undefined || Object.hasOwn(rest, 'time'))
    requireNumbers('the time of the latest row', [time], 1e15);
  requireNumbers('the offset of a clock', [offset], 86_400);
  if (Object.hasOwn(rest, 'times'))
    requireTimes(rest.times as readonly number[], (time as number) + offset, records);
  const isCategory = categorical.includes(target);
  requireCoder(coder, data, records);
  requireLength('the list of late targets', late, Math.min(records, delay));
  const known = late.filter((value) => value !== null);
  if (isCategory) requireTexts('a late target', known);
  else requireNumbers('a late target', known);
  requireLength('the list of rows that wait', waiting, Math.min(records, lagOf(data)));
  for (const each of waiting) {
    requireEntries('a row that waits', each, ['input'], Object.keys(each ?? {}));
    requireSame('that there is an output', Object.hasOwn(each, 'output'), lagOf(data) > 1);
    requireInput(each.input, data, coder);
    if (each.output === undefined) continue;
    const outputs = !hasNetwork ? 0 : isCategory ? data.categories : 1;
    requireLength('an output', each.output, outputs);
    // The square of an error on the scale of a column must be finite.
    requireNumbers('an output', each.output, 1e40);
  }
  if (!isCategory) requireNumberTarget(models as SavedNumberTarget);
}

/**
 * @param steps the number of targets that the network learnt from. @param scored the number of predictions scored.
 * @throws DataError unless the models of the target are consistent with these numbers.
 */
export function requireModels(
  { models, coder, records }: SavedRows,
  data: RowData,
  steps: number | undefined,
  scored: number,
): void {
  // Missing targets are neither learnt nor scored.
  const most = Math.max(0, records - lagOf(data)) + 1;
  requireWhole('the number of steps', [steps ?? 0], most);
  requireWhole('the number of scores', [scored], most);
  if (data.categorical.includes(data.target)) return;
  const { average, history, changes, residuals, interval } = models as SavedNumberTarget;
  // All have had every value of the target; neither limits the first ones.
  const { count, mean } = coder[columnsOf(data).indexOf(data.target)] as SavedNormalizer;
  requireSame('the number of values of the target', average.count, count);
  if (count <= trusted) requireSame('the mean of the target', average.mean, mean);
  requireSame('that there is a latest value', history.values.length > 0, count > 0);
  // A scored column has a latest value to differ from.
  requireSame('the number of changes', changes.count, scored);
  requireSame('the number of outcomes', interval.count, scored);
  const left = data.predict !== 'residual' ? 0 : lagOf(data) === 0 ? count : scored;
  requireSame('the number of residuals', residuals.count, left);
}

/**
 * @param newest the question of now. @throws DataError unless each waiting row has a valid question, and the
 * newest row that of now.
 */
export function requireWaiting(waiting: readonly Asked[], target: Target, newest: () => Asked): void {
  for (const asked of waiting) target.requireOwn(asked);
  const own = waiting.at(-1);
  if (own === undefined) return;
  const { input: _, output: __, ...asked } = own;
  const { input: ___, ...now } = newest();
  for (const [key, value] of Object.entries(now))
    requireSame(
      'the newest question',
      JSON.stringify(Object.entries(asked).find(([own]) => own === key)?.[1]),
      JSON.stringify(value),
    );
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
  requireLength('a row that waits', input, networkInputs(data));
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
  const end = inputsOf(data) - ofWeekday(data);
  const angles = data.timestamp === undefined ? [] : input.slice(end - angleInputs, end);
  for (let i = 0; i < angles.length; i += 2)
    requireNear('the square of a radius', angles[i] ** 2 + angles[i + 1] ** 2, 1, 1);
}
