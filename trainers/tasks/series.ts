import {
  ConfigurationError,
  DataError,
  type FloatDType,
  guard,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { floats, longest } from './options.ts';
import { type Example, type Feed, readings, type Task } from './task.ts';

export interface SeriesOptions {
  /** How many steps ahead the target lies. Default 1. */
  readonly horizon?: number;
  /** The dtype of inputs and targets. Default float64. */
  readonly dtype?: FloatDType;
}

/** A measurement: one number, or one per channel. All rows have the same width. */
export type Row = number | ArrayLike<number>;

/**
 * A time series, one pass: the input is the value x_t, the target x_{t + horizon}, both vectors [channels].
 *
 * The series ends with its values; joining its end to its start would invent a jump. An array makes a task,
 * which can be read again; an async iterable is read as it arrives, delayed by `horizon` values.
 * @throws DataError for a value that is not a finite number, a row of another width (both with their
 * position, counted from 0), and a series too short for one target. @throws ConfigurationError for a horizon
 * that is not a whole number from 1.
 */
export function series(values: ArrayLike<Row>, options?: SeriesOptions): Task<Tensor, Tensor>;
export function series(values: AsyncIterable<Row>, options?: SeriesOptions): Feed<Tensor, Tensor>;
export function series(
  values: ArrayLike<Row> | AsyncIterable<Row>,
  options: SeriesOptions = {},
): Feed<Tensor, Tensor> {
  const { horizon = 1, dtype = 'float64' } = guard.options('series', options, checks);
  const name = `series(${horizon})`;
  if (typeof values === 'object' && values !== null && Symbol.asyncIterator in values)
    return { name, [Symbol.asyncIterator]: () => arriving(values, window(horizon, dtype)) };
  if (typeof values !== 'object' || values === null || !Number.isSafeInteger(values.length))
    throw new ConfigurationError('series: needs an array of values or an async iterable of them');
  const examples = present(values, window(horizon, dtype));
  return { name, ...readings(() => examples.values()) };
}

const checks: guard.Checks<SeriesOptions> = { horizon: guard.whole(1, longest), dtype: floats };

interface Window {
  /** The example that this row completes, if any. */
  push(row: Row): Example<Tensor, Tensor> | undefined;
  /** Called after the last row. */
  end(): void;
}

function window(horizon: number, dtype: FloatDType): Window {
  const recent: Tensor[] = [];
  let count = 0;
  let width: number | undefined;
  return {
    push(row) {
      const values = typeof row === 'object' && row !== null ? Array.from(row) : [row];
      checkRow(values, count, width ?? values.length, dtype);
      width = values.length;
      const target = tensor(values, { dtype });
      const slot = count++ % horizon;
      const input = recent[slot];
      recent[slot] = target;
      return input && { input, target };
    },
    end() {
      if (count <= horizon)
        throw new DataError(
          `series: ${count} values make no example: the horizon ${horizon} needs at least ${horizon + 1}`,
        );
    },
  };
}

function checkRow(values: readonly unknown[], at: number, width: number, dtype: FloatDType): void {
  if (values.length !== width || width === 0)
    throw new DataError(
      `series: value ${at} has ${values.length} channels, ${width === 0 ? 'and needs one at least' : `others ${width}`}`,
    );
  values.forEach((value, channel) => {
    const where = width === 1 ? '' : ` (channel ${channel})`;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw new DataError(`series: value ${at}${where} is ${guard.describe(value)}, not a finite number`);
    if (dtype === 'float32' && !Number.isFinite(Math.fround(value)))
      throw new DataError(
        `series: value ${at}${where} is ${value}, which float32 cannot hold; use float64 or another unit`,
      );
  });
}

/** Checks all values first, so that a bad one shows before training and not in the middle of it. */
function present(values: ArrayLike<Row>, { push, end }: Window): Example<Tensor, Tensor>[] {
  const examples: Example<Tensor, Tensor>[] = [];
  for (let at = 0; at < values.length; at++) {
    const example = push(values[at]);
    if (example !== undefined) examples.push(example);
  }
  end();
  return examples;
}

async function* arriving(
  values: AsyncIterable<Row>,
  { push, end }: Window,
): AsyncGenerator<Example<Tensor, Tensor>, void, undefined> {
  for await (const row of values) {
    const example = push(row);
    if (example !== undefined) yield example;
  }
  end();
}
