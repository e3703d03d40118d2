import { compile } from '../../autodiff/index.ts';
import { dataOf, type FloatDType, indices, type Tensor, tensor } from '../../lib/index.ts';
import { type Cell, crossEntropy, gru, indrnn, type Loss, linear, lru, lstm, meanSquare, model, rnn } from '../../nn/index.ts';
import { createLearner, type Learner, type LearnerConfig, restoreLearner } from '../../trainers/index.ts';
import { choose } from '../experiments/choose.ts';
import { makeEstimator } from '../experiments/estimators.ts';
import { makeNetwork } from '../experiments/networks.ts';
import { makeOptimizer } from '../experiments/optimizers.ts';
import type { RowData, StreamConfig } from './config.ts';
import { inputsOf } from './rowCoder.ts';

type AnyTarget = number | Tensor;
export type StreamLearner = Learner<unknown, unknown, number | Tensor, AnyTarget>;

/** The learner for a stream: a fresh one, or the one that was saved. @throws what `createLearner` and `restoreLearner` do. */
export function makeLearner(config: StreamConfig, saved: Uint8Array | undefined): StreamLearner {
  const { cell, data, dtype, seed } = config;
  const isCategorical = data.kind === 'text' || data.categorical.includes(data.target);
  const learnerConfig: LearnerConfig<unknown, unknown, number | Tensor, AnyTarget> = {
    model: data.kind === 'text' ? symbolNetwork(cell, data.symbols) : rowNetwork(cell, data),
    loss: (isCategorical ? crossEntropy : meanSquare) as Loss<AnyTarget>,
    estimator: makeEstimator(config.estimator),
    optimizer: makeOptimizer(config.optimizer).optimizer,
    dtype,
    seed,
  };
  return saved === undefined ? createLearner(learnerConfig) : restoreLearner(learnerConfig, saved);
}

type Network = Cell<unknown, unknown, number | Tensor>;

function symbolNetwork(cell: StreamConfig['cell'], symbols: number): Network {
  return makeNetwork(cell.name, symbols, cell.units) as Network;
}

/** Vectors come in as they are, and go out through a linear layer: one number, or logits. */
function rowNetwork(cell: StreamConfig['cell'], data: RowData): Network {
  const isCategory = (column: string) => data.categorical.includes(column);
  const sizes = { inputs: inputsOf(data), units: cell.units };
  const readout = linear({ outputs: isCategory(data.target) ? data.categories : 1 });
  const cells: Readonly<Record<string, () => unknown>> = {
    gru: () => model({ cell: gru(sizes), readout }),
    lstm: () => model({ cell: lstm(sizes), readout }),
    indrnn: () => model({ cell: indrnn({ ...sizes, activation: 'tanh' }), readout }),
    lru: () => model({ cell: lru({ ...sizes, outputs: cell.units }), readout }),
    rnn: () => model({ cell: rnn(sizes), readout }),
  };
  return choose('cell', cells, cell.name)() as Network;
}

/** The network of a learner without its learning: it goes on from the learner's state, and leaves the learner as it is. */
export interface Walker {
  /** Takes an input, and gives the output for it. */
  step(input: number | Tensor): Float64Array;
}

export function walk(learner: StreamLearner, isFresh = false): Walker {
  const forward = forwardOf(learner.config.model);
  const { parameters } = learner;
  let state = isFresh ? startOf(learner) : learner.state;
  return {
    step(input) {
      const next = forward(parameters, state, typeof input === 'number' ? indices(input) : input);
      state = next.state;
      return numbersOf(next.output);
    },
  };
}

/** Steps of a learner whose predictions are read at once: each is written over the one before it. */
export interface Stepper<X> {
  /** Learns from one step, and gives its loss. */
  step(input: X, target: AnyTarget): number;
  readonly output: Float32Array | Float64Array;
}

/** @param size how many numbers a prediction has. */
export function createStepper<X extends number | Tensor>(learner: StreamLearner, size: number): Stepper<X> {
  const output = learner.dtype === 'float32' ? new Float32Array(size) : new Float64Array(size);
  const [inputs, targets, losses] = [[] as X[], [] as AnyTarget[], new Float64Array(1)];
  return {
    output,
    step(input, target) {
      inputs[0] = input;
      targets[0] = target;
      return learner.stepMany(inputs, targets, losses, output)[0];
    },
  };
}

/** The network's output after vectors that come next; the learner stays as it is. There has to be a vector. */
export function outputAfter(learner: StreamLearner, inputs: readonly (readonly number[])[]): Float64Array {
  return numbersOf(learner.predictMany(inputs.map((input) => vectorOf(input, learner.dtype)))[inputs.length - 1]);
}

type Forward = (parameters: unknown, state: unknown, input: Tensor) => { state: unknown; output: Tensor };
const forwards = new WeakMap<Network, Forward>();

/** A step of a network as a plan, which is made once. */
function forwardOf(network: Network): Forward {
  const known =
    forwards.get(network) ??
    compile((parameters: unknown, state: unknown, input: Tensor) => network.step(parameters, state, input));
  forwards.set(network, known);
  return known;
}

/** The start state in the dtype of the learner. */
function startOf(learner: StreamLearner): unknown {
  return createLearner({ ...learner.config, parameters: learner.parameters }).state;
}

export function numbersOf(output: Tensor): Float64Array {
  return Float64Array.from(dataOf(output));
}

export function vectorOf(values: readonly number[], dtype: FloatDType): Tensor {
  return tensor([...values], { dtype });
}
