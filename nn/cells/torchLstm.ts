import { sub } from '../../autodiff/index.ts';
import { guard, type Tensor } from '../../lib/index.ts';
import type { LstmParameters } from './lstm.ts';
import { summed, type TorchOptions, torchChecks, torchGates } from './torchWeights.ts';

export interface TorchLstmOptions extends TorchOptions {
  /** That of the cell, which is taken off the bias of the forget gate. Default 1, as in `lstm`. */
  readonly forgetOffset?: number;
}

/**
 * The parameters of an `lstm` from the state dictionary of a PyTorch `nn.LSTM` or `nn.LSTMCell`, as
 * `readSafetensors` reads it:
 *
 *     weight_ih_l0 [4 units, inputs]   w of i, f, g (the candidate) and o, one below the other
 *     weight_hh_l0 [4 units, units]    u of i, f, g and o
 *     bias_ih_l0   [4 units]           added to bias_hh_l0
 *
 * The names of an `nn.LSTMCell` have no `_l0`. Without biases they are zero. The result predicts as the original
 * does; because two biases have become one, plain gradient descent moves it half as fast as both together.
 * @throws ConfigurationError for a missing tensor, or a layer that also reads backwards or projects its output;
 * ShapeError for a tensor that does not fit.
 */
export function torchLstm(
  weights: Readonly<Record<string, Tensor>>,
  options: TorchLstmOptions = {},
): LstmParameters {
  const { forgetOffset = 1, ...own } = guard.options('torchLstm', options, checks);
  const [input, forget, candidate, output] = torchGates('torchLstm', weights, own, 4).map(summed);
  return { input, forget: { ...forget, b: sub(forget.b, forgetOffset) }, output, candidate };
}

const checks: guard.Checks<TorchLstmOptions> = { ...torchChecks, forgetOffset: guard.finite };
