import { custom, mul } from '../../../autodiff/index.ts';
import { allocate, dataOf, fromData, type Tensor } from '../../../lib/index.ts';

/**
 * The unbiased reduction of least variance of Aᵀ B, for A and B of q rows, to q - 1 rows: X, Y [2, q - 1, columns]
 * with E[Xᵀ Y] = Aᵀ B over the signs, [q]. In float64, outside of a plan.
 */
export const reduced: (A: Tensor | number, B: Tensor | number, signs: Tensor | number) => Tensor = custom<
  [Tensor, Tensor, Tensor]
>({
  name: 'reduced',
  shape: ([q, columns]) => [2, q - 1, columns],
  value(A, B, signs) {
    const [q, n] = A.shape;
    const [a, b] = [dataOf(A), dataOf(B)];
    const core: number[][] = [];
    for (let i = 0; i < n; i++) {
      const row: number[] = [];
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < q; k++) sum += a[k * n + i] * b[k * n + j];
        row.push(sum);
      }
      core.push(row);
    }
    const { left, values, right } = singularValues(core);
    const factor = factorOf(values, dataOf(signs), q - 1);
    const out = allocate(A.dtype, 2 * (q - 1) * n);
    let at = 0;
    for (const vectors of [left, right])
      for (let i = 0; i < q - 1; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = 0; k < n; k++) sum += factor[k][i] * vectors[k][j];
          out[at++] = sum;
        }
    return fromData(out, [2, q - 1, n]);
  },
  // Nothing is differentiated through an estimator.
  push: (_, __, result) => mul(result, 0),
});

/** X [n, rank] with E[X Xᵀ] = diag(values), for n = rank + 1 values in descending order. */
export function factorOf(values: readonly number[], signs: ArrayLike<number>, rank: number): number[][] {
  const n = values.length;
  const X = values.map(() => new Array<number>(rank).fill(0));
  const tail = (m: number) => values.slice(m).reduce((sum, value) => sum + value, 0);
  let m = 0;
  // It ends where two are left, or before.
  while ((n - 1 - m) * values[m] > tail(m)) m++;
  for (let i = 0; i < m; i++) X[i][i] = Math.sqrt(values[i]);
  const [k, s] = [n - m, tail(m)];
  if (s <= 0) return X;
  // A unit vector. The reflection that turns it into -e_0 has its complement in the other columns.
  const z = values.slice(m).map((value) => Math.sqrt(Math.max(0, 1 - (value * (k - 1)) / s)));
  const v = z.map((value, i) => value + (i === 0 ? 1 : 0));
  const square = v.reduce((sum, value) => sum + value * value, 0);
  const scale = Math.sqrt(s / (k - 1));
  for (let j = 0; j < k; j++)
    for (let c = 1; c < k; c++)
      X[m + j][m + c - 1] = scale * signs[m + j] * ((j === c ? 1 : 0) - (2 * v[j] * v[c]) / square);
  return X;
}

/**
 * K = Σ_k values[k] left[k] ⊗ right[k], in descending order, by rotations of its columns (one-sided Jacobi,
 * Hestenes 1958).
 */
export function singularValues(K: readonly (readonly number[])[]): {
  readonly left: readonly (readonly number[])[];
  readonly values: readonly number[];
  readonly right: readonly (readonly number[])[];
} {
  const n = K.length;
  const unit = powerOfTwo(K.flat());
  // Columns of K V over a power of two, so that no square overflows or vanishes, and of V.
  const W = Array.from({ length: n }, (_, j) => K.map((row) => row[j] / unit));
  const V = W.map((_, j) => W.map((__, i) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let isDone = true;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const [x, y] = [W[p], W[q]];
        const [a, b, c] = [product(x, x), product(y, y), product(x, y)];
        if (Math.abs(c) <= 1e-15 * Math.sqrt(a * b) || c === 0) continue;
        isDone = false;
        const zeta = (b - a) / (2 * c);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, t);
        turn(x, y, cosine, t);
        turn(V[p], V[q], cosine, t);
      }
    if (isDone) break;
  }
  const lengths = W.map((column) => Math.hypot(...column));
  const order = [...lengths.keys()].sort((i, j) => lengths[j] - lengths[i]);
  return {
    left: order.map((k) => W[k].map((value) => (lengths[k] > 0 ? value / lengths[k] : 0))),
    values: order.map((k) => lengths[k] * unit),
    right: order.map((k) => V[k]),
  };
}

/** The power of two that is at most the largest magnitude; 1 if that is 0 or not finite. */
function powerOfTwo(values: readonly number[]): number {
  const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return most > 0 && Number.isFinite(most) ? 2 ** Math.min(1023, Math.floor(Math.log2(most))) : 1;
}

function product(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** Rotates two columns in their plane. */
function turn(x: number[], y: number[], cosine: number, tangent: number): void {
  for (let i = 0; i < x.length; i++) {
    const [first, second] = [x[i], y[i]];
    x[i] = cosine * (first - tangent * second);
    y[i] = cosine * (tangent * first + second);
  }
}
