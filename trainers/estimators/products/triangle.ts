import { add, div, dot, greater, maximum, mul, norm, stack, sub, where } from '../../../autodiff/index.ts';
import { type FloatDType, full, type Tensor } from '../../../lib/index.ts';
import { entryOf, normOf } from '../../algebra.ts';
import { lost } from './orthonormal.ts';

/** Lengths below it are zero: a weight times the inverse of one might overflow. */
const least = { float32: 2 ** -100, float64: 2 ** -960 } as const;

/** Vectors as combinations of as many orthogonal directions: vectors = coefficients · directions. */
export interface Triangle {
  /** The directions, each with its length; lengths of 1 are not made, since that is one more pass over each. */
  readonly rests: readonly Tensor[];
  /** 1/length of each rest, [n]; 0 for that of a vector that depends on those before it. */
  readonly inverse: Tensor;
  /** A lower triangle [n, n]. */
  readonly coefficients: Tensor;
}

/**
 * The part of each vector outside those before it, by one pass of modified Gram-Schmidt. Where vectors are almost parallel,
 * rounding leaves directions that are not quite orthogonal, but their combinations are the vectors all the same, and
 * the coefficients as exact as those of any method (Björck 1967), so that one that depends on others is found.
 */
export function triangle(vectors: readonly Tensor[]): Triangle {
  const zero = full([], 0, { dtype: vectors[0].dtype });
  const rests: Tensor[] = [];
  const inverses: Tensor[] = [];
  const rows = vectors.map((vector) => {
    let rest = vector;
    const row = rests.map((other, i) => {
      const coefficient = mul(dot(rest, other), inverses[i]);
      rest = sub(rest, mul(other, mul(coefficient, inverses[i])));
      return coefficient;
    });
    const length = normOf(rest);
    const dtype = vector.dtype as FloatDType;
    const isThere = greater(length, maximum(mul(norm(stack([...row, length])), lost[dtype]), least[dtype]));
    rests.push(rest);
    inverses.push(where(isThere, div(1, length), 0));
    return [...row, where(isThere, length, 0)];
  });
  return {
    rests,
    inverse: stack(inverses),
    coefficients: stack(rows.map((row) => stack([...row, ...vectors.slice(row.length).map(() => zero)]))),
  };
}

/** A combination of the directions: the weights, [n], count them as if they were of length 1. */
export function combined({ rests, inverse }: Triangle, weights: Tensor): Tensor {
  const own = mul(weights, inverse);
  return rests.map((rest, i) => mul(rest, entryOf(own, i))).reduce((sum, part) => add(sum, part));
}
