import { expect } from 'chai';
import { add, matmul } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  full,
  IndexError,
  indices,
  ShapeError,
  seeded,
  type Tensor,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { type Cell, embedded, embedding, gru, linear, lstm, model, project } from '../../nn/index.ts';
import { meanSquare } from '../../nn/losses.ts';
import { createLearner, sgd, uoro } from '../../trainers/index.ts';
import { numbersOf, requireClose } from '../laws/numbers.ts';

describe('project', () => {
  const weights = seeded(1).normal([4, 3]);

  it('picks for an index the row that a one-hot vector picks', () => {
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
    expect(() => project(tensor([1, 2, 3]), weights)).to.throw(ShapeError, 'inner sizes differ, [1,3] · [4,3]'.slice(0, 20));
    expect(() => project(tensor([[1, 2, 3, 4]]), weights)).to.throw(
      ShapeError,
      'input: needs a vector [4] or a class index, got shape [1,4]',
    );
    expect(() => project(indices([1, 2]), weights)).to.throw(ShapeError, 'one int32 scalar for a lane, got shape [2]');
    for (const bad of [4, -1]) expect(() => project(bad, weights)).to.throw(IndexError, `${bad}`);
  });
});

describe('linear and embedding', () => {
  it('linear is w·x + b', () => {
    const layer = linear({ outputs: 2 });
    const params = layer.init(seeded(1), 3);
    expect([params.w.shape, params.b.shape]).to.deep.equal([[2, 3], [2]]);
    const x = tensor([1, -2, 0.5]);
    requireClose(numbersOf(layer.apply(params, x)), numbersOf(add(matmul(params.w, x), params.b)), 0, 'w·x + b');
    expect(Math.max(...numbersOf(params).map(Math.abs))).to.be.at.most(1 / Math.sqrt(3));
    const given = linear({ outputs: 2, init: (_, shape) => full(shape, 7) }).init(seeded(1), 3);
    expect([...numbersOf(given.w), ...numbersOf(given.b)]).to.deep.equal([7, 7, 7, 7, 7, 7, 0, 0]);
  });

  it('embedding is a row for each class, or a weighted sum of rows', () => {
    const layer = embedding({ symbols: 3, size: 2 });
    const rows = layer.init(seeded(1), 3);
    expect([rows.shape, layer.inputs, layer.outputs]).to.deep.equal([[3, 2], 3, 2]);
    const [a, b, c] = rows.toArray() as number[][];
    expect(numbersOf(layer.apply(rows, 1))).to.deep.equal(b);
    requireClose(numbersOf(layer.apply(rows, tensor([2, 0, -1]))), [2 * a[0] - c[0], 2 * a[1] - c[1]], 1e-15, 'dense');
  });

  it('sizes must be whole numbers above zero', () => {
    expect(() => linear({ outputs: 0 })).to.throw(ConfigurationError, 'linear: outputs');
    expect(() => linear({ outputs: 1, inputs: -2 })).to.throw(ConfigurationError, 'linear: inputs');
    expect(() => embedding({ symbols: 2.5, size: 1 })).to.throw(ConfigurationError, 'embedding: symbols');
    expect(() => embedding({ symbols: 2, size: 0 })).to.throw(ConfigurationError, 'embedding: size');
  });
});

describe('model', () => {
  it('is the cell, and then the readout of its output', () => {
    const cell = lstm({ inputs: 3, units: 4 });
    const whole = model({ cell, readout: linear({ outputs: 2 }) });
    const params = whole.init(seeded(1));
    expect([whole.outputs, params.readout.w.shape]).to.deep.equal([2, [2, 4]]);
    const x = tensor([1, 2, 3]);
    const own = cell.step(params.cell, cell.start(), x);
    const { state, output } = whole.step(params, whole.start(), x);
    expect(numbersOf(state)).to.deep.equal(numbersOf(own.state));
    expect(numbersOf(output)).to.deep.equal(numbersOf(add(matmul(params.readout.w, own.output), params.readout.b)));
  });

  it('asks for the length of the output where it cannot know it', () => {
    const shy = (start: unknown): Cell<Tensor, unknown, Tensor> => ({
      name: 'shy',
      init: () => tensor(1),
      start: () => start,
      step: (_, state, x) => ({ state, output: x }),
    });
    const init = (start: unknown, inputs?: number) =>
      model({ cell: shy(start), readout: linear({ outputs: 2, ...(inputs === undefined ? {} : { inputs }) }) }).init(seeded(1))
        .readout.w.shape;
    expect(init({ a: zeros([3]), b: zeros([3]) })).to.deep.equal([2, 3]);
    expect(init({ a: zeros([3]), b: zeros([2]) }, 5)).to.deep.equal([2, 5]);
    for (const start of [{ a: zeros([3]), b: zeros([2]) }, zeros([2, 2]), {}])
      expect(() => init(start)).to.throw(ConfigurationError, 'the length of the output of cell shy is not known');
  });

  it('embedded feeds a cell with a layer', () => {
    const layer = embedding({ symbols: 5, size: 3 });
    const cell = gru({ inputs: 3, units: 2 });
    const whole = embedded(layer, cell);
    const params = whole.init(seeded(1));
    expect([whole.outputs, whole.name]).to.deep.equal([2, 'gru']);
    expect(Object.keys(params)).to.deep.equal(['embedding', 'cell']);
    const expected = cell.step(params.cell, cell.start(), layer.apply(params.embedding, 4)).output;
    expect(numbersOf(whole.step(params, whole.start(), 4).output)).to.deep.equal(numbersOf(expected));
  });

  it('errors name the parameter by its path', () => {
    const learner = (change: (params: Record<string, never>) => unknown) => {
      const cell = model({ cell: gru({ inputs: 3, units: 2 }), readout: linear({ outputs: 1 }) });
      const parameters = change(cell.init(seeded(1)) as never) as never;
      return createLearner({ model: cell, loss: meanSquare, estimator: uoro(), optimizer: sgd({ rate: 0.1 }), parameters });
    };
    const x = tensor([1, 2, 3]);
    const good = learner((params) => params);
    expect(() => good.step(tensor([1, 2]), tensor([1]))).to.throw(
      ShapeError,
      /left is input, right is params\.cell\.reset\.w|input/,
    );
    expect(() => good.step(x, tensor([1, 2]))).to.throw(ShapeError, 'meanSquare: the output has shape [1], the target [2]');
    const bad = (params: { cell: { update: Record<string, Tensor> }; readout: unknown }) => ({
      ...params,
      cell: { ...params.cell, update: { ...params.cell.update, w: zeros([4, 2]) } },
    });
    expect(() => learner(bad as never).step(x, tensor([1]))).to.throw(ShapeError, /cell\.update\.w/);
  });
});
