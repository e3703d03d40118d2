import { div, dot, greater, mul, sqrt, stack, sub, where } from '../../../autodiff/index.ts';
import type { FloatDType, Tensor } from '../../../lib/index.ts';

/** The relative remainder that rounding leaves of a vector that depends on others. */
export const lost = { float32: 4e-6, float64: 1e-13 } as const;

/**
 * Orthonormal rows whose first k span the first k vectors, whose squares must exist. Each is made orthogonal to those
 * before it twice, since once loses digits where they are almost parallel. One that depends on the others gets zeros.
 */
export function orthonormal(vectors: readonly Tensor[]): Tensor {
  const basis: Tensor[] = [];
  for (const vector of vectors) {
    const once = rest(vector, basis, lost[vector.dtype as FloatDType]);
    basis.push(rest(once, basis, 0.5));
  }
  return stack(basis);
}

/** The part of a vector outside a basis, with length 1; zeros where it is no longer than this share of the vector. */
function rest(vector: Tensor, basis: readonly Tensor[], least: number): Tensor {
  const own = basis.reduce((left, other) => sub(left, mul(other, dot(left, other))), vector);
  const square = dot(own, own);
  const isThere = greater(square, mul(dot(vector, vector), least ** 2));
  return mul(own, where(isThere, div(1, sqrt(square)), 0));
}
