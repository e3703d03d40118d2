import { add, greater, matmul, mul, where } from '../../autodiff/index.ts';
import { cast, eye, type FloatDType, seeded, type Tensor } from '../../lib/index.ts';
import { lost, orthonormal } from './orthonormal.ts';

/** Orthogonal iterations a step. */
const iterations = 2;

/** Orthonormal rows to begin with, the same in every run: [rank, size], the identity for a rank of `size`. */
export function firstRows(rank: number, size: number, dtype: FloatDType): Tensor {
  if (rank === size) return eye(size, { dtype });
  return orthonormal(cast(seeded(1).normal([rank, size]), dtype));
}

/**
 * Orthonormal rows near the first eigenvectors of a positive matrix, from those near the ones of a similar matrix.
 * The matrix is shifted by what rounding leaves of it, so that no row is lost where its rank is lower.
 */
export function leadingRows(matrix: Tensor, before: Tensor, trace: Tensor): Tensor {
  let rows = before;
  for (let i = 0; i < iterations; i++)
    rows = orthonormal(add(matmul(rows, matrix), mul(rows, mul(trace, lost[matrix.dtype as FloatDType]))));
  return where(greater(trace, 0), rows, before);
}
