import { expect } from 'chai';
import { leastSquares } from '../../../trainers/experts/index.ts';
import { draws } from '../../support/draws.ts';

/** Solves A w = b by elimination with pivots. */
function solved(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, vector[i]]);
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows.findIndex(
      (row, k) => k >= i && Math.abs(row[i]) === Math.max(...rows.slice(i).map((each) => Math.abs(each[i]))),
    );
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= n; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

describe('trainers/experts: recursive least squares', () => {
  it('has the weights that minimise the weighted squares, with the ridge renewed in turn', () => {
    const [n, λ, δ] = [4, 0.97, 0.5];
    const next = draws(2);
    const model = leastSquares({ inputs: n, forgetting: λ, ridge: δ });
    let state = model.init();
    let matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? δ : 0)));
    let vector = new Array<number>(n).fill(0);
    for (let t = 0; t < 60; t++) {
      const x = Array.from({ length: n }, (_, i) => (t % 3 === i ? 0 : 2 * next() - 1));
      const y = 2 * x[0] - x[3] + next();
      state = model.update(state, x, y);
      matrix = matrix.map((row, i) =>
        row.map((a, j) => λ * a + x[i] * x[j] + (i === j && i === t % n ? (1 - λ) * δ * n : 0)),
      );
      vector = vector.map((b, i) => λ * b + y * x[i]);
      const expected = solved(matrix, vector);
      for (const [i, weight] of state.weights.entries()) expect(weight).to.be.closeTo(expected[i], 1e-9);
      expect(model.predict(state, x)).to.be.closeTo(
        expected.reduce((sum, weight, i) => sum + weight * x[i], 0),
        1e-9,
      );
    }
  });

  it('stays finite over inputs that are equal, absent, huge or constant, for as long as they last', () => {
    const model = leastSquares({ inputs: 5, forgetting: 0.9, ridge: 3 });
    let state = model.init();
    for (let t = 0; t < 20_000; t++) {
      const x = t % 1000 === 0 ? 1e6 : Math.sin(t);
      state = model.update(state, [1, x, x, 0, 1], t % 7 === 0 ? 1e6 : 1);
      if (t % 500 !== 0) continue;
      for (const weight of state.weights) expect(Math.abs(weight)).to.be.below(1e7);
    }
    // Nothing was ever seen on the fourth input.
    expect(state.weights[3]).to.equal(0);
  });

  it('forgets: after a change it predicts as the latest examples do', () => {
    const model = leastSquares({ inputs: 2, forgetting: 0.95, ridge: 0.1 });
    let state = model.init();
    const next = draws(7);
    for (let t = 0; t < 600; t++) {
      const x = 2 * next() - 1;
      state = model.update(state, [1, x], t < 300 ? 3 * x : 1 - 2 * x);
    }
    expect(model.predict(state, [1, 0.5])).to.be.closeTo(0, 0.03);
  });
});
