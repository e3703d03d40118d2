import { guard, normalizeAxes, ones, ShapeError, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { stripTangents } from '../dual.ts';
import * as constant from '../primitives/constant.ts';
import { select } from '../primitives/indexed.ts';
import { broadcast, reshape, sum as total } from '../primitives/linear.ts';
import { add, mul, scaleBy, sub } from './arithmetic.ts';
import { div, exp, log } from './functions.ts';
import { asTensor, type Operand } from './operand.ts';
import { greater, less, where } from './piecewise.ts';

/** Which axes to reduce, all of them by default, counted from the end when negative; `keepDims` leaves them with length 1. */
export interface ReduceOptions {
  readonly axes?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** Along which axis, the last by default. */
export interface AxisOptions {
  readonly axis?: number;
}

// Axes are checked against the tensor.
const reduceOptions: guard.Checks<ReduceOptions> = { axes: guard.anything, keepDims: guard.flag };
const axisOptions: guard.Checks<AxisOptions> = { axis: guard.integer };

/** The sum over axes. An empty sum is 0. */
export function sum(x: Operand, options: ReduceOptions = {}): Tensor {
  const { value, axes } = reduction(x, options, 'sum');
  return keep(bind(total, [value], { axes }), value, axes, options);
}

/** The mean over axes. @throws ShapeError over nothing. */
export function mean(x: Operand, options: ReduceOptions = {}): Tensor {
  const { value, axes } = nonEmpty(x, options, 'mean');
  const count = axes.reduce((size, axis) => size * value.shape[axis], 1);
  return scaleBy(sum(value, options), 1 / count);
}

/** The largest element over axes; elements that tie share the derivative equally. @throws ShapeError over nothing. */
export function max(x: Operand, options: ReduceOptions = {}): Tensor {
  const { value, axes } = nonEmpty(x, options, 'max');
  const top = bind(constant.maxReduce, [stripTangents(value)], { axes });
  const spread = bind(broadcast, [top], { shape: value.shape, axes });
  const mask = greater(spread, stripTangents(value));
  const winners = (t: Tensor) => bind(total, [bind(select, [t, mask], { inverted: true })], { axes });
  const shares = div(1, winners(ones(value.shape, { dtype: value.dtype })));
  const average = winners(mul(value, bind(broadcast, [shares], { shape: value.shape, axes })));
  // The average of equal numbers is rounded; this makes it exact again, where it is finite (infinity minus itself is NaN).
  const rounding = sub(top, stripTangents(average));
  const above = bind(select, [rounding, greater(top, Number.NEGATIVE_INFINITY)], { inverted: false });
  const finite = bind(select, [above, less(top, Number.POSITIVE_INFINITY)], { inverted: false });
  return keep(add(average, finite), value, axes, options);
}

/** log Σ e^x over axes, without overflow; -Infinity when every x is. @throws ShapeError over nothing. */
export function logSumExp(x: Operand, options: ReduceOptions = {}): Tensor {
  const { value, axes } = nonEmpty(x, options, 'logSumExp');
  const shift = finiteMax(value, axes);
  const shifted = sub(value, bind(broadcast, [shift], { shape: value.shape, axes }));
  return keep(add(log(bind(total, [exp(shifted)], { axes })), shift), value, axes, options);
}

/** x - logSumExp(x) along an axis, the last by default. */
export function logSoftmax(x: Operand, options: AxisOptions = {}): Tensor {
  const { value, axes } = alongAxis(x, options, 'logSoftmax');
  return sub(value, logSumExp(value, { axes, keepDims: true }));
}

/** e^x / Σ e^x along an axis, the last by default. */
export function softmax(x: Operand, options: AxisOptions = {}): Tensor {
  const { value, axes } = alongAxis(x, options, 'softmax');
  const powers = exp(sub(value, bind(broadcast, [finiteMax(value, axes)], { shape: value.shape, axes })));
  return mul(powers, div(1, sum(powers, { axes, keepDims: true })));
}

/** The int32 index of the first largest element along the last axis, which disappears. */
export function argmax(x: Operand): Tensor {
  return bind(constant.argmax, [stripTangents(asTensor(x, 'float64', 'argmax'))]);
}

/** The maximum as a constant, and 0 where it is infinite: infinity minus itself would be NaN. */
function finiteMax(value: Tensor, axes: readonly number[]): Tensor {
  const top = bind(constant.maxReduce, [stripTangents(value)], { axes });
  return where(greater(top, Number.NEGATIVE_INFINITY), top, 0);
}

function reduction(x: Operand, options: ReduceOptions, who: string): { value: Tensor; axes: number[] } {
  const value = asTensor(x, 'float64', who);
  guard.options(who, options, reduceOptions);
  return { value, axes: normalizeAxes(options.axes, value.shape.length, who) };
}

function alongAxis(x: Operand, options: AxisOptions, who: string): { value: Tensor; axes: number[] } {
  const { axis = -1 } = guard.options(who, options, axisOptions);
  return nonEmpty(x, { axes: axis }, who);
}

function nonEmpty(x: Operand, options: ReduceOptions, who: string): { value: Tensor; axes: number[] } {
  const { value, axes } = reduction(x, options, who);
  if (axes.some((axis) => value.shape[axis] === 0))
    throw new ShapeError(`${who}: of no elements is not defined; the shape is [${value.shape.join(',')}]`);
  return { value, axes };
}

function keep(reduced: Tensor, x: Tensor, axes: readonly number[], { keepDims = false }: ReduceOptions): Tensor {
  if (!keepDims) return reduced;
  return bind(reshape, [reduced], { shape: x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) });
}
