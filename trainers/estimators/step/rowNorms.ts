import {
  add,
  concat,
  div,
  globalNorm,
  greater,
  less,
  mul,
  reshape,
  sqrt,
  square,
  sum,
  where,
} from '../../../autodiff/index.ts';
import { fromData, full, leavesOf, sizeOf, type Tensor } from '../../../lib/index.ts';
import { unflattenTree } from '../../algebra.ts';
import { pick } from './pick.ts';
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

function norms(colouring: Colouring, leaves: readonly LeafReach[], transition: Transition): Tensor {
  const { colours, pulls } = colouring;
  const [{ dtype }] = leavesOf(transition.state);
  // No parameter reaches the state.
  if (pulls === 0) return full([colours.length], 0, { dtype });
  const each = Array.from({ length: pulls }, (_, colour) => {
    const own = Float64Array.from(colours, (other) => Number(other === colour));
    const unit = fromData(dtype === 'float32' ? Float32Array.from(own) : own, [colours.length]);
    const pulled = leavesOf(transition.pull(unflattenTree(unit, transition.state)).parameters);
    const isAlone = own.reduce((count, one) => count + one) === 1;
    return isAlone ? mul(unit, globalNorm(pulled)) : shared(colouring, colour, leaves, pulled);
  });
  return each.reduce((a, b) => add(a, b));
}

/**
 * The norms of the rows that share a pull; 0 for the other elements. In float32 those below 2^-48 of the largest, or
 * below 2^-120, may come out as less, down to 0.
 */
function shared(
  { colours }: Colouring,
  colour: number,
  leaves: readonly LeafReach[],
  pulled: readonly Tensor[],
): Tensor {
  const inverse = inverseScale(globalNorm(pulled));
  // For each state element, which of the sums belong to its row.
  const rows = Array.from(colours, (): number[] => []);
  const sums: Tensor[] = [];
  let begin = 0;
  leaves.forEach(({ shape, compact, slots }, i) => {
    if (!slots.some((slot) => slot.some((element) => colours[element] === colour))) return;
    for (const slot of slots)
      slot.forEach((element, place) => {
        if (colours[element] === colour) rows[element].push(begin + place);
      });
    const axes = shape.flatMap((length, axis) => (compact[axis] === length ? [] : [axis]));
    const squares = square(mul(pulled[i], inverse));
    const size = sizeOf(compact);
    sums.push(reshape(axes.length === 0 ? squares : sum(squares, { axes }), [size]));
    begin += size;
  });
  const width = rows.reduce((most, { length }) => Math.max(most, length), 0);
  const places = rows.flatMap((row) => Array.from({ length: width }, (_, i) => row[i] ?? -1));
  const parts = reshape(pick(concat(sums), Int32Array.from(places)), [rows.length, width]);
  return div(sqrt(sum(parts, { axes: 1 })), inverse);
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
