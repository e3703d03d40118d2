import { guard, ones, ShapeError, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { stripTangents } from '../dual.ts';
import * as constant from '../primitives/constant.ts';
import { select } from '../primitives/indexed.ts';
import { broadcast, sum as total } from '../primitives/linear.ts';
import { add, div, mul, neg, square, sub } from './arithmetic.ts';
import {
  countOf,
  keep,
  nonEmpty,
  type ReduceOptions,
  type Reduction,
  reduceOptions,
  reduction,
} from './axes.ts';
import { sqrt } from './functions.ts';
import type { Operand } from './operand.ts';
import { less, maximum } from './piecewise.ts';

/**
 * The axes, and `ddof`, which is subtracted from the number of elements in the divisor. Default 0, as in
 * NumPy.
 */
export interface VarianceOptions extends ReduceOptions {
  readonly ddof?: number;
}

const varianceOptions: guard.Checks<VarianceOptions> = { ...reduceOptions, ddof: guard.finite };

/** The mean over axes. @throws ShapeError for no elements. */
export function mean(x: Operand, options: ReduceOptions = {}): Tensor {
  const given = nonEmpty(x, options, 'mean');
  return keep(averageOf(given), given, options);
}

/**
 * The mean square distance from the mean over axes, with the divisor n - ddof. Also exported as `var`, its
 * name in NumPy, which is a reserved word in JavaScript. @throws ShapeError if ddof leaves nothing to divide
 * by.
 */
export function variance(x: Operand, options: VarianceOptions = {}): Tensor {
  const { given, centred, divisor } = deviations(x, options, 'variance');
  return keep(div(bind(total, [square(centred)], { axes: given.axes }), divisor), given, options);
}

/**
 * The standard deviation over axes, the root of the variance. It overflows only if the result itself does. If
 * all elements are equal, it is 0 and its derivative is taken as 0. @throws ShapeError if ddof leaves nothing
 * to divide by.
 */
export function std(x: Operand, options: VarianceOptions = {}): Tensor {
  const { given, centred, divisor } = deviations(x, options, 'std');
  return keep(lengthOf({ value: centred, axes: given.axes }, divisor), given, options);
}

/**
 * The Euclidean norm √Σx² over axes; 0 of no elements. It overflows or underflows only if the result itself
 * does. If all elements are 0, its derivative is taken as 0.
 */
export function norm(x: Operand, options: ReduceOptions = {}): Tensor {
  const given = reduction(x, options, 'norm');
  return keep(lengthOf(given, 1), given, options);
}

/**
 * s √(Σ(x/s)²/n) with s the power of two of the largest |x|: a constant that does not round and does not
 * affect derivatives.
 */
function lengthOf({ value, axes }: Reduction, divisor: number): Tensor {
  const plain = stripTangents(value);
  const largest = bind(constant.maxReduce, [maximum(plain, neg(plain))], { axes });
  const scale = bind(constant.binade, [largest]);
  const scaled = div(value, bind(broadcast, [scale], { shape: value.shape, axes }));
  const squares = bind(total, [square(scaled)], { axes });
  // The root of 0 has an infinite derivative, so take the root of 1 there, and drop it.
  const none = less(largest, value.dtype === 'float32' ? 2 ** -149 : Number.MIN_VALUE);
  const filling = bind(select, [ones(largest.shape, { dtype: value.dtype }), none], { inverted: false });
  const average = divisor === 1 ? squares : div(squares, divisor);
  const root = mul(sqrt(add(average, filling)), scale);
  return bind(select, [root, none], { inverted: true });
}

function deviations(x: Operand, options: VarianceOptions, who: string) {
  const given = nonEmpty(x, options, who, varianceOptions);
  const count = countOf(given);
  const divisor = count - (options.ddof ?? 0);
  if (!(divisor > 0))
    throw new ShapeError(
      `${who}: ddof ${options.ddof} leaves nothing to divide by, of ${count} elements; give less than ${count}`,
    );
  const { value, axes } = given;
  const centred = sub(value, bind(broadcast, [averageOf(given)], { shape: value.shape, axes }));
  return { given, centred, divisor };
}

function averageOf(given: Reduction): Tensor {
  return div(bind(total, [given.value], { axes: given.axes }), countOf(given));
}
