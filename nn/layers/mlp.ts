import { add, matmul, tanh } from '../../autodiff/index.ts';
import { guard, type Tensor } from '../../lib/index.ts';
import { layerOf } from '../builtIn.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { draw, initializers, size } from '../options.ts';
import type { Layer } from './layer.ts';
import { type LinearParameters, linear } from './linear.ts';

/** Parameters of a perceptron with one hidden layer. */
export type MlpParameters = {
  /** U and a: w [hidden, inputs] and b [hidden]. */
  readonly hidden: LinearParameters;
  /** W and b: w [outputs, hidden] and b [outputs]. */
  readonly output: LinearParameters;
  /** D, [outputs, inputs]. */
  readonly direct: Tensor;
};

/** How the matrices are drawn. A matrix with an initialiser here gets a zero bias. */
export interface MlpInitializers {
  /** For U. Default: U and its bias uniform within ±1/√inputs. */
  readonly hidden?: Initializer;
  /** For W. Default: W and its bias uniform within ±1/√hidden. */
  readonly output?: Initializer;
  /** For D. Default: uniform within ±1/√inputs. */
  readonly direct?: Initializer;
}

export interface MlpOptions {
  readonly outputs: number;
  /** The number of tanh units. */
  readonly hidden: number;
  /** Default: the length of the cell's output. */
  readonly inputs?: number;
  readonly init?: MlpInitializers;
}

/**
 * A multilayer perceptron with one hidden layer and skip-layer connections (Bishop, Pattern Recognition and
 * Machine Learning, 2006, section 5.1), from a vector [inputs] to a vector [outputs]:
 *
 *     y = W tanh(U x + a) + D x + b
 *
 * D carries the linear part and the hidden units the rest. As the readout of a cell that is linear from input
 * to output, such as the LRU, it makes the model nonlinear, without changing the recurrence or the cost of
 * RTRL.
 * @throws ConfigurationError for sizes that are not whole numbers above zero.
 */
export function mlp(options: MlpOptions): Layer<MlpParameters, Tensor> {
  const own = guard.options('mlp', options, checks, 'mlp({ hidden: 16, outputs: 2 })');
  const { outputs, hidden, inputs: fixed } = own;
  const init = initializers('mlp', own.init, ['hidden', 'output', 'direct']);
  const first = linear({ outputs: hidden, ...(init.hidden && { init: init.hidden }) });
  const last = linear({ outputs, ...(init.output && { init: init.output }) });
  return layerOf({
    name: 'mlp',
    outputs,
    ...(fixed === undefined ? {} : { inputs: fixed }),
    init: (noise, inputs) => ({
      hidden: first.init(noise, inputs),
      output: last.init(noise, hidden),
      direct: draw('mlp', init.direct ?? fanIn(inputs), noise, [outputs, inputs]),
    }),
    apply: (params, x) =>
      add(last.apply(params.output, tanh(first.apply(params.hidden, x))), matmul(params.direct, x)),
  });
}

const checks: guard.Checks<MlpOptions> = {
  outputs: size,
  hidden: size,
  inputs: guard.count,
  init: guard.record,
};
