import { guard, type Tensor } from '../../lib/index.ts';
import type { CudnnGruParameters } from './cudnnGru.ts';
import { summed, type TorchOptions, torchChecks, torchGates } from './torchWeights.ts';

/**
 * The parameters of a `cudnnGru` from the state dictionary of a PyTorch `nn.GRU` or `nn.GRUCell`, as
 * `readSafetensors` reads it:
 *
 *     weight_ih_l0 [3 units, inputs]   w of r, z and n, one below the other
 *     weight_hh_l0 [3 units, units]    u of r, z and n
 *     bias_ih_l0   [3 units]           added to bias_hh_l0 for r and z; b of n
 *     bias_hh_l0   [3 units]           c of n
 *
 * The names of an `nn.GRUCell` have no `_l0`. Without biases they are zero. The result predicts as the original
 * does; because two biases have become one, plain gradient descent moves it half as fast as both together.
 * @throws ConfigurationError for a missing tensor or a layer that also reads backwards, ShapeError for a tensor
 * that does not fit.
 */
export function torchGru(
  weights: Readonly<Record<string, Tensor>>,
  options: TorchOptions = {},
): CudnnGruParameters {
  const [r, z, n] = torchGates('torchGru', weights, guard.options('torchGru', options, torchChecks), 3);
  return {
    reset: summed(r),
    update: summed(z),
    candidate: { w: n.w, u: n.u, b: n.inner, c: n.outer },
  };
}
