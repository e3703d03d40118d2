import { guard, type Tensor } from '../../lib/index.ts';
import type { Gate } from './gate.ts';
import { summed, type TorchOptions, torchChecks, torchGates } from './torchWeights.ts';

/**
 * The parameters of an `rnn`, or of an `irnn` for `nonlinearity='relu'`, from the state dictionary of a PyTorch
 * `nn.RNN` or `nn.RNNCell`, as `readSafetensors` reads it:
 *
 *     weight_ih_l0 [units, inputs]   w
 *     weight_hh_l0 [units, units]    u
 *     bias_ih_l0   [units]           added to bias_hh_l0
 *
 * The names of an `nn.RNNCell` have no `_l0`. Without biases they are zero. The result predicts as the original
 * does; because two biases have become one, plain gradient descent moves it half as fast as both together.
 * @throws ConfigurationError for a missing tensor or a layer that also reads backwards, ShapeError for a tensor
 * that does not fit.
 */
export function torchRnn(weights: Readonly<Record<string, Tensor>>, options: TorchOptions = {}): Gate {
  const [gate] = torchGates('torchRnn', weights, guard.options('torchRnn', options, torchChecks), 1);
  return summed(gate);
}
