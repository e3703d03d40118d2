import { kernels } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import type { BilinearPrimitive } from '../primitive.ts';
import { sameDType } from './checks.ts';

type Flags = { readonly transposeLeft: boolean; readonly transposeRight: boolean; readonly strong?: true };

/** The product of two matrices whose inner sizes agree, either one transposed first; vectors come as matrices of one row or column. */
export const matmul: BilinearPrimitive<Flags> = {
  name: 'matmul',
  kind: 'bilinear',
  inRules: { strong: true },
  type([x, y], { transposeLeft, transposeRight }) {
    sameDType('matmul', x, y);
    return { shape: [x.shape[transposeLeft ? 1 : 0], y.shape[transposeRight ? 0 : 1]], dtype: x.dtype };
  },
  evaluate: ([x, y], { transposeLeft, transposeRight, strong = false }) =>
    kernels.matmul(x, y, transposeLeft, transposeRight, strong),
  // For Z = X Y: X̄ = Z̄ Yᵀ and Ȳ = Xᵀ Z̄; for a transposed operand the transpose of that.
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
