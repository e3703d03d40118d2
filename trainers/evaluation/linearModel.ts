import { requireEntries, requireLength, requireNear, requireNumbers } from './saved.ts';

/** Predicts a number as a linear function of others and a constant, and learns from each example. */
export interface LinearModel {
  predict(inputs: readonly number[]): number;
  learn(inputs: readonly number[], value: number): void;
  save(): SavedLinearModel;
}

export interface SavedLinearModel {
  /** The lower triangle of A, row by row. */
  readonly matrix: readonly number[];
  readonly vector: readonly number[];
}

/** λ: an example's weight halves after 693 others. */
const forgetting = 0.999;
/** δ, small compared with the squares of scaled inputs. */
const ridge = 0.01;

/**
 * Recursive least squares with exponential forgetting (Haykin, Adaptive Filter Theory, chapter on RLS): after
 * t examples, the weights w minimise Σ λ^(t-i) (y_i - w·x_i)² + δ|w|², where x ends in a 1. They solve A w =
 * b; each example updates
 *
 *     A ← λ A + x xᵀ + (1 - λ) δ I,   b ← λ b + y x,   A = δ I and b = 0 at first.
 *
 * The usual recursion for the inverse of A forgets δ, so the inverse grows without bound in directions that
 * no input covers. Here all eigenvalues of A stay at or above δ, and solving is cheap for so few unknowns.
 */
export function createLinearModel(inputs: number, saved?: SavedLinearModel): LinearModel {
  const size = inputs + 1;
  if (saved !== undefined) requireOwn(saved, size);
  const matrix = Array.from({ length: size }, (_, i) =>
    Float64Array.from(
      { length: i + 1 },
      (_, j) => saved?.matrix[(i * (i + 1)) / 2 + j] ?? (i === j ? ridge : 0),
    ),
  );
  const vector = Float64Array.from({ length: size }, (_, i) => saved?.vector[i] ?? 0);
  const factor = matrix.map((row) => new Float64Array(row.length));
  const weights = new Float64Array(size);
  if (saved !== undefined) {
    // A run's matrix is positive definite; for any other the square roots are NaN.
    solve(matrix, vector, factor, weights);
    requireNumbers('a weight of the linear model', [...weights], 1e120);
  }
  const x = new Float64Array(size).fill(1);
  let isSolved = false;
  return {
    predict(given) {
      if (!isSolved) solve(matrix, vector, factor, weights);
      isSolved = true;
      return given.reduce((sum, each, i) => sum + each * weights[i], weights[inputs]);
    },
    learn(given, value) {
      isSolved = false;
      x.set(given);
      for (let i = 0; i < size; i++) {
        const row = matrix[i];
        for (let j = 0; j <= i; j++) row[j] = forgetting * row[j] + x[i] * x[j];
        row[i] += (1 - forgetting) * ridge;
        vector[i] = forgetting * vector[i] + value * x[i];
      }
    },
    save: () => ({ matrix: matrix.flatMap((row) => [...row]), vector: [...vector] }),
  };
}

/** The largest input and the largest value, after scaling. */
const largest = 10;

/** @throws DataError unless this many examples within ±`largest` can sum to these numbers. */
export function requireLearnt({ matrix, vector }: SavedLinearModel, learnt: number): void {
  // The total weight of the examples.
  const weight = (1 - forgetting ** learnt) / (1 - forgetting);
  const most = largest ** 2 * weight * (1 + 1e-9);
  requireNumbers('a sum of the linear model', matrix, most + ridge);
  requireNumbers('a sum of the linear model', vector, most);
  requireNear('the weight of all examples', matrix[matrix.length - 1], weight + ridge, weight + ridge);
}

/** @throws DataError unless it is a linear model. `solve` finds out whether A is positive definite. */
function requireOwn(saved: SavedLinearModel, size: number): void {
  requireEntries('the linear model', saved, ['matrix', 'vector']);
  const { matrix, vector } = saved;
  requireLength('the matrix of the linear model', matrix, (size * (size + 1)) / 2);
  requireLength('the vector of the linear model', vector, size);
  requireNumbers('a sum of the linear model', [...matrix, ...vector], 1e120);
}

/** Solves A w = b, with the Cholesky factor L of A = L Lᵀ (Golub and Van Loan, Matrix Computations, 4.2). */
function solve(
  matrix: readonly Float64Array[],
  vector: Float64Array,
  factor: readonly Float64Array[],
  solution: Float64Array,
): void {
  for (let i = 0; i < vector.length; i++) {
    const row = factor[i];
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i][j];
      for (let k = 0; k < j; k++) rest -= row[k] * factor[j][k];
      row[j] = i === j ? Math.sqrt(rest) : rest / factor[j][j];
    }
    let rest = vector[i];
    for (let k = 0; k < i; k++) rest -= row[k] * solution[k];
    solution[i] = rest / row[i];
  }
  for (let i = vector.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < vector.length; k++) solution[i] -= factor[k][i] * solution[k];
    solution[i] /= factor[i][i];
  }
}
