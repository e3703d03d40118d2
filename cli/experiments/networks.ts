import {
  type Cell,
  embedded,
  embedding,
  gru,
  type Input,
  indrnn,
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
const networks: Readonly<Record<string, (symbols: number, units: number) => Cell<unknown, unknown, number>>> = {
  gru: (symbols, units) => readOut(symbols, gru({ inputs: symbols, units, init: { input: normal(1) } })),
  lstm: (symbols, units) =>
    readOut(symbols, embedded(embedding({ symbols, size: units }), lstm({ inputs: units, units, forgetOffset: -0.3 }))),
  indrnn: (symbols, units) => readOut(symbols, indrnn({ inputs: symbols, units, activation: 'tanh' })),
  lru: (symbols, units) => readOut(symbols, lru({ inputs: symbols, units, outputs: units })),
  rnn: (symbols, units) => readOut(symbols, rnn({ inputs: symbols, units, init: { input: normal(1) } })),
};

export const cellNames: readonly string[] = Object.keys(networks);

/** @throws UsageError for an unknown cell, ConfigurationError for a number of units out of range. */
export function makeNetwork(cell: string, symbols: number, units: number): Cell<unknown, unknown, number> {
  return choose('cell', networks, cell)(symbols, units);
}

function readOut<P, S>(symbols: number, cell: Cell<P, S, Input>): Cell<unknown, unknown, number> {
  return model({ cell, readout: linear({ outputs: symbols }) });
}
