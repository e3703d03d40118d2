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
import type { Gate } from './gate.ts';

export interface TorchOptions {
  /** The prefix of the names in the state dictionary, such as 'rnn.'. Default: none. */
  readonly prefix?: string;
  /** The layer. Default 0. */
  readonly layer?: number;
}

export const torchChecks: guard.Checks<TorchOptions> = { prefix: guard.string, layer: guard.whole(0) };

/** One gate of a recurrent layer of PyTorch. */
export interface TorchGate {
  readonly w: Tensor;
  readonly u: Tensor;
  /** The bias beside the input weights, [units]. */
  readonly inner: Tensor;
  /** The bias beside the recurrent weights, [units]. */
  readonly outer: Tensor;
}

/**
 * The gates of a recurrent layer of PyTorch, in the order in which its weights hold them, one below the other:
 *
 *     weight_ih_l0 [gates units, inputs], weight_hh_l0 [gates units, units]
 *     bias_ih_l0 and bias_hh_l0 [gates units], which may be missing: they are zero then
 *
 * The names of a cell, such as `nn.LSTMCell`, have no `_l0`.
 * @throws ConfigurationError for a missing tensor or a layer of another kind, ShapeError for a tensor that does
 * not fit.
 */
export function torchGates(
  who: string,
  weights: Readonly<Record<string, Tensor>>,
  { prefix = '', layer = 0 }: TorchOptions,
  gates: number,
): readonly TorchGate[] {
  guard.argument(who, 'weights', weights, guard.record);
  const isCell = Object.hasOwn(weights, `${prefix}weight_ih`);
  const named = (name: string) => `${prefix}${name}${isCell ? '' : `_l${layer}`}`;
  for (const [name, why] of [
    [`${named('weight_ih')}_reverse`, 'it also reads backwards, which a stream cannot'],
    [named('weight_hr'), 'its output is projected (proj_size)'],
  ])
    if (Object.hasOwn(weights, name))
      throw new ConfigurationError(`${who}: weights have ${name}: ${why}; no cell computes that`);
  const part = (name: string, fits: (shape: Shape) => boolean, what: string) => {
    const full = named(name);
    if (!Object.hasOwn(weights, full))
      throw new ConfigurationError(
        `${who}: weights lack ${full}; they have ${Object.keys(weights).slice(0, 12).join(', ') || 'nothing'}`,
      );
    requireTensor(weights[full], `${who}: ${full}`);
    const { shape } = weights[full];
    if (!fits(shape))
      throw new ShapeError(`${who}: ${full} must be ${what}, got shape ${formatShape(shape)}`);
    return weights[full];
  };
  const rows = gates === 1 ? 'units' : `${gates} units`;
  const w = part('weight_ih', (s) => s.length === 2 && s[0] > 0 && s[0] % gates === 0, `[${rows}, inputs]`);
  const units = w.shape[0] / gates;
  const u = part(
    'weight_hh',
    (s) => sameShape(s, [gates * units, units]),
    formatShape([gates * units, units]),
  );
  const bias = (name: string) =>
    Object.hasOwn(weights, named(name))
      ? part(name, (s) => sameShape(s, [gates * units]), formatShape([gates * units]))
      : zeros([gates * units], { dtype: w.dtype === 'float32' ? 'float32' : 'float64' });
  const [inner, outer] = [bias('bias_ih'), bias('bias_hh')];
  const cut = (x: Tensor, at: number) => {
    const rest = x.shape.slice(1);
    return slice(x, [at * units, ...rest.map(() => 0)], [(at + 1) * units, ...rest]);
  };
  return Array.from({ length: gates }, (_, at) => ({
    w: transpose(cut(w, at)),
    u: cut(u, at),
    inner: cut(inner, at),
    outer: cut(outer, at),
  }));
}

/** A gate whose two biases are added up. */
export function summed({ w, u, inner, outer }: TorchGate): Gate {
  return { w, u, b: add(inner, outer) };
}
