import { compile } from '../../../autodiff/index.ts';
import {
  dataOf,
  type FloatDType,
  indices,
  type Tensor,
  tensor,
  writeSafetensors,
} from '../../../lib/index.ts';
import {
  type Cell,
  crossEntropy,
  filled,
  type Layer,
  type Loss,
  linear,
  meanSquare,
  mlp,
  model,
} from '../../../nn/index.ts';
import { misfit } from '../../evaluation/saved.ts';
import { createLearner } from '../../learner/create.ts';
import type { LearnerConfig } from '../../learner/given/config.ts';
import type { Learner } from '../../learner/learner.ts';
import { restoreLearner } from '../../learner/restore.ts';
import { makeCell } from '../../registry/cells.ts';
import { choose } from '../../registry/choose.ts';
import { makeEstimator } from '../../registry/estimators.ts';
import { isFileName } from '../../registry/names.ts';
import { makeOptimizer } from '../../registry/optimizers.ts';
import { builtIn, type Tables } from '../../registry/tables.ts';
import type { StreamConfig } from '../given/config.ts';
import { networkInputs } from '../targets/rowCoder.ts';

type AnyTarget = number | Tensor;
export type StreamLearner = Learner<unknown, unknown, number | Tensor, AnyTarget>;

/** The learner for a stream, fresh or restored. @throws as `createLearner` and `restoreLearner`. */
export function makeLearner(
  config: StreamConfig,
  saved: Uint8Array | undefined,
  tables = builtIn,
): StreamLearner {
  const { data, dtype, seed } = config;
  if (saved !== undefined) requireRoom(config, saved, tables);
  const isCategorical = data.kind === 'text' || data.categorical.includes(data.target);
  const learnerConfig: LearnerConfig<unknown, unknown, number | Tensor, AnyTarget> = {
    model: networkOf(config, tables),
    loss: (isCategorical ? crossEntropy : meanSquare) as Loss<AnyTarget>,
    estimator: makeEstimator(config.estimator, tables.estimators),
    optimizer: makeOptimizer(config.optimizer, tables.optimizers).optimizer,
    dtype,
    seed,
  };
  return saved === undefined ? createLearner(learnerConfig) : restoreLearner(learnerConfig, saved);
}

/**
 * Restoring compares the parameters with those of a network made for that.
 * @throws DataError if the saved bytes are too few for one of this size.
 */
function requireRoom(
  { cell: { name, units }, data }: StreamConfig,
  saved: Uint8Array,
  { cells }: Tables,
): void {
  // Only a cell's own file knows its layers.
  if (isFileName(name)) return;
  const { isDiagonal } = choose('cell', cells, name);
  const [inputs, outputs] = data.kind === 'text' ? [data.symbols, data.symbols] : [networkInputs(data), 1];
  const least = 4 * units * (inputs + outputs + (isDiagonal ? 1 : units));
  if (saved.byteLength < least)
    throw misfit(`${saved.byteLength} bytes are too few for a ${name} of ${units} units`);
}

/** The saved learner of a session without a network. */
export function noLearner(): Uint8Array {
  return writeSafetensors({});
}

type Network = Cell<unknown, unknown, number | Tensor>;

/**
 * The network of a stream, without its parameters. @throws UsageError or ConfigurationError for an impossible
 * cell.
 */
export function networkOf({ cell, readout, data }: StreamConfig, { cells } = builtIn): Network {
  if (data.kind === 'text') {
    const outputs = data.symbols;
    const layer: Layer<unknown, Tensor> =
      readout === 'mlp' ? mlp({ outputs, hidden: cell.units }) : linear({ outputs });
    return model({ cell: makeCell(cell, data.symbols, 'symbols', cells), readout: layer });
  }
  const isCategory = data.categorical.includes(data.target);
  const layer = readoutOf(readout, cell.units, isCategory ? data.categories : undefined);
  return model({ cell: makeCell(cell, networkInputs(data), 'vectors', cells), readout: layer });
}

/**
 * The readout for a number is 0 until something has been learnt: no change, or the mean. Any other start
 * would be noise that a short stream hardly gets rid of. For categories, the default initialisation learns
 * faster.
 */
function readoutOf(
  kind: StreamConfig['readout'],
  hidden: number,
  categories: number | undefined,
): Layer<unknown, Tensor> {
  const zero = filled(0);
  const [outputs, init] = categories === undefined ? [1, { output: zero, direct: zero }] : [categories, {}];
  return kind === 'mlp'
    ? mlp({ outputs, hidden, init })
    : linear({ outputs, ...(init.output && { init: init.output }) });
}

/**
 * Runs the network of a learner without learning, from the learner's state, and leaves the learner unchanged.
 */
export interface Walker {
  /** Returns the output for an input. */
  step(input: number | Tensor): Float64Array;
  /** Returns to where it began. */
  restart(): void;
}

export function walk(learner: StreamLearner, isFresh = false): Walker {
  const forward = forwardOf(learner.config.model);
  const { parameters } = learner;
  const start = isFresh ? startOf(learner) : learner.state;
  let state = start;
  return {
    restart() {
      state = start;
    },
    step(input) {
      const next = forward(parameters, state, typeof input === 'number' ? indices(input) : input);
      state = next.state;
      return numbersOf(next.output);
    },
  };
}

/** Steps of a learner whose predictions are read at once: each overwrites the previous one. */
export interface Stepper<X> {
  /** Learns from one step. Returns its loss. */
  step(input: X, target: AnyTarget): number;
  readonly output: Float32Array | Float64Array;
}

/** @param size the length of a prediction. @param every the steps between two readings of the gradient. */
export function createStepper<X extends number | Tensor>(
  learner: StreamLearner,
  size: number,
  every: number,
): Stepper<X> {
  const output = learner.dtype === 'float32' ? new Float32Array(size) : new Float64Array(size);
  const [inputs, targets, losses] = [[] as X[], [] as AnyTarget[], new Float64Array(1)];
  // The window that a report meets, and the one before.
  const ahead = 2 * learner.estimator.window;
  return {
    output,
    step(input, target) {
      if ((learner.steps + ahead) % every === 0) learner.expectGradient(ahead);
      inputs[0] = input;
      targets[0] = target;
      return learner.stepMany(inputs, targets, losses, output)[0];
    },
  };
}

/** The network's output after at least one further input vector. The learner is left unchanged. */
export function outputAfter(learner: StreamLearner, inputs: readonly (readonly number[])[]): Float64Array {
  return numbersOf(
    learner.predictMany(inputs.map((input) => vectorOf(input, learner.dtype)))[inputs.length - 1],
  );
}

type Forward = (parameters: unknown, state: unknown, input: Tensor) => { state: unknown; output: Tensor };
const forwards = new WeakMap<Network, Forward>();

/** A step of a network as a plan, made once. */
function forwardOf(network: Network): Forward {
  const known =
    forwards.get(network) ??
    compile((parameters: unknown, state: unknown, input: Tensor) => network.step(parameters, state, input));
  forwards.set(network, known);
  return known;
}

/** The start state in the learner's dtype. */
function startOf(learner: StreamLearner): unknown {
  return createLearner({ ...learner.config, parameters: learner.parameters }).state;
}

export function numbersOf(output: Tensor): Float64Array {
  return Float64Array.from(dataOf(output));
}

export function vectorOf(values: readonly number[], dtype: FloatDType): Tensor {
  return tensor([...values], { dtype });
}
