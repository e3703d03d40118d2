import { expect } from 'chai';
import { add, matmul } from '../../../autodiff/index.ts';
import { ConfigurationError, full, seeded, tensor } from '../../../lib/index.ts';
import { embedding, filled, gru, linear, mlp, model } from '../../../nn/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

describe('layers', () => {
  it('linear is w·x + b', () => {
    const layer = linear({ outputs: 2 });
    const params = layer.init(seeded(1), 3);
    expect([params.w.shape, params.b.shape]).to.deep.equal([[2, 3], [2]]);
    const x = tensor([1, -2, 0.5]);
    requireClose(
      numbersOf(layer.apply(params, x)),
      numbersOf(add(matmul(params.w, x), params.b)),
      0,
      'w·x + b',
    );
    expect(Math.max(...numbersOf(params).map(Math.abs))).to.be.at.most(1 / Math.sqrt(3));
    const given = linear({ outputs: 2, init: (_, shape) => full(shape, 7) }).init(seeded(1), 3);
    expect([...numbersOf(given.w), ...numbersOf(given.b)]).to.deep.equal([7, 7, 7, 7, 7, 7, 0, 0]);
  });

  it('embedding is a row per class, or a weighted sum of rows', () => {
    const layer = embedding({ symbols: 3, size: 2 });
    const rows = layer.init(seeded(1), 3);
    expect([rows.shape, layer.inputs, layer.outputs]).to.deep.equal([[3, 2], 3, 2]);
    const [a, b, c] = rows.toArray() as number[][];
    expect(numbersOf(layer.apply(rows, 1))).to.deep.equal(b);
    requireClose(
      numbersOf(layer.apply(rows, tensor([2, 0, -1]))),
      [2 * a[0] - c[0], 2 * a[1] - c[1]],
      1e-15,
      'dense',
    );
  });

  it('mlp is W tanh(U x + a) + D x + b, term by term', () => {
    const layer = mlp({ outputs: 2, hidden: 4 });
    const params = layer.init(seeded(1), 3);
    const [u, a, w, b, d] = [
      params.hidden.w,
      params.hidden.b,
      params.output.w,
      params.output.b,
      params.direct,
    ];
    expect([u, a, w, b, d].map(({ shape }) => shape)).to.deep.equal([[4, 3], [4], [2, 4], [2], [2, 3]]);
    const x = [1, -2, 0.5];
    const [U, W, D] = [u, w, d].map((matrix) => matrix.toArray() as number[][]);
    const times = (row: readonly number[], vector: readonly number[]) =>
      row.reduce((sum, each, i) => sum + each * vector[i], 0);
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

  it('mlp applies each given initialiser to its matrix, with a zero bias', () => {
    const init = { hidden: filled(2), output: filled(3), direct: filled(5) };
    const { hidden, output, direct } = mlp({ outputs: 1, hidden: 2, init }).init(seeded(1), 2);
    expect([hidden.w, hidden.b, output.w, output.b, direct].map(numbersOf)).to.deep.equal([
      [2, 2, 2, 2],
      [0, 0],
      [3, 3],
      [0],
      [5, 5],
    ]);
    // Without weights to its output it returns zero for every input.
    const silent = mlp({ outputs: 2, hidden: 3, init: { output: filled(0), direct: filled(0) } });
    expect(numbersOf(silent.apply(silent.init(seeded(2), 4), tensor([1, 2, 3, 4])))).to.deep.equal([0, 0]);
  });

  it('mlp as a readout takes its input length from the cell or from its options', () => {
    const read = (inputs?: number) =>
      model({
        cell: gru({ inputs: 3, units: 5 }),
        readout: mlp({ outputs: 2, hidden: 4, ...(inputs && { inputs }) }),
      });
    expect(read().init(seeded(1)).readout.direct.shape).to.deep.equal([2, 5]);
    expect([read().outputs, mlp({ outputs: 2, hidden: 4, inputs: 7 }).inputs]).to.deep.equal([2, 7]);
  });

  it('sizes must be whole numbers above zero', () => {
    for (const [options, name] of [
      [{ outputs: 0, hidden: 1 }, 'outputs'],
      [{ outputs: 1, hidden: 1.5 }, 'hidden'],
      [{ outputs: 1, hidden: 1, inputs: -2 }, 'inputs'],
    ] as const)
      expect(() => mlp(options)).to.throw(
        ConfigurationError,
        `mlp: ${name} must be a whole number above zero`,
      );
    expect(() => linear({ outputs: 0 })).to.throw(ConfigurationError, 'linear: outputs');
    expect(() => linear({ outputs: 1, inputs: -2 })).to.throw(ConfigurationError, 'linear: inputs');
    expect(() => embedding({ symbols: 2.5, size: 1 })).to.throw(ConfigurationError, 'embedding: symbols');
    expect(() => embedding({ symbols: 2, size: 0 })).to.throw(ConfigurationError, 'embedding: size');
  });
});
