import { dataOf, type FloatDType, guard, type Noise, seeded, type Tensor, tensor } from '../../lib/index.ts';
import { floats, longest, seeds } from './options.ts';
import { type Example, readings, type Task } from './task.ts';

export interface AddingOptions {
  /** Steps in a sequence, two of which are marked; 2 at least. */
  readonly length: number;
  /** Of the inputs and targets; float64 by default. */
  readonly dtype?: FloatDType;
  readonly seed?: number;
}

export interface AddingTask extends Task<Tensor, Tensor> {
  /** The mean squared errors of two constant strategies, and the least possible one. */
  readonly meanSquare: {
    /** Always answering 1, the mean of the target: 1/6. */
    readonly mean: number;
    /** Remembering the last marked value only, and adding 1/2: 1/12. */
    readonly lastOnly: number;
    readonly optimum: number;
  };
}

/**
 * The adding problem as an endless stream. Inputs are vectors [value, mark]; the values are uniform in [0, 1), and in each
 * sequence of `length` steps one of the first half and one of the second half is marked (1; the others have 0). The target,
 * a vector of length one, is the sum of the two values that were marked last, this step's included.
 *
 * In the original a learner starts each sequence from rest and is asked at its end. A stream that is never reset does
 * not show where a sequence ends, so a learner that answers rightly there answers "the sum of the last two" at all times; here
 * it is asked at all times. At the end of a sequence the target is the original one. Before anything is marked, two
 * values of 1/2 count as marked.
 * Source: Hochreiter and Schmidhuber 1997, section 5.4; marks as in Le, Jaitly and Hinton 2015, section 4.1.
 * @throws ConfigurationError for a length below 2.
 */
export function adding(options: AddingOptions): AddingTask {
  const { length, dtype = 'float64', seed = 1 } = guard.options('adding', options, checks, 'adding({ length: 50 })');
  return {
    name: `adding(${length})`,
    meanSquare: { mean: 1 / 6, lastOnly: 1 / 12, optimum: 0 },
    ...readings(() => sequences(seeded(seed), length, dtype)),
  };
}

const checks: guard.Checks<AddingOptions> = { length: guard.needed(guard.whole(2, longest)), dtype: floats, seed: seeds };

function* sequences(noise: Noise, length: number, dtype: FloatDType): Generator<Example<Tensor, Tensor>, never, undefined> {
  const half = Math.floor(length / 2);
  let [older, newer] = [0.5, 0.5];
  for (;;) {
    const marks = [noise.integer(half), half + noise.integer(length - half)];
    const values = dataOf(noise.uniform([length]));
    for (let t = 0; t < length; t++) {
      const marked = t === marks[0] || t === marks[1];
      if (marked) [older, newer] = [newer, values[t]];
      yield { input: tensor([values[t], marked ? 1 : 0], { dtype }), target: tensor([older + newer], { dtype }) };
    }
  }
}
