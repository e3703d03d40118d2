import { DTypeError, full, guard, requireFloat, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import * as norms from '../primitives/globalNorm.ts';
import { asTensor, type Operand } from './operand.ts';

export interface GlobalNormOptions {
  /**
   * The power of two, from 2^-64 to 2^64, in which the norm is measured, 1 by default. In units of 2^64 a norm that is too large for the
   * dtype is within it.
   */
  readonly unit?: number;
}

const globalNormOptions: guard.Checks<GlobalNormOptions> = {
  unit: {
    what: 'a power of two from 2^-64 to 2^64',
    holds: (value) => typeof value === 'number' && Number.isInteger(Math.log2(value)) && Math.abs(Math.log2(value)) <= 64,
  },
};

/**
 * The Euclidean norm √Σx² over all elements of several tensors of one dtype together, as a scalar; 0 of nothing. Squares do not overflow or
 * underflow on the way: it is infinite or 0 only where it is so itself. Where all elements are 0, its derivative is taken as 0.
 * @throws DTypeError for tensors of several dtypes, or of int32; ConfigurationError for a unit that is no power of two.
 */
export function globalNorm(parts: readonly Operand[], options: GlobalNormOptions = {}): Tensor {
  guard.argument('globalNorm', 'what it takes', parts, { ...guard.list, what: 'an array of tensors' }, DTypeError);
  const { unit = 1 } = guard.options('globalNorm', options, globalNormOptions);
  if (parts.length === 0) return full([], 0);
  const tensors = Array.from(parts, (part) => asTensor(part, 'float64', 'globalNorm'));
  const dtype = requireFloat(tensors[0].dtype, 'globalNorm');
  const operands = [full([], 1 / unit, { dtype }), ...tensors];
  // A custom primitive is not checked when it is applied to plain numbers.
  norms.globalNorm.type(operands, {});
  return bind(norms.globalNorm, operands);
}
