import { kernels, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { BilinearPrimitive } from '../primitive.ts';
import { sameDType } from './checks.ts';
import { byEntries } from './entries.ts';

type Flags = {
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
  readonly strong?: true;
  /** A plan keeps the factors until something needs the elements. */
  readonly factored?: true;
};

/**
 * The product of two matrices whose inner sizes agree, each optionally transposed first; vectors are matrices
 * of one row or column. Both operands may have a leading axis of matrices, which are multiplied entry by
 * entry.
 */
export const matmul: BilinearPrimitive<Flags> = {
  name: 'matmul',
  kind: 'bilinear',
  inRules: { strong: true },
  type([x, y], { transposeLeft, transposeRight }) {
    sameDType('matmul', x, y);
    const [left, right] = [x.shape.slice(-2), y.shape.slice(-2)];
    return {
      shape: [...x.shape.slice(0, -2), left[transposeLeft ? 1 : 0], right[transposeRight ? 0 : 1]],
      dtype: x.dtype,
    };
  },
  evaluate(operands, flags) {
    const { transposeLeft, transposeRight, strong = false } = flags;
    const one = ([x, y]: readonly Tensor[]) => kernels.matmul(x, y, transposeLeft, transposeRight, strong);
    return operands[0].shape.length === 3
      ? byEntries(operands, matmul.type(operands, flags), one)
      : one(operands);
  },
  // For Z = X Y: X̄ = Z̄ Yᵀ and Ȳ = Xᵀ Z̄; for a transposed operand, the transpose of that.
  transposes: [
    (cotangent, y, { transposeLeft, transposeRight, ...rest }) =>
      transposeLeft
        ? bind(matmul, [y, cotangent], { transposeLeft: transposeRight, transposeRight: true, ...rest })
        : bind(matmul, [cotangent, y], { transposeLeft: false, transposeRight: !transposeRight, ...rest }),
    (cotangent, x, { transposeLeft, transposeRight, ...rest }) =>
      transposeRight
        ? bind(matmul, [cotangent, x], { transposeLeft: true, transposeRight: transposeLeft, ...rest })
        : bind(matmul, [x, cotangent], { transposeLeft: !transposeLeft, transposeRight: false, ...rest }),
  ],
};
