import { requireNumbers, requireSame, requireWhole } from '../../evaluation/saved.ts';

/** The factor of a linear regression that forgets. */
export interface LeastSquaresState {
  /** R, the upper triangle by rows: RᵀR = A. */
  readonly factor: Float64Array;
  /** R⁻ᵀ b, so that R w = z. */
  readonly projected: Float64Array;
  /** w. */
  readonly weights: Float64Array;
  /** The diagonal entry whose ridge is renewed next. */
  next: number;
}

export interface LeastSquaresOptions {
  readonly inputs: number;
  /** λ: the weight of an example falls to λⁿ after n others. */
  readonly forgetting: number;
  /** δ, against the squares of inputs whose variance is about 1. */
  readonly ridge: number;
}

export interface LeastSquares {
  init(): LeastSquaresState;
  predict(state: LeastSquaresState, inputs: ArrayLike<number>): number;
  update(state: LeastSquaresState, inputs: ArrayLike<number>, value: number): LeastSquaresState;
  /** @throws DataError unless examples can lead to this. */
  check(state: LeastSquaresState): void;
}

/** Smaller entries are rounded to 0: arithmetic on denormal numbers is slow. */
const tiny = 1e-140;

/**
 * Recursive least squares with exponential forgetting, in its square-root form (QRD-RLS; Haykin, Adaptive
 * Filter Theory, chapter on square-root adaptive filters): w minimises Σ λ^(t-i) (y_i - w·x_i)² + δ|w|². The
 * rows (√λ R, √λ z) and (x, y) are rotated until the last one is zero, so A = RᵀR cannot lose its symmetry or
 * its positive eigenvalues by rounding, as the usual recursion for the inverse does. That recursion also
 * forgets the ridge, after which directions that no input covers grow without bound; here every update adds
 * (1 - λ) δ n to one of the n diagonal entries in turn, which keeps the ridge at about δ.
 *
 * An update takes about 3 n² multiplications.
 */
export function leastSquares({ inputs: n, forgetting, ridge }: LeastSquaresOptions): LeastSquares {
  const root = Math.sqrt(forgetting);
  const renewal = Math.sqrt((1 - forgetting) * ridge * n);
  const row = new Float64Array(n);
  /** Rotates (row, value), which is zero before `from`, into the factor. */
  function rotate({ factor, projected }: LeastSquaresState, value: number, from: number, keep: number): void {
    let rest = value;
    for (let i = from, start = startOf(from, n); i < n; start += n - i, i++) {
      const x = row[i];
      if (x === 0) {
        if (keep === 1) continue;
        for (let j = start; j < start + n - i; j++) factor[j] *= keep;
        projected[i] *= keep;
        continue;
      }
      const old = keep * factor[start];
      const length = Math.sqrt(old * old + x * x);
      const [c, s] = [old / length, x / length];
      const kept = c * keep;
      const lost = s * keep;
      for (let j = i, at = start; j < n; j++, at++) {
        const r = factor[at];
        factor[at] = kept * r + s * row[j];
        row[j] = c * row[j] - lost * r;
      }
      const z = projected[i];
      projected[i] = kept * z + s * rest;
      rest = c * rest - lost * z;
    }
  }
  return {
    init() {
      const factor = new Float64Array((n * (n + 1)) / 2);
      for (let i = 0; i < n; i++) factor[startOf(i, n)] = Math.sqrt(ridge);
      return { factor, projected: new Float64Array(n), weights: new Float64Array(n), next: 0 };
    },
    predict({ weights }, inputs) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += weights[i] * inputs[i];
      return sum;
    },
    update(state, inputs, value) {
      const { factor, projected, weights, next } = state;
      for (let i = 0; i < n; i++) row[i] = inputs[i];
      rotate(state, value, 0, root);
      row.fill(0);
      row[next] = renewal;
      for (let j = startOf(next, n); j < startOf(next + 1, n); j++)
        if (Math.abs(factor[j]) < tiny) factor[j] = 0;
      rotate(state, 0, next, 1);
      state.next = (next + 1) % n;
      solve(factor, projected, weights);
      return state;
    },
    check({ factor, projected, weights, next }) {
      requireWhole('a place in a regression', [next], n);
      requireNumbers('an entry of a regression', factor, 1e120);
      requireNumbers('an entry of a regression', projected, 1e120);
      for (let i = 0; i < n; i++)
        requireNumbers('a diagonal entry of a regression', [factor[startOf(i, n)]], 1e120, tiny);
      const own = new Float64Array(n);
      solve(factor, projected, own);
      for (let i = 0; i < n; i++) requireSame('a weight of a regression', weights[i], own[i]);
      requireNumbers('a weight of a regression', own, 1e120);
    },
  };

  /** R w = z, from the last row to the first. */
  function solve(factor: Float64Array, projected: Float64Array, weights: Float64Array): void {
    for (let i = n - 1, start = startOf(i, n); i >= 0; i--, start -= n - i) {
      let rest = projected[i];
      for (let j = i + 1, at = start + 1; j < n; j++, at++) rest -= factor[at] * weights[j];
      weights[i] = rest / factor[start];
    }
  }
}

/** Where row i of an upper triangle starts. */
function startOf(i: number, n: number): number {
  return i * n - (i * (i - 1)) / 2;
}
