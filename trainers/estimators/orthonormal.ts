import { div, dot, greater, mul, norm, stack, sub, where } from '../../autodiff/index.ts';
import type { FloatDType, Tensor } from '../../lib/index.ts';

/** What is left of a vector that depends on others, by rounding, relative to it. */
export const lost = { float32: 4e-6, float64: 1e-13 } as const;

/**
 * Orthonormal rows whose first k span the first k vectors. Each is made orthogonal to those before it twice, since
 * once loses digits where they are almost parallel. One that depends on the others gets zeros.
 */
export function orthonormal(vectors: readonly Tensor[]): Tensor {
  const basis: Tensor[] = [];
  for (const vector of vectors) {
    const once = normalised(rest(vector, basis), mul(norm(vector), lost[vector.dtype as FloatDType]));
    basis.push(normalised(rest(once, basis), mul(norm(once), 0.5)));
  }
  return stack(basis);
}

function rest(vector: Tensor, basis: readonly Tensor[]): Tensor {
  return basis.reduce((own, other) => sub(own, mul(other, dot(own, other))), vector);
}

/** Of length 1; zeros where it is no longer than this. */
function normalised(vector: Tensor, least: Tensor): Tensor {
  const length = norm(vector);
  const isThere = greater(length, least);
  return where(isThere, div(vector, where(isThere, length, 1)), 0);
}
