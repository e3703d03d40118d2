import { expect } from 'chai';
import {
  ConfigurationError,
  readSafetensors,
  ShapeError,
  seeded,
  type Tensor,
  tensor,
  writeSafetensors,
} from '../../../lib/index.ts';
import { cudnnGru, torchGru } from '../../../nn/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

/**
 * One step of torch.nn.GRU on its own layout, by the documented definition: rows of r, then z, then n.
 */
function torchStep(
  weights: Readonly<Record<string, number[][] | number[]>>,
  x: number[],
  h: number[],
): number[] {
  const rows = (name: string) => weights[name] as number[][];
  const line = (row: readonly number[], v: readonly number[]) => row.reduce((sum, w, k) => sum + w * v[k], 0);
  const units = h.length;
  const gi = rows('weight_ih_l0').map((row, i) => line(row, x) + (weights.bias_ih_l0 as number[])[i]);
  const gh = rows('weight_hh_l0').map((row, i) => line(row, h) + (weights.bias_hh_l0 as number[])[i]);
  const sigma = (a: number) => 1 / (1 + Math.exp(-a));
  return h.map((own, i) => {
    const r = sigma(gi[i] + gh[i]);
    const z = sigma(gi[units + i] + gh[units + i]);
    const n = Math.tanh(gi[2 * units + i] + r * gh[2 * units + i]);
    return (1 - z) * n + z * own;
  });
}

// Two inputs and three units; every number differs, so that no two can be confused.
const weights = {
  weight_ih_l0: Array.from({ length: 9 }, (_, i) => [0.11 * i - 0.4, 0.07 * i * i - 0.9]),
  weight_hh_l0: Array.from({ length: 9 }, (_, i) => [0.3 - 0.05 * i, 0.02 * i * i - 0.5, 0.1 * i - 0.35]),
  bias_ih_l0: Array.from({ length: 9 }, (_, i) => 0.2 - 0.03 * i * i),
  bias_hh_l0: Array.from({ length: 9 }, (_, i) => 0.17 * i - 0.6),
};
const asTensors = (prefix = ''): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(weights).map(([name, values]) => [prefix + name, tensor(values)]));

describe('torchGru', () => {
  const cell = cudnnGru({ inputs: 2, units: 3 });

  it('computes what nn.GRU computes on the same weights, over several steps', () => {
    const params = torchGru(asTensors());
    let [state, expected] = [tensor([0.3, -0.2, 0.8]), [0.3, -0.2, 0.8]];
    for (const x of [
      [0.5, -1.5],
      [2, 0.25],
      [-1, 1],
    ]) {
      state = cell.step(params, state, tensor(x)).state;
      expected = torchStep(weights, x, expected);
      requireClose(numbersOf(state), expected, 1e-14, 'state');
    }
    // The last state, written down, so that cell and definition cannot change together.
    requireClose(
      numbersOf(state),
      [0.26150254698005704, 0.24247898620276984, 0.21425676547401637],
      1e-12,
      'the fixed vector',
    );
  });

  it('reads a state dictionary from a safetensors file, with a prefix or of a GRUCell, with or without biases', () => {
    const [x, h] = [tensor([0.5, -1.5]), tensor([0.3, -0.2, 0.8])];
    const expected = numbersOf(cell.step(torchGru(asTensors()), h, x).state);
    const stored = readSafetensors(writeSafetensors(asTensors('encoder.rnn.')));
    const read = torchGru(stored, { prefix: 'encoder.rnn.' });
    expect(numbersOf(cell.step(read, h, x).state)).to.deep.equal(expected);
    const named = Object.entries(asTensors()).map(
      ([name, value]) => [name.replace('_l0', ''), value] as const,
    );
    expect(numbersOf(cell.step(torchGru(Object.fromEntries(named)), h, x).state)).to.deep.equal(expected);
    const upper = Object.entries(asTensors()).map(
      ([name, value]) => [name.replace('_l0', '_l1'), value] as const,
    );
    const second = torchGru(Object.fromEntries(upper), { layer: 1 });
    expect(numbersOf(cell.step(second, h, x).state)).to.deep.equal(expected);
    const { weight_ih_l0, weight_hh_l0 } = asTensors();
    const plain = cell.step(torchGru({ weight_ih_l0, weight_hh_l0 }), h, x).state;
    const zeros = { bias_ih_l0: Array(9).fill(0), bias_hh_l0: Array(9).fill(0) };
    requireClose(
      numbersOf(plain),
      torchStep({ ...weights, ...zeros }, [0.5, -1.5], [0.3, -0.2, 0.8]),
      1e-14,
      'h',
    );
  });

  it('says what is missing or does not fit', () => {
    const { weight_hh_l0: _, ...rest } = asTensors();
    expect(() => torchGru(rest)).to.throw(
      ConfigurationError,
      'torchGru: weights lack weight_hh_l0; they have weight_ih_l0, bias_ih_l0, bias_hh_l0',
    );
    expect(() => torchGru({ ...asTensors(), weight_hh_l0: seeded(1).normal([9, 2]) })).to.throw(
      ShapeError,
      'torchGru: weight_hh_l0 must be [9,3], got shape [9,2]',
    );
    expect(() => torchGru({ ...asTensors(), weight_ih_l0: seeded(1).normal([8, 2]) })).to.throw(
      ShapeError,
      'torchGru: weight_ih_l0 must be [3 units, inputs], got shape [8,2]',
    );
  });
});
