import { expect } from 'chai';
import { IndexError, indices, ShapeError, seeded, tensor } from '../../lib/index.ts';
import { project } from '../../nn/index.ts';
import { numbersOf, requireClose } from '../../trainers/testing/numbers.ts';

describe('project', () => {
  const weights = seeded(1).normal([4, 3]);

  it('picks the same row for an index as for its one-hot vector', () => {
    for (let k = 0; k < 4; k++) {
      const row = (weights.toArray() as number[][])[k];
      for (const input of [k, indices(k), tensor([0, 1, 2, 3].map((i) => (i === k ? 1 : 0)))])
        requireClose(numbersOf(project(input, weights)), row, 1e-15, `row ${k}`);
    }
  });

  it('is xᵀw for a dense vector', () => {
    const x = seeded(2).normal([4]);
    const expected = [0, 1, 2].map((j) =>
      numbersOf(x).reduce((sum, value, i) => sum + value * (weights.toArray() as number[][])[i][j], 0),
    );
    requireClose(numbersOf(project(x, weights)), expected, 1e-14, 'xᵀw');
  });

  it('refuses other shapes and indices out of range', () => {
    expect(() => project(tensor([1, 2, 3]), weights)).to.throw(ShapeError, 'inner sizes differ');
    expect(() => project(tensor([[1, 2, 3, 4]]), weights)).to.throw(
      ShapeError,
      'input: needs a vector [4] or a class index, got shape [1,4]',
    );
    expect(() => project(indices([1, 2]), weights)).to.throw(
      ShapeError,
      'one int32 scalar for a lane, got shape [2]',
    );
    for (const bad of [4, -1]) expect(() => project(bad, weights)).to.throw(IndexError, `${bad}`);
  });
});
