import type { Tensor } from '../../lib/index.ts';
import {
  type Cell,
  embedded,
  embedding,
  gru,
  indrnn,
  type Layer,
  linear,
  lru,
  lstm,
  model,
  normal,
  rnn,
} from '../../nn/index.ts';
import { choose } from './choose.ts';

/**
 * GRU, LSTM and RNN are the networks of Tallec and Ollivier's experiments: symbols come in through an embedding with standard normal entries, whose
 * product with the input weights is one matrix except in the LSTM, and go out through a linear layer as logits. In IndRNN and LRU,
 * whose units are independent, RTRL costs as much as the step.
 */
const cells: Readonly<Record<string, (symbols: number, units: number) => Cell<unknown, unknown, number>>> = {
  gru: (symbols, units) => gru({ inputs: symbols, units, init: { input: normal(1) } }),
  lstm: (symbols, units) => embedded(embedding({ symbols, size: units }), lstm({ inputs: units, units, forgetOffset: -0.3 })),
  indrnn: (symbols, units) => indrnn({ inputs: symbols, units, activation: 'tanh' }),
  lru: (symbols, units) => lru({ inputs: symbols, units, outputs: units }),
  rnn: (symbols, units) => rnn({ inputs: symbols, units, init: { input: normal(1) } }),
};

export const cellNames: readonly string[] = Object.keys(cells);

/**
 * @param readout a linear layer if left out.
 * @throws UsageError for an unknown cell, ConfigurationError for a number of units out of range.
 */
export function makeNetwork(
  cell: string,
  symbols: number,
  units: number,
  readout: Layer<unknown, Tensor> = linear({ outputs: symbols }),
): Cell<unknown, unknown, number> {
  return model({ cell: choose('cell', cells, cell)(symbols, units), readout });
}
