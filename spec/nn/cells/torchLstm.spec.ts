import { expect } from 'chai';
import { ConfigurationError, ShapeError, seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import { irnn, lstm, rnn, torchLstm, torchRnn } from '../../../nn/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

type Weights = Readonly<Record<string, Tensor>>;

/** Weights of a layer with two inputs and three units, as PyTorch names them. */
function weightsOf(gates: number, suffix = '_l0', prefix = ''): Weights {
  const noise = seeded(5);
  return {
    [`${prefix}weight_ih${suffix}`]: noise.normal([3 * gates, 2]),
    [`${prefix}weight_hh${suffix}`]: noise.normal([3 * gates, 3]),
    [`${prefix}bias_ih${suffix}`]: noise.normal([3 * gates]),
    [`${prefix}bias_hh${suffix}`]: noise.normal([3 * gates]),
  };
}

/** The pre-activations of all rows, by the definition: W_ih x + b_ih + W_hh h + b_hh. */
function rowsOf(weights: Weights, x: readonly number[], h: readonly number[]): number[] {
  const line = (row: readonly number[], v: readonly number[]) => row.reduce((sum, w, k) => sum + w * v[k], 0);
  const matrix = (name: string) => weights[name].toArray() as number[][];
  const [inner, outer] = [numbersOf(weights.bias_ih_l0), numbersOf(weights.bias_hh_l0)];
  const recurrent = matrix('weight_hh_l0');
  return matrix('weight_ih_l0').map((row, i) => line(row, x) + inner[i] + line(recurrent[i], h) + outer[i]);
}

const sigma = (a: number) => 1 / (1 + Math.exp(-a));
const inputs = [
  [0.5, -1.5],
  [2, 0.25],
  [-1, 1],
];

describe('torchLstm', () => {
  it('computes what nn.LSTM computes on the same weights, whatever the offset of the forget gate', () => {
    const weights = weightsOf(4);
    for (const forgetOffset of [undefined, 0, -0.3]) {
      const own = forgetOffset === undefined ? {} : { forgetOffset };
      const cell = lstm({ inputs: 2, units: 3, ...own });
      const params = torchLstm(weights, own);
      let state = cell.start();
      let [h, c] = [
        [0, 0, 0],
        [0, 0, 0],
      ];
      for (const x of inputs) {
        state = cell.step(params, state, tensor(x)).state;
        const rows = rowsOf(weights, x, h);
        // The documented order: i, f, g, o.
        c = c.map((old, k) => sigma(rows[3 + k]) * old + sigma(rows[k]) * Math.tanh(rows[6 + k]));
        h = c.map((memory, k) => sigma(rows[9 + k]) * Math.tanh(memory));
        requireClose(numbersOf(state.h), h, 1e-14, 'h');
        requireClose(numbersOf(state.c), c, 1e-14, 'c');
      }
    }
  });

  it('reads cells, prefixes, layers and weights without biases', () => {
    const expected = numbersOf(torchLstm(weightsOf(4)).forget.b);
    for (const [suffix, prefix, layer] of [
      ['', '', 0],
      ['_l1', 'encoder.', 1],
    ] as const)
      expect(numbersOf(torchLstm(weightsOf(4, suffix, prefix), { prefix, layer }).forget.b)).to.deep.equal(
        expected,
      );
    const { weight_ih_l0, weight_hh_l0 } = weightsOf(4);
    expect(numbersOf(torchLstm({ weight_ih_l0, weight_hh_l0 }).forget.b)).to.deep.equal([-1, -1, -1]);
    expect(numbersOf(torchLstm({ weight_ih_l0, weight_hh_l0 }).input.b)).to.deep.equal([0, 0, 0]);
  });

  it('refuses layers that no cell computes, and tensors that do not fit', () => {
    const weights = weightsOf(4);
    for (const [name, why] of [
      ['weight_ih_l0_reverse', 'it also reads backwards, which a stream cannot'],
      ['weight_hr_l0', 'its output is projected (proj_size)'],
    ])
      expect(() => torchLstm({ ...weights, [name]: zeros([3, 3]) })).to.throw(
        ConfigurationError,
        `torchLstm: weights have ${name}: ${why}; no cell computes that`,
      );
    expect(() => torchLstm({ ...weights, weight_ih_l0: zeros([9, 2]) })).to.throw(
      ShapeError,
      'torchLstm: weight_ih_l0 must be [4 units, inputs], got shape [9,2]',
    );
    expect(() => torchLstm({ weight_hh_l0: zeros([12, 3]) })).to.throw(
      ConfigurationError,
      'torchLstm: weights lack weight_ih_l0; they have weight_hh_l0',
    );
  });
});

describe('torchRnn', () => {
  it('computes what nn.RNN computes on the same weights, with tanh and with relu', () => {
    const weights = weightsOf(1);
    const params = torchRnn(weights);
    for (const [cell, act] of [
      [rnn({ inputs: 2, units: 3 }), Math.tanh],
      [irnn({ inputs: 2, units: 3 }), (a: number) => Math.max(0, a)],
    ] as const) {
      let [state, h] = [cell.start(), [0, 0, 0]];
      for (const x of inputs) {
        state = cell.step(params, state, tensor(x)).state;
        h = rowsOf(weights, x, h).map(act);
        requireClose(numbersOf(state), h, 1e-14, cell.name);
      }
    }
  });

  it('refuses what does not fit', () => {
    expect(() => torchRnn({ ...weightsOf(1), weight_hh_l0: zeros([3, 2]) })).to.throw(
      ShapeError,
      'torchRnn: weight_hh_l0 must be [3,3], got shape [3,2]',
    );
  });
});
