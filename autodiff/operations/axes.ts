import { guard, normalizeAxes, ShapeError, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { reshape } from '../primitives/linear.ts';
import { asTensor, type Operand } from './operand.ts';

/**
 * The axes to reduce (default: all), counted from the end if negative. `keepDims` keeps them with length 1.
 */
export interface ReduceOptions {
  readonly axes?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** The axis to work along (default: the last). */
export interface AxisOptions {
  readonly axis?: number;
}

/** A tensor and some of its axes, ascending. */
export interface Reduction {
  readonly value: Tensor;
  readonly axes: readonly number[];
}

// Axes are checked against the tensor.
export const reduceOptions: guard.Checks<ReduceOptions> = { axes: guard.anything, keepDims: guard.flag };
const axisOptions: guard.Checks<AxisOptions> = { axis: guard.integer };

/**
 * The checked arguments of a reduction. @throws ConfigurationError for an unknown option, ShapeError for an
 * unknown axis.
 */
export function reduction(
  x: Operand,
  options: ReduceOptions,
  who: string,
  checks: guard.Checks<ReduceOptions> = reduceOptions,
): Reduction {
  const value = asTensor(x, 'float64', who);
  guard.options(who, options, checks);
  return { value, axes: normalizeAxes(options.axes, value.shape.length, who) };
}

/** The same. @throws ShapeError if there is nothing to reduce. */
export function nonEmpty(
  x: Operand,
  options: ReduceOptions,
  who: string,
  checks: guard.Checks<ReduceOptions> = reduceOptions,
): Reduction {
  const { value, axes } = reduction(x, options, who, checks);
  if (axes.some((axis) => value.shape[axis] === 0))
    throw new ShapeError(`${who}: of no elements is not defined; the shape is [${value.shape.join(',')}]`);
  return { value, axes };
}

/** The checked arguments of an operation along one axis. */
export function alongAxis(
  x: Operand,
  options: AxisOptions,
  who: string,
): { readonly value: Tensor; readonly axis: number } {
  const { axis = -1 } = guard.options(who, options, axisOptions);
  const value = asTensor(x, 'float64', who);
  return { value, axis: normalizeAxes(axis, value.shape.length, who)[0] };
}

/** The number of elements reduced to one. */
export function countOf({ value, axes }: Reduction): number {
  return axes.reduce((size, axis) => size * value.shape[axis], 1);
}

/** The result of a reduction, with the axes restored if `keepDims`. */
export function keep(
  reduced: Tensor,
  { value, axes }: Reduction,
  { keepDims = false }: ReduceOptions,
): Tensor {
  if (!keepDims) return reduced;
  return bind(reshape, [reduced], {
    shape: value.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
  });
}
