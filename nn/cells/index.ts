import { guard } from '../../lib/index.ts';
import type { Cell, Input } from '../cell.ts';
import { normal } from '../initializers.ts';
import { embedding } from '../layers/embedding.ts';
import { embedded } from '../model.ts';
import type { CellOptions } from './gate.ts';
import { gru } from './gru.ts';
import { indrnn } from './indrnn.ts';
import { lru } from './lru.ts';
import { lstm } from './lstm.ts';
import { mgu } from './mgu.ts';
import { rnn } from './rnn.ts';

export type { CellOptions, Gate, GateInitializers } from './gate.ts';
export { type GruParameters, gru } from './gru.ts';
export { type IndrnnOptions, type IndrnnParameters, indrnn } from './indrnn.ts';
export { type LruInitializers, type LruOptions, type LruParameters, type LruState, lru } from './lru.ts';
export { type LstmOptions, type LstmParameters, type LstmState, lstm } from './lstm.ts';
export { type MguParameters, mgu } from './mgu.ts';
export { rnn } from './rnn.ts';

/** A built-in cell, as commands, configurations and models of streams make it. */
export interface CellEntry {
  /** Options besides the sizes that configurations may set. */
  readonly options: Readonly<Record<string, guard.Check>>;
  /** Whether no unit sees another one, so that RTRL costs as much as the step. */
  readonly isDiagonal: boolean;
  /** For vectors of `inputs` numbers. */
  ofVectors(options: CellOptions): Cell<unknown, unknown, Input>;
  /** For one of `inputs` symbols. */
  ofSymbols(options: CellOptions): Cell<unknown, unknown, Input>;
}

/**
 * The built-in cells by name. With symbols, GRU, LSTM and RNN are those of Tallec and Ollivier's experiments,
 * and the MGU follows the GRU: an embedding with standard normal entries, whose product with the input
 * weights is one matrix except in the LSTM.
 */
export const cells = {
  gru: {
    options: {},
    isDiagonal: false,
    ofVectors: gru,
    ofSymbols: (options) => gru({ init: { input: normal(1) }, ...options }),
  },
  lstm: {
    options: {
      forgetOffset: guard.setting(
        guard.finite,
        'added to the bias of the forget gate; -0.3 with symbols and 1 with vectors if left out',
        'forgetOffset',
      ),
    },
    isDiagonal: false,
    ofVectors: lstm,
    ofSymbols: (options) => {
      const { inputs: symbols, units } = options;
      return embedded(
        embedding({ symbols, size: units }),
        lstm({ forgetOffset: -0.3, ...options, inputs: units }),
      );
    },
  },
  mgu: {
    options: {},
    isDiagonal: false,
    ofVectors: mgu,
    ofSymbols: (options) => mgu({ init: { input: normal(1) }, ...options }),
  },
  indrnn: {
    options: { activation: guard.setting(guard.oneOf('relu', 'tanh'), 'the function of the units') },
    isDiagonal: true,
    ofVectors: (options) => indrnn({ activation: 'tanh', ...options }),
    ofSymbols: (options) => indrnn({ activation: 'tanh', ...options }),
  },
  lru: {
    options: {},
    isDiagonal: true,
    ofVectors: ({ inputs, units }) => lru({ inputs, units, outputs: units }),
    ofSymbols: ({ inputs, units }) => lru({ inputs, units, outputs: units }),
  },
  rnn: {
    options: {},
    isDiagonal: false,
    ofVectors: rnn,
    ofSymbols: (options) => rnn({ init: { input: normal(1) }, ...options }),
  },
} satisfies Readonly<Record<string, CellEntry>>;
