import { expect } from 'chai';
import { add, matmul } from '../../autodiff/index.ts';
import { ConfigurationError, ShapeError, seeded, type Tensor, tensor, zeros } from '../../lib/index.ts';
import { type Cell, embedded, embedding, gru, linear, lstm, model } from '../../nn/index.ts';
import { meanSquare } from '../../nn/losses.ts';
import { createLearner, sgd, uoro } from '../../trainers/index.ts';
import { numbersOf } from '../../trainers/testing/numbers.ts';

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
    expect(numbersOf(output)).to.deep.equal(
      numbersOf(add(matmul(params.readout.w, own.output), params.readout.b)),
    );
  });

  it('asks for the length of the output if it is unknown', () => {
    const shy = (start: unknown): Cell<Tensor, unknown, Tensor> => ({
      name: 'shy',
      init: () => tensor(1),
      start: () => start,
      step: (_, state, x) => ({ state, output: x }),
    });
    const init = (start: unknown, inputs?: number) =>
      model({
        cell: shy(start),
        readout: linear({ outputs: 2, ...(inputs === undefined ? {} : { inputs }) }),
      }).init(seeded(1)).readout.w.shape;
    expect(init({ a: zeros([3]), b: zeros([3]) })).to.deep.equal([2, 3]);
    expect(init({ a: zeros([3]), b: zeros([2]) }, 5)).to.deep.equal([2, 5]);
    for (const start of [{ a: zeros([3]), b: zeros([2]) }, zeros([2, 2]), {}])
      expect(() => init(start)).to.throw(
        ConfigurationError,
        'the length of the output of cell shy is not known',
      );
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
      return createLearner({
        model: cell,
        loss: meanSquare,
        estimator: uoro(),
        optimizer: sgd({ rate: 0.1 }),
        parameters,
      });
    };
    const x = tensor([1, 2, 3]);
    const good = learner((params) => params);
    expect(() => good.step(tensor([1, 2]), tensor([1]))).to.throw(
      ShapeError,
      /left is input, right is params\.cell\.reset\.w|input/,
    );
    expect(() => good.step(x, tensor([1, 2]))).to.throw(
      ShapeError,
      'meanSquare: the output has shape [1], the target [2]',
    );
    const bad = (params: { cell: { update: Record<string, Tensor> }; readout: unknown }) => ({
      ...params,
      cell: { ...params.cell, update: { ...params.cell.update, w: zeros([4, 2]) } },
    });
    expect(() => learner(bad as never).step(x, tensor([1]))).to.throw(ShapeError, /cell\.update\.w/);
  });
});
