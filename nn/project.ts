import { gather, matmul } from '../autodiff/index.ts';
import { formatShape, indices, requireTensor, ShapeError, type Tensor } from '../lib/index.ts';
import type { Input } from './cell.ts';

/**
 * xᵀ w for weights stored input-major, [inputs, units]: a vector–matrix product for a dense input [inputs],
 * and a single row for a class index.
 * @throws ShapeError for an input of the wrong shape, IndexError for a class outside 0..inputs-1.
 */
export function project(input: Input, weights: Tensor): Tensor {
  requireTensor(weights, 'project: weights');
  if (typeof input !== 'number') requireTensor(input, 'input', 'a vector or a class index');
  if (typeof input !== 'number' && input.dtype !== 'int32') {
    if (input.shape.length !== 1)
      throw new ShapeError(
        `${input.label ?? 'input'}: needs a vector [${weights.shape[0]}] or a class index, got shape ${formatShape(input.shape)}`,
      );
    return matmul(input, weights);
  }
  const index = typeof input === 'number' ? indices(input) : input;
  if (index.shape.length !== 0)
    throw new ShapeError(
      `${index.label ?? 'input'}: a class index is one int32 scalar for a lane, got shape ${formatShape(index.shape)}`,
    );
  return gather(weights, index);
}
