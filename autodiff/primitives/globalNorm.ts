import { allocate, fromData, kernels, requireFloat, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { CustomPrimitive } from '../primitive.ts';
import { add } from './add.ts';
import { sameDType } from './checks.ts';
import { div } from './div.ts';
import { broadcast, sum } from './linear.ts';
import { mul } from './mul.ts';

/**
 * unit · √Σx² over all elements of all operands but the first, which is the unit, a power of two. A
 * primitive, because the squares overflow long before the root: a plan computes the squares anyway, and
 * rereads its operands only if they overflowed.
 */
export const globalNorm: CustomPrimitive = {
  name: 'globalNorm',
  kind: 'custom',
  type([unit, ...parts]) {
    for (const part of parts) sameDType('globalNorm', unit, part);
    return { shape: [], dtype: unit.dtype };
  },
  evaluate([unit, ...parts]) {
    const dtype = requireFloat(unit.dtype, 'globalNorm');
    const squares = parts.map(squareOf).reduce(kernels.add).item();
    const result = allocate(dtype, 1);
    const isPlain = kernels.isPlainSquare(squares, dtype);
    result[0] = isPlain ? Math.sqrt(squares) : kernels.norm(parts, unit.item());
    if (isPlain) result[0] *= unit.item();
    return fromData(result, []);
  },
  /**
   * Σ <unit² x / result, ẋ>; 0 if all elements are 0. The unit is applied in two steps, so that nothing
   * overflows on the way.
   */
  push([unit, ...parts], [_, ...tangents], result) {
    const products = tangents.map((tangent, i) => {
      const { shape } = parts[i];
      const axes = shape.map((__, axis) => axis);
      const [units, norms] = [unit, result].map((scalar) => bind(broadcast, [scalar], { shape, axes }));
      const slope = bind(mul, [bind(div, [bind(mul, [parts[i], units]), norms], div.inRules), units]);
      return bind(sum, [bind(mul, [slope, tangent], mul.inRules)], { axes });
    });
    return products.reduce((total, product) => bind(add, [total, product]));
  },
};

function squareOf(x: Tensor): Tensor {
  const row = kernels.reshape(x, [1, x.size]);
  return kernels.matmul(row, row, false, true);
}
