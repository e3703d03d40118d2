import { custom, mul } from '../../autodiff/index.ts';
import { allocate, dataOf, type FloatDType, fromData, type Tensor } from '../../lib/index.ts';

/** What is left of a vector that depends on others, by rounding, relative to it. */
export const lost = { float32: 4e-6, float64: 1e-13 } as const;

/**
 * Orthonormal rows whose first k span the first k rows of a matrix. Each is made orthogonal to those before it twice,
 * since once loses digits where they are almost parallel. One that depends on the others gets zeros.
 *
 * In float64, outside of a plan, in which it would be more instructions than all the rest of a step.
 */
export const orthonormal: (matrix: Tensor | number) => Tensor = custom<[Tensor]>({
  name: 'orthonormal',
  shape: (shape) => shape,
  value(matrix) {
    const [rows, size] = matrix.shape;
    const least = lost[matrix.dtype as FloatDType];
    const basis = new Float64Array(dataOf(matrix));
    for (let row = 0; row < rows; row++) {
      // Squares of numbers as they come need not exist. NaN and infinities make NaN.
      scaleRow(basis, row, size, 1 / largestIn(basis, row, size));
      takeRest(basis, row, size, least);
      takeRest(basis, row, size, 0.5);
    }
    const out = allocate(matrix.dtype, rows * size);
    out.set(basis);
    return fromData(out, [rows, size]);
  },
  // Nothing is differentiated through an estimator.
  push: (_, __, result) => mul(result, 0),
});

/** Takes the parts along the rows before away, and makes the rest of length 1; zeros where little of it is left. */
function takeRest(basis: Float64Array, row: number, size: number, least: number): void {
  const before = dotOf(basis, row, row, size);
  for (let other = 0; other < row; other++) {
    const along = dotOf(basis, row, other, size);
    for (let i = 0; i < size; i++) basis[row * size + i] -= along * basis[other * size + i];
  }
  const square = dotOf(basis, row, row, size);
  scaleRow(basis, row, size, square <= least * least * before ? 0 : 1 / Math.sqrt(square));
}

function dotOf(basis: Float64Array, a: number, b: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += basis[a * size + i] * basis[b * size + i];
  return sum;
}

function scaleRow(basis: Float64Array, row: number, size: number, factor: number): void {
  for (let i = 0; i < size; i++) basis[row * size + i] *= factor;
}

/** The size of the largest number in a row, or 1 where that is 0. */
function largestIn(basis: Float64Array, row: number, size: number): number {
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(basis[row * size + i]));
  return largest === 0 ? 1 : largest;
}
