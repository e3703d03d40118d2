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
import { type Cell, embedded, embedding, filled, gru, linear, lstm, mlp, model, project } from '../../nn/index.ts';
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

describe('linear, mlp and embedding', () => {
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

  it('mlp is W tanh(U x + a) + D x + b, term by term', () => {
    const layer = mlp({ outputs: 2, hidden: 4 });
    const params = layer.init(seeded(1), 3);
    const [u, a, w, b, d] = [params.hidden.w, params.hidden.b, params.output.w, params.output.b, params.direct];
    expect([u, a, w, b, d].map(({ shape }) => shape)).to.deep.equal([[4, 3], [4], [2, 4], [2], [2, 3]]);
    const x = [1, -2, 0.5];
    const [U, W, D] = [u, w, d].map((matrix) => matrix.toArray() as number[][]);
    const times = (row: readonly number[], vector: readonly number[]) => row.reduce((sum, each, i) => sum + each * vector[i], 0);
    const hidden = U.map((row, i) => Math.tanh(times(row, x) + numbersOf(a)[i]));
    const expected = W.map((row, i) => times(row, hidden) + times(D[i], x) + numbersOf(b)[i]);
    requireClose(numbersOf(layer.apply(params, tensor(x))), expected, 1e-14, 'y');
    for (const [part, bound] of [
      [params.hidden, 3],
      [params.output, 4],
      [params.direct, 3],
    ] as const)
      expect(Math.max(...numbersOf(part).map(Math.abs))).to.be.within(1e-3, 1 / Math.sqrt(bound));
  });

  it('mlp takes the initialisers that it is given, each for its matrix, with a bias of zero beside it', () => {
    const init = { hidden: filled(2), output: filled(3), direct: filled(5) };
    const { hidden, output, direct } = mlp({ outputs: 1, hidden: 2, init }).init(seeded(1), 2);
    expect([hidden.w, hidden.b, output.w, output.b, direct].map(numbersOf)).to.deep.equal([
      [2, 2, 2, 2],
      [0, 0],
      [3, 3],
      [0],
      [5, 5],
    ]);
    // Without a way to its output it says zero, whatever it sees.
    const silent = mlp({ outputs: 2, hidden: 3, init: { output: filled(0), direct: filled(0) } });
    expect(numbersOf(silent.apply(silent.init(seeded(2), 4), tensor([1, 2, 3, 4])))).to.deep.equal([0, 0]);
  });

  it('mlp as a readout takes the length of its input from the cell, or has it given', () => {
    const read = (inputs?: number) =>
      model({ cell: gru({ inputs: 3, units: 5 }), readout: mlp({ outputs: 2, hidden: 4, ...(inputs && { inputs }) }) });
    expect(read().init(seeded(1)).readout.direct.shape).to.deep.equal([2, 5]);
    expect([read().outputs, mlp({ outputs: 2, hidden: 4, inputs: 7 }).inputs]).to.deep.equal([2, 7]);
  });

  it('sizes must be whole numbers above zero', () => {
    for (const [options, name] of [
      [{ outputs: 0, hidden: 1 }, 'outputs'],
      [{ outputs: 1, hidden: 1.5 }, 'hidden'],
      [{ outputs: 1, hidden: 1, inputs: -2 }, 'inputs'],
    ] as const)
      expect(() => mlp(options)).to.throw(ConfigurationError, `mlp: ${name} must be a whole number above zero`);
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
