import { DTypeError, full, guard, requireFloat, type Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import * as norms from '../primitives/globalNorm.ts';
import { asTensor, type Operand } from './operand.ts';

export interface GlobalNormOptions {
  /**
   * The unit of the norm: a power of two from 2^-64 to 2^64. Default 1. In units of 2^64, a norm too large
   * for the dtype is within range.
   */
  readonly unit?: number;
}

const globalNormOptions: guard.Checks<GlobalNormOptions> = {
  unit: {
    what: 'a power of two from 2^-64 to 2^64',
    holds: (value) =>
      typeof value === 'number' && Number.isInteger(Math.log2(value)) && Math.abs(Math.log2(value)) <= 64,
  },
};

/**
 * The Euclidean norm √Σx² over all elements of several tensors of one dtype, as a scalar; 0 of no elements.
 * It overflows or underflows only if the result itself does, not if only the squares do. If all elements are
 * 0, its derivative is taken as 0.
 * @throws DTypeError for tensors of different dtypes, or of int32; ConfigurationError for a unit that is not
 * a power of two.
 */
export function globalNorm(parts: readonly Operand[], options: GlobalNormOptions = {}): Tensor {
  guard.argument(
    'globalNorm',
    'what it takes',
    parts,
    { ...guard.list, what: 'an array of tensors' },
    DTypeError,
  );
  const { unit = 1 } = guard.options('globalNorm', options, globalNormOptions);
  if (parts.length === 0) return full([], 0);
  const tensors = Array.from(parts, (part) => asTensor(part, 'float64', 'globalNorm'));
  const dtype = requireFloat(tensors[0].dtype, 'globalNorm');
  const operands = [full([], 1 / unit, { dtype }), ...tensors];
  // Applying a custom primitive to plain numbers does not check them.
  norms.globalNorm.type(operands, {});
  return bind(norms.globalNorm, operands);
}
