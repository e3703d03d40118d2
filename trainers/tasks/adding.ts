import { dataOf, type FloatDType, guard, type Noise, seeded, type Tensor, tensor } from '../../lib/index.ts';
import { floats, longest, seeds } from './options.ts';
import { type Example, readings, type Task } from './task.ts';

export interface AddingOptions {
  /** Steps per sequence, two of which are marked. At least 2. */
  readonly length: number;
  /** The dtype of inputs and targets. Default float64. */
  readonly dtype?: FloatDType;
  readonly seed?: number;
}

export interface AddingTask extends Task<Tensor, Tensor> {
  /** The mean squared errors of two constant strategies, and the lowest possible one. */
  readonly meanSquare: {
    /** Always answering 1, the mean of the target: 1/6. */
    readonly mean: number;
    /** Remembering only the last marked value, and adding 1/2: 1/12. */
    readonly lastOnly: number;
    readonly optimum: number;
  };
}

/**
 * The adding problem as an endless stream. Inputs are vectors [value, mark] with values uniform in [0, 1).
 * Each sequence of `length` steps has one mark of 1 in its first half and one in its second half; the others
 * are 0. The target, a vector of length one, is the sum of the two values marked last, including this step's.
 *
 * In the original, a learner starts each sequence from rest and answers at its end. Without resets a stream
 * does not show where a sequence ends, so a learner that solves the original answers "the sum of the last
 * two" at every step, and here the target asks for it at every step. At the end of a sequence it equals the
 * original target. Before any mark, two values of 1/2 count as marked.
 * Source: Hochreiter and Schmidhuber 1997, section 5.4; marks as in Le, Jaitly and Hinton 2015, section 4.1.
 * @throws ConfigurationError for a length below 2.
 */
export function adding(options: AddingOptions): AddingTask {
  const {
    length,
    dtype = 'float64',
    seed = 1,
  } = guard.options('adding', options, addingOptions, 'adding({ length: 50 })');
  return {
    name: `adding(${length})`,
    meanSquare: { mean: 1 / 6, lastOnly: 1 / 12, optimum: 0 },
    ...readings(() => sequences(seeded(seed), length, dtype)),
  };
}

export const addingOptions = {
  length: guard.setting(guard.needed(guard.whole(2, longest)), 'steps in a sequence'),
  dtype: floats,
  seed: seeds,
} satisfies guard.Checks<AddingOptions>;

function* sequences(
  noise: Noise,
  length: number,
  dtype: FloatDType,
): Generator<Example<Tensor, Tensor>, never, undefined> {
  const half = Math.floor(length / 2);
  let [older, newer] = [0.5, 0.5];
  for (;;) {
    const marks = [noise.integer(half), half + noise.integer(length - half)];
    const values = dataOf(noise.uniform([length]));
    for (let t = 0; t < length; t++) {
      const marked = t === marks[0] || t === marks[1];
      if (marked) [older, newer] = [newer, values[t]];
      yield {
        input: tensor([values[t], marked ? 1 : 0], { dtype }),
        target: tensor([older + newer], { dtype }),
      };
    }
  }
}
