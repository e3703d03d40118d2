import { ones, sizeOf, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { permute, reshape, cumsum as runningSums, slice } from '../primitives/linear.ts';
import { mul } from './arithmetic.ts';
import { type AxisOptions, alongAxis, countOf, keep, type ReduceOptions, reduction } from './axes.ts';
import type { Operand } from './operand.ts';

/** The running sums along an axis (default: the last): element i is the sum of the first i + 1. */
export function cumsum(x: Operand, options: AxisOptions = {}): Tensor {
  const { value, axis } = alongAxis(x, options, 'cumsum');
  return bind(runningSums, [value], { axis, reverse: false });
}

/**
 * The product over axes; 1 of no elements. Its derivative by an element is the product of the others, even
 * with zeros, at every order.
 */
export function prod(x: Operand, options: ReduceOptions = {}): Tensor {
  const given = reduction(x, options, 'prod');
  const { value, axes } = given;
  const kept = [...value.shape.keys()].filter((axis) => !axes.includes(axis));
  const shape = kept.map((axis) => value.shape[axis]);
  const moved = bind(permute, [value], { order: [...axes, ...kept] });
  const factors = bind(reshape, [moved], { shape: [countOf(given), sizeOf(shape)] });
  const product = productOf(factors) ?? ones([1, sizeOf(shape)], { dtype: value.dtype });
  return keep(bind(reshape, [product], { shape }), given, options);
}

/** The product of the rows: repeatedly multiplies the two halves, then any rows left over. */
function productOf(rows: Tensor): Tensor | undefined {
  let [left, over]: (Tensor | undefined)[] = [rows.shape[0] === 0 ? undefined : rows, undefined];
  while (left !== undefined && left.shape[0] > 1) {
    const half = Math.floor(left.shape[0] / 2);
    if (left.shape[0] % 2 === 1) {
      const last = rowsOf(left, 2 * half, 2 * half + 1);
      over = over === undefined ? last : mul(over, last);
    }
    left = mul(rowsOf(left, 0, half), rowsOf(left, half, 2 * half));
  }
  return left !== undefined && over !== undefined ? mul(left, over) : left;
}

function rowsOf(x: Tensor, begin: number, end: number): Tensor {
  return bind(slice, [x], { begin: [begin, 0], end: [end, x.shape[1]] });
}
