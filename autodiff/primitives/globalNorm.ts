import { allocate, fromData, kernels, requireFloat, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { CustomPrimitive } from '../primitive.ts';
import { add } from './add.ts';
import { sameDType } from './checks.ts';
import { div } from './div.ts';
import { byEntries } from './entries.ts';
import { broadcast, sum } from './linear.ts';
import { mul } from './mul.ts';

/** With `batched`, all operands but the unit have a leading axis, and the result has a norm for each entry. */
type Batched = { readonly batched?: true };

/**
 * unit · √Σx² over all elements of all operands but the first, which is the unit, a power of two. A
 * primitive, because the squares overflow long before the root: a plan computes the squares anyway, and
 * rereads its operands only if they overflowed.
 */
export const globalNorm: CustomPrimitive<Batched> = {
  name: 'globalNorm',
  kind: 'custom',
  type([unit, ...parts], { batched }) {
    for (const part of parts) sameDType('globalNorm', unit, part);
    return { shape: batched ? [parts[0].shape[0]] : [], dtype: unit.dtype };
  },
  evaluate([unit, ...parts], { batched }) {
    const type = { shape: batched ? [parts[0].shape[0]] : [], dtype: unit.dtype };
    return batched ? byEntries(parts, type, (own) => normOf(unit, own)) : normOf(unit, parts);
  },
  /**
   * Σ <unit² x / result, ẋ>; 0 if all elements are 0. The unit is applied in two steps, so that nothing
   * overflows on the way.
   */
  push([unit, ...parts], [_, ...tangents], result) {
    const products = tangents.map((tangent, i) => {
      const { shape } = parts[i];
      const all = shape.map((__, axis) => axis);
      const axes = all.slice(result.shape.length);
      const units = bind(broadcast, [unit], { shape, axes: all });
      const norms = bind(broadcast, [result], { shape, axes });
      const slope = bind(mul, [bind(div, [bind(mul, [parts[i], units]), norms], div.inRules), units]);
      return bind(sum, [bind(mul, [slope, tangent], mul.inRules)], { axes });
    });
    return products.reduce((total, product) => bind(add, [total, product]));
  },
};

function normOf(unit: Tensor, parts: readonly Tensor[]): Tensor {
  const dtype = requireFloat(unit.dtype, 'globalNorm');
  const squares = parts.map(squareOf).reduce(kernels.add).item();
  const result = allocate(dtype, 1);
  const isPlain = kernels.isPlainSquare(squares, dtype);
  result[0] = isPlain ? Math.sqrt(squares) : kernels.norm(parts, unit.item());
  if (isPlain) result[0] *= unit.item();
  return fromData(result, []);
}

function squareOf(x: Tensor): Tensor {
  const row = kernels.reshape(x, [1, x.size]);
  return kernels.matmul(row, row, false, true);
}
