import { ones, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { stripTangents } from '../dual.ts';
import * as constant from '../primitives/constant.ts';
import { select } from '../primitives/indexed.ts';
import { broadcast, sum as total } from '../primitives/linear.ts';
import { add, div, mul, neg, sub } from './arithmetic.ts';
import {
  type AxisOptions,
  alongAxis,
  keep,
  nonEmpty,
  type ReduceOptions,
  type Reduction,
  reduction,
} from './axes.ts';
import { exp, log } from './functions.ts';
import { asTensor, type Operand } from './operand.ts';
import { greater, less, where } from './piecewise.ts';

/** The sum over axes. An empty sum is 0. */
export function sum(x: Operand, options: ReduceOptions = {}): Tensor {
  const given = reduction(x, options, 'sum');
  return keep(bind(total, [given.value], { axes: given.axes }), given, options);
}

/**
 * The largest element over axes. Tied elements share the derivative equally. @throws ShapeError for no
 * elements.
 */
export function max(x: Operand, options: ReduceOptions = {}): Tensor {
  const given = nonEmpty(x, options, 'max');
  return keep(largestOf(given), given, options);
}

/**
 * The smallest element over axes. Tied elements share the derivative equally. @throws ShapeError for no
 * elements.
 */
export function min(x: Operand, options: ReduceOptions = {}): Tensor {
  const given = nonEmpty(x, options, 'min');
  return keep(neg(largestOf({ ...given, value: neg(given.value) })), given, options);
}

function largestOf({ value, axes }: Reduction): Tensor {
  const top = bind(constant.maxReduce, [stripTangents(value)], { axes });
  const spread = bind(broadcast, [top], { shape: value.shape, axes });
  const mask = greater(spread, stripTangents(value));
  const winners = (t: Tensor) => bind(total, [bind(select, [t, mask], { inverted: true })], { axes });
  const shares = div(1, winners(ones(value.shape, { dtype: value.dtype })));
  const average = winners(mul(value, bind(broadcast, [shares], { shape: value.shape, axes })));
  // The average of equal numbers is rounded; this corrects it, if it is finite (infinity minus itself is
  // NaN).
  const rounding = sub(top, stripTangents(average));
  const above = bind(select, [rounding, greater(top, Number.NEGATIVE_INFINITY)], { inverted: false });
  const finite = bind(select, [above, less(top, Number.POSITIVE_INFINITY)], { inverted: false });
  return add(average, finite);
}

/**
 * log Σ e^x over axes, without overflow. -Infinity if every x is, Infinity if any is. @throws ShapeError for
 * no elements.
 */
export function logSumExp(x: Operand, options: ReduceOptions = {}): Tensor {
  const given = nonEmpty(x, options, 'logSumExp');
  const shift = finiteMax(given);
  return keep(add(logSum(shifted(given, shift), given), shift), given, options);
}

/** x - logSumExp(x) along an axis (default: the last). */
export function logSoftmax(x: Operand, options: AxisOptions = {}): Tensor {
  const given = lineOf(x, options, 'logSoftmax');
  // Subtract the largest element from both first, so that a large one costs no digits of the difference.
  const own = shifted(given, finiteMax(given));
  return sub(own, spread(logSum(own, given), given));
}

/** e^x / Σ e^x along an axis (default: the last). */
export function softmax(x: Operand, options: AxisOptions = {}): Tensor {
  const given = lineOf(x, options, 'softmax');
  const powers = exp(shifted(given, finiteMax(given)));
  return mul(powers, spread(div(1, bind(total, [powers], { axes: given.axes })), given));
}

/**
 * The int32 index of the first NaN along the last axis, else of the first largest element. Removes the axis.
 */
export function argmax(x: Operand): Tensor {
  return bind(constant.argmax, [stripTangents(asTensor(x, 'float64', 'argmax'))]);
}

function logSum(own: Tensor, { axes }: Reduction): Tensor {
  return log(bind(total, [exp(own)], { axes }));
}

function shifted(given: Reduction, shift: Tensor): Tensor {
  return sub(given.value, spread(shift, given));
}

/** The result of a reduction, repeated along the axes again. */
function spread(reduced: Tensor, { value, axes }: Reduction): Tensor {
  return bind(broadcast, [reduced], { shape: value.shape, axes });
}

/** The maximum as a constant, but 0 if it is infinite: infinity minus itself would be NaN. */
function finiteMax({ value, axes }: Reduction): Tensor {
  const top = bind(constant.maxReduce, [stripTangents(value)], { axes });
  // 0 times the maximum is 0 if it is finite, else NaN.
  return where(less(mul(top, 0), 1), top, 0);
}

function lineOf(x: Operand, options: AxisOptions, who: string): Reduction {
  return nonEmpty(x, { axes: alongAxis(x, options, who).axis }, who);
}
