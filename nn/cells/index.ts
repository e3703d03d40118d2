import { guard } from '../../lib/index.ts';
import type { Cell, Input } from '../cell.ts';
import { filled, normal, uniform } from '../initializers.ts';
import { embedding } from '../layers/embedding.ts';
import { embedded } from '../model.ts';
import { ctrnn, leak } from './ctrnn.ts';
import { cudnnGru } from './cudnnGru.ts';
import { elstm } from './elstm.ts';
import { type CellOptions, type GatedOptions, type GateInitializers, norm } from './gate.ts';
import { gru } from './gru.ts';
import { indrnn } from './indrnn.ts';
import { irnn } from './irnn.ts';
import { lru } from './lru.ts';
import { type LstmOptions, lstm } from './lstm.ts';
import { mgu } from './mgu.ts';
import { minGru } from './minGru.ts';
import { peepholeLstm } from './peepholeLstm.ts';
import { rnn } from './rnn.ts';
import { rtu } from './rtu.ts';

export { type CtrnnOptions, ctrnn } from './ctrnn.ts';
export { type CudnnGruParameters, cudnnGru } from './cudnnGru.ts';
export { type ElementwiseGate, type ElstmOptions, type ElstmParameters, elstm } from './elstm.ts';
export type { CellOptions, Gate, GatedOptions, GateInitializers } from './gate.ts';
export { type GruParameters, gru } from './gru.ts';
export { type IndrnnOptions, type IndrnnParameters, indrnn } from './indrnn.ts';
export { type IrnnOptions, irnn } from './irnn.ts';
export { type LruInitializers, type LruOptions, type LruParameters, type LruState, lru } from './lru.ts';
export {
  type CoupledLstmParameters,
  type LstmOptions,
  type LstmParameters,
  type LstmState,
  lstm,
} from './lstm.ts';
export { type MguParameters, mgu } from './mgu.ts';
export { type MinGruParameters, minGru } from './minGru.ts';
export {
  type PeepholeGate,
  type PeepholeLstmOptions,
  type PeepholeLstmParameters,
  peepholeLstm,
} from './peepholeLstm.ts';
export type { RingOptions } from './ring.ts';
export { rnn } from './rnn.ts';
export { type RtuOptions, type RtuParameters, type RtuState, rtu } from './rtu.ts';
export { torchGru } from './torchGru.ts';
export { type TorchLstmOptions, torchLstm } from './torchLstm.ts';
export { torchRnn } from './torchRnn.ts';
export type { TorchOptions } from './torchWeights.ts';

/** A built-in cell, as commands, configurations and models of streams make it. @internal */
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

/** How the parameters of a gated cell start, by a word that configurations can hold. */
type Start = { readonly recurrent?: 'uniform' | 'zero' };

const gated = {
  norm: guard.setting(norm, 'rms normalises each pre-activation, with a gain', 'norm'),
  recurrent: guard.setting(
    guard.oneOf('uniform', 'zero'),
    'how recurrent weights start: uniform within ±1/√units, or at 0 as biases then do, with rows of symbols uniform within ±√(6/(1+units)) and no embedding',
    'recurrent',
  ),
};

const gatedOfVectors =
  <P, S>(cell: (options: GatedOptions) => Cell<P, S, Input>) =>
  ({ recurrent, ...options }: GatedOptions & Start) =>
    cell({
      ...(isZero(recurrent) && { init: { recurrent: filled(0) } }),
      ...options,
    });

/** Without an embedding: its product with the input weights is one matrix. */
const gatedOfSymbols =
  <P, S>(cell: (options: GatedOptions) => Cell<P, S, Input>) =>
  ({ recurrent, ...options }: GatedOptions & Start) =>
    cell({
      init: isZero(recurrent) ? fromZero(options) : { input: normal(1) },
      ...options,
    });

/** @throws ConfigurationError for another word. */
function isZero(recurrent: Start['recurrent']): boolean {
  if (recurrent !== undefined) guard.argument('a cell', 'recurrent', recurrent, gated.recurrent);
  return recurrent === 'zero';
}

/** As the long short-term memory of paq8px (v216, its public source) starts. */
function fromZero({ units }: CellOptions): GateInitializers {
  return {
    input: uniform(Math.sqrt(6 / (1 + units))),
    recurrent: filled(0),
    bias: filled(0),
  };
}

const forgetOffset = guard.setting(
  guard.finite,
  'added to the bias of the forget gate; if left out, 1, but -0.3 with an embedding of symbols',
  'forgetOffset',
);

/**
 * The built-in cells by name. With symbols, GRU, LSTM and RNN are those of Tallec and Ollivier's experiments
 * unless they start from zero, and variants follow them: an embedding with standard normal entries, whose
 * product with the input weights is one matrix except in the LSTM.
 */
export const cells = {
  gru: {
    options: gated,
    isDiagonal: false,
    ofVectors: gatedOfVectors(gru),
    ofSymbols: gatedOfSymbols(gru),
  },
  lstm: {
    options: {
      ...gated,
      forgetOffset,
      coupled: guard.setting(guard.flag, 'the input gate is 1 minus the forget gate', 'coupled'),
    },
    isDiagonal: false,
    ofVectors: gatedOfVectors(lstm),
    ofSymbols: ({ recurrent, ...options }: LstmOptions & Start) => {
      const { inputs: symbols, units } = options;
      if (isZero(recurrent)) return lstm({ init: fromZero(options), ...options });
      return embedded(
        embedding({ symbols, size: units }),
        lstm({ forgetOffset: -0.3, ...options, inputs: units }),
      );
    },
  },
  mgu: {
    options: gated,
    isDiagonal: false,
    ofVectors: gatedOfVectors(mgu),
    ofSymbols: gatedOfSymbols(mgu),
  },
  cudnnGru: {
    options: {},
    isDiagonal: false,
    ofVectors: cudnnGru,
    ofSymbols: (options) => cudnnGru({ init: { input: normal(1) }, ...options }),
  },
  peepholeLstm: {
    options: { forgetOffset },
    isDiagonal: false,
    ofVectors: peepholeLstm,
    ofSymbols: (options) => {
      const { inputs: symbols, units } = options;
      return embedded(
        embedding({ symbols, size: units }),
        peepholeLstm({ forgetOffset: -0.3, ...options, inputs: units }),
      );
    },
  },
  minGru: {
    options: {},
    isDiagonal: true,
    ofVectors: minGru,
    ofSymbols: (options) => minGru({ init: { input: normal(1) }, ...options }),
  },
  elstm: {
    options: { outputGate: guard.setting(guard.flag, 'whether a gate scales the output') },
    isDiagonal: true,
    ofVectors: elstm,
    ofSymbols: elstm,
  },
  indrnn: {
    options: {
      activation: guard.setting(guard.oneOf('relu', 'tanh'), 'the function of the units'),
    },
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
  rtu: {
    options: {
      activation: guard.setting(guard.oneOf('linear', 'tanh', 'relu'), 'the function of the units'),
    },
    isDiagonal: true,
    ofVectors: ({ init: _, ...options }) => rtu(options),
    ofSymbols: ({ init: _, ...options }) => rtu(options),
  },
  rnn: {
    options: gated,
    isDiagonal: false,
    ofVectors: gatedOfVectors(rnn),
    ofSymbols: gatedOfSymbols(rnn),
  },
  ctrnn: {
    options: { leak: guard.setting(leak, 'the time step over the time constant of the units', 'unitLeak') },
    isDiagonal: false,
    ofVectors: ctrnn,
    ofSymbols: (options) => ctrnn({ init: { input: normal(1) }, ...options }),
  },
  irnn: {
    options: { scale: guard.setting(guard.finite, 'the diagonal of the initial recurrent weights') },
    isDiagonal: false,
    ofVectors: irnn,
    ofSymbols: irnn,
  },
} satisfies Readonly<Record<string, CellEntry>>;
