import { full, requireFloat, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import * as norms from '../primitives/globalNorm.ts';

export interface GlobalNormOptions {
  /** A power of two in which the norm is measured, 1 by default: a norm that is too large for the dtype may be within it in units of 2^64. */
  readonly unit?: number;
}

/**
 * The Euclidean norm √Σx² over all elements of tensors of one dtype together, as a scalar; 0 of nothing. It is infinite or 0 only where it
 * is so itself, though squares of float32 overflow from 2e19 on, and underflow. Where all elements are 0, its derivative is taken as 0.
 * @throws DTypeError for tensors of several dtypes, or of int32.
 */
export function globalNorm(parts: readonly Tensor[], { unit = 1 }: GlobalNormOptions = {}): Tensor {
  if (parts.length === 0) return full([], 0);
  const dtype = requireFloat(parts[0].dtype, 'globalNorm');
  const operands = [full([], 1 / unit, { dtype }), ...parts];
  // What is custom is not checked when it is applied to plain numbers.
  norms.globalNorm.type(operands, {});
  return bind(norms.globalNorm, operands);
}
