import {
  add,
  div,
  globalNorm,
  greater,
  less,
  matmul,
  mul,
  reshape,
  sqrt,
  square,
  sum,
  where,
} from '../../autodiff/index.ts';
import { type DType, fromData, full, leavesOf, type Tensor } from '../../lib/index.ts';
import { unflattenTree } from '../algebra.ts';
import { type Colouring, type LeafReach, structureOf } from './slot-structure.ts';
import type { StepStructure } from './step-structure.ts';
import type { Transition } from './transition.ts';

/** Computes the Euclidean norms of the rows of I. */
export interface RowNorms {
  /** Number of pulls. */
  readonly pulls: number;
  /** Returns ‖I_i‖ for each element i of the state, as one vector. */
  of(transition: Transition): Tensor;
}

/**
 * State elements that have no parameter in common share one pull of ones: each parameter gets the entry of
 * the one element that it reaches. If the reach of the parameters is unknown, every element has a pull of its
 * own.
 */
export function rowNormsOf(step: StepStructure): RowNorms {
  const structure = step.isTraceable ? structureOf(step, step.sizes.state, 1) : undefined;
  const colouring = structure?.immediate ?? alone(step.sizes.state);
  return {
    pulls: colouring.pulls,
    of: (transition) => norms(colouring, structure?.leaves ?? [], transition),
  };
}

function alone(size: number): Colouring {
  return {
    colours: Int32Array.from({ length: size }, (_, element) => element),
    pulls: size,
  };
}

function norms({ colours, pulls }: Colouring, leaves: readonly LeafReach[], transition: Transition): Tensor {
  const [{ dtype }] = leavesOf(transition.state);
  // No parameter reaches the state.
  if (pulls === 0) return full([colours.length], 0, { dtype });
  const each = Array.from({ length: pulls }, (_, colour) => {
    const elements = [...colours.keys()].filter((element) => colours[element] === colour);
    const unit = reshape(ones(colours.length, 1, dtype, elements), [colours.length]);
    const pulled = leavesOf(transition.pull(unflattenTree(unit, transition.state)).parameters);
    if (elements.length === 1) return mul(unit, globalNorm(pulled));
    const inverse = inverseScale(globalNorm(pulled));
    const squares = pulled.flatMap((rows, i) => spread(mul(rows, inverse), leaves[i], colours, colour) ?? []);
    if (squares.length === 0) return mul(unit, 0);
    return div(sqrt(squares.reduce((a, b) => add(a, b))), inverse);
  });
  return each.reduce((a, b) => add(a, b));
}

/**
 * The factor to apply to numbers of this size before squaring them: 1, or a power of two if their squares
 * would overflow or underflow. Small numbers are not scaled up to 1: a plan may apply the factor to one
 * operand of a product, which may be large.
 */
function inverseScale(size: Tensor): Tensor {
  const [far, down, near, up] =
    size.dtype === 'float32'
      ? [2 ** 60, 2 ** -75, 2 ** -40, 2 ** 60]
      : [2 ** 500, 2 ** -550, 2 ** -400, 2 ** 500];
  const scalar = (value: number) => full([], value, { dtype: size.dtype });
  const small = where(greater(size, 0), scalar(up), scalar(1));
  return where(greater(size, far), scalar(down), where(less(size, near), small, scalar(1)));
}

/**
 * For each state element, the sum of the squared entries of one leaf's parameters; undefined if the leaf has
 * none.
 */
function spread(
  rows: Tensor,
  { shape, compact, slots }: LeafReach,
  colours: Int32Array,
  colour: number,
): Tensor | undefined {
  const places = compact.reduce((size, length) => size * length, 1);
  const own = slots.flatMap((slot) =>
    Array.from(slot, (element, place) => (colours[element] === colour ? element * places + place : -1)),
  );
  const chosen = own.filter((at) => at >= 0);
  if (chosen.length === 0) return undefined;
  const axes = shape.flatMap((length, axis) => (compact[axis] === length ? [] : [axis]));
  const sums = axes.length === 0 ? square(rows) : sum(square(rows), { axes, keepDims: true });
  return matmul(ones(colours.length, places, rows.dtype, chosen), reshape(sums, [places]));
}

/** A matrix with ones at these places, in row-major order. */
function ones(rows: number, columns: number, dtype: DType, at: readonly number[]): Tensor {
  const data = dtype === 'float32' ? new Float32Array(rows * columns) : new Float64Array(rows * columns);
  for (const place of at) data[place] = 1;
  return fromData(data, [rows, columns]);
}
