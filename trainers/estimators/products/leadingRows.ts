import { add, div, greater, matmul, mul, where } from '../../../autodiff/index.ts';
import { cast, eye, type FloatDType, seeded, type Tensor, zeros } from '../../../lib/index.ts';
import { entryOf } from '../../algebra.ts';
import { lost, orthonormal } from './orthonormal.ts';

/** Orthogonal iterations a step. */
const iterations = 2;

/** Orthonormal rows to begin with, the same in every run: [rank, size], the identity for a rank of `size`. */
export function firstRows(rank: number, size: number, dtype: FloatDType): Tensor {
  if (rank === size) return eye(size, { dtype });
  return orthonormalRows(cast(seeded(1).normal([rank, size]), dtype));
}

/**
 * Orthonormal rows near the first eigenvectors of a positive matrix, from those near the ones of a similar matrix.
 * The matrix is shifted by what rounding leaves of it, so that no row is lost where its rank is lower. It is taken in
 * units of its trace, in which squares exist.
 */
export function leadingRows(matrix: Tensor, before: Tensor, trace: Tensor): Tensor {
  const unit = div(matrix, where(greater(trace, 0), trace, 1));
  let rows = before;
  for (let i = 0; i < iterations; i++)
    rows = orthonormalRows(add(matmul(rows, unit), mul(rows, lost[matrix.dtype as FloatDType])));
  return where(greater(trace, 0), rows, before);
}

function orthonormalRows(matrix: Tensor): Tensor {
  const [rows, size] = matrix.shape;
  if (rows === 0) return zeros([0, size], { dtype: matrix.dtype });
  return orthonormal(Array.from({ length: rows }, (_, i) => entryOf(matrix, i)));
}
