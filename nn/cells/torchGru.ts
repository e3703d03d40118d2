import { add, slice, transpose } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  formatShape,
  guard,
  requireTensor,
  type Shape,
  ShapeError,
  sameShape,
  type Tensor,
  zeros,
} from '../../lib/index.ts';
import type { CudnnGruParameters } from './cudnnGru.ts';

export interface TorchGruOptions {
  /** What the names begin with in the state dictionary, such as 'rnn.'. Default: nothing. */
  readonly prefix?: string;
  /** The layer. Default 0. */
  readonly layer?: number;
}

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
 * @throws ConfigurationError for a missing tensor, ShapeError for one that does not fit.
 */
export function torchGru(
  weights: Readonly<Record<string, Tensor>>,
  options: TorchGruOptions = {},
): CudnnGruParameters {
  guard.argument('torchGru', 'weights', weights, guard.record);
  const { prefix = '', layer = 0 } = guard.options('torchGru', options, checks);
  const isCell = Object.hasOwn(weights, `${prefix}weight_ih`);
  const named = (name: string) => `${prefix}${name}${isCell ? '' : `_l${layer}`}`;
  const part = (name: string, fits: (shape: Shape) => boolean, what: string) => {
    const full = named(name);
    if (!Object.hasOwn(weights, full))
      throw new ConfigurationError(
        `torchGru: weights lack ${full}; they have ${Object.keys(weights).slice(0, 12).join(', ') || 'nothing'}`,
      );
    requireTensor(weights[full], `torchGru: ${full}`);
    const { shape } = weights[full];
    if (!fits(shape))
      throw new ShapeError(`torchGru: ${full} must be ${what}, got shape ${formatShape(shape)}`);
    return weights[full];
  };
  const w = part('weight_ih', (s) => s.length === 2 && s[0] > 0 && s[0] % 3 === 0, '[3 units, inputs]');
  const units = w.shape[0] / 3;
  const u = part('weight_hh', (s) => sameShape(s, [3 * units, units]), formatShape([3 * units, units]));
  const bias = (name: string) =>
    Object.hasOwn(weights, named(name))
      ? part(name, (s) => sameShape(s, [3 * units]), formatShape([3 * units]))
      : zeros([3 * units], { dtype: w.dtype === 'float32' ? 'float32' : 'float64' });
  const [inner, outer] = [bias('bias_ih'), bias('bias_hh')];
  const third = (x: Tensor, at: number) => {
    const rest = x.shape.slice(1);
    return slice(x, [at * units, ...rest.map(() => 0)], [(at + 1) * units, ...rest]);
  };
  const gate = (at: number) => ({ w: transpose(third(w, at)), u: third(u, at) });
  const summed = (at: number) => ({ ...gate(at), b: add(third(inner, at), third(outer, at)) });
  return {
    reset: summed(0),
    update: summed(1),
    candidate: { ...gate(2), b: third(inner, 2), c: third(outer, 2) },
  };
}

const checks: guard.Checks<TorchGruOptions> = { prefix: guard.string, layer: guard.whole(0) };
