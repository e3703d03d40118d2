import { createLinearModel } from '../evaluation/linearModel.ts';
import { requireEntries, requireLength, requireNumbers, requireWhole } from '../evaluation/saved.ts';
import type { RowData } from './config.ts';
import { clip, createScale, scaled } from './normalizer.ts';
import type { RowCoder } from './rowCoder.ts';
import { lagOf } from './rows.ts';
import type { SavedNumberModels, Standing, TargetScores } from './targetScores.ts';

const standingParts = ['mean', 'deviation', 'predictions', 'lags'];
/** The number of latest values that the linear model sees. */
const lagCount = 8;

/**
 * Numbers are scored by their squared error, in the square of the column's unit, next to three simple
 * predictions: no change, the running mean, and a linear function of the latest values.
 *
 * If changes are predicted, an output of 0 means no change, and 1 a rise by the typical size of changes so
 * far.
 */
export function numberScores(
  data: RowData,
  coder: RowCoder,
  saved: SavedNumberModels | undefined,
): TargetScores {
  const { numbers } = coder;
  if (numbers === undefined) throw new TypeError('the target is not a number');
  const linear = createLinearModel(lagCount, saved?.linear);
  const changes = data.predict === 'change' ? createScale(saved?.changes) : undefined;
  let lags = saved?.lags ?? [];
  let { count, mean: average } = saved?.average ?? { count: 0, mean: 0 };
  requireNumbers('a latest value', [...lags, average]);
  requireWhole('a number of values', [count]);
  /** For a value, its mean and deviation; for a change, the latest value and the size. */
  const predicted = ({ mean, deviation, predictions, size }: Standing, output: ArrayLike<number>) =>
    size === undefined ? mean + deviation * output[0] : predictions[0] + size * output[0];
  return {
    unit: 'squared error',
    names: ['network', 'persistence', 'running mean', `linear model of the last ${lagCount}`],
    goalOf(row, { predictions: [latest] }) {
      const value = coder.targetOf(row) as number | null;
      if (value === null) return undefined;
      if (changes === undefined) return [numbers.normalize(value)];
      if (latest === undefined) return undefined;
      changes.add(value - latest);
      return [changes.scaled(value - latest)];
    },
    latest(row) {
      const value = row === undefined || lagOf(data) === 0 ? null : (coder.targetOf(row) as number | null);
      return value ?? lags.at(0);
    },
    told(output, latest) {
      const { mean, deviation } = numbers;
      // Without a known value to add the change to, use the mean.
      if (changes !== undefined) return { prediction: (latest ?? mean) + changes.size * output[0] };
      return { prediction: mean + deviation * output[0] };
    },
    standing() {
      const { mean, deviation } = numbers;
      // Before the first value there is no scale for a prediction.
      const size = changes && { size: changes.size };
      if (lags.length === 0) return { mean, deviation, predictions: [], lags, ...size };
      // An unknown value counts as the mean.
      const inputs = Array.from({ length: lagCount }, (_, i) =>
        i < lags.length ? numbers.normalize(lags[i]) : 0,
      );
      const predictions = [lags[0], average, mean + deviation * linear.predict(inputs)];
      return { mean, deviation, predictions, lags: inputs, ...size };
    },
    requireOwn(standing) {
      requireEntries(
        'what a row is compared with',
        standing,
        standingParts,
        changes === undefined ? [] : ['size'],
      );
      const { mean, deviation, predictions, lags: inputs, size } = standing;
      requireNumbers('what a row is compared with', [mean], 1e100);
      requireNumbers('what a row is compared with', [deviation], 1e120, Number.MIN_VALUE);
      if (changes !== undefined) requireNumbers('what a row is compared with', [size], 1e120, 0);
      // Before the first value there is nothing to compare with.
      requireLength('the list of predictions', predictions, predictions.length === 0 ? 0 : 3);
      requireLength('the list of latest values', inputs, predictions.length === 0 ? 0 : lagCount);
      requireNumbers('what a row is compared with', predictions, 1e120);
      requireNumbers('what a row is compared with', inputs, clip);
    },
    score(standing, output, row) {
      const { mean, deviation, predictions, lags: inputs } = standing;
      if (predictions.length === 0) return undefined;
      const value = coder.targetOf(row) as number;
      // On the scale of the inputs, which has changed since.
      linear.learn(inputs, scaled(value, mean, deviation));
      const errors = [predicted(standing, output), ...predictions].map((prediction) =>
        Math.abs(prediction - value),
      );
      return {
        scores: errors.map((error) => error ** 2),
        absoluteErrors: errors,
        error: Math.min(1, errors[0] / deviation),
      };
    },
    pairOf: (_, standing, output, row) => [coder.targetOf(row) as number, predicted(standing, output)],
    trail: (pairs) => ({ kind: 'numbers', actual: pairs.came(), predicted: pairs.said() }),
    note(row) {
      const value = coder.targetOf(row) as number | null;
      if (value !== null) {
        lags = [value, ...lags].slice(0, lagCount);
        count++;
        average += (value - average) / count;
      }
      // A missing value counts as the previous one, so that each lag stays the same number of rows away.
      else if (lags.length > 0) lags = [lags[0], ...lags].slice(0, lagCount);
    },
    forget() {
      lags = [];
    },
    save: () => ({
      lags,
      average: { count, mean: average },
      linear: linear.save(),
      ...(changes === undefined ? {} : { changes: changes.save() }),
    }),
  };
}
