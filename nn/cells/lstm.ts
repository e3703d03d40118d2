import { add, mul, sigmoid, sub, tanh } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { cellOptions, type Gate, type GatedOptions, initGate, norm, preactivation } from './gate.ts';

/** Parameters of a long short-term memory with coupled gates. */
export type CoupledLstmParameters = {
  readonly forget: Gate;
  readonly output: Gate;
  readonly candidate: Gate;
};

/** Parameters of a long short-term memory. */
export type LstmParameters = CoupledLstmParameters & { readonly input: Gate };

/** Hidden and cell state, each [units]. */
export type LstmState = { readonly h: Tensor; readonly c: Tensor };

export interface LstmOptions extends GatedOptions {
  /**
   * Added to the forget gate's pre-activation, beside its trainable bias. Default 1 (Jozefowicz et al. 2015).
   */
  readonly forgetOffset?: number;
  /**
   * Whether the input gate is 1 - f, without parameters of its own (Greff et al. 2017, variant CIFG). Default
   * false.
   */
  readonly coupled?: boolean;
}

/**
 * The long short-term memory with a forget gate and without peepholes (Gers, Schmidhuber & Cummins 2000):
 *
 *     i  = σ(w_i·x + u_i·h + b_i)
 *     f  = σ(w_f·x + u_f·h + b_f + forgetOffset)
 *     o  = σ(w_o·x + u_o·h + b_o)
 *     c~ = tanh(w_c·x + u_c·h + b_c)
 *     c' = f∘c + i∘c~
 *     h' = o∘tanh(c')
 *
 * With coupled gates i = 1 - f, and c' is a running mean of candidates, so that |c'| stays below 1. With
 * `norm: 'rms'` the sum before each bias is normalised (`GatedOptions`).
 *
 * The state is { h, c }; the output is h, of shape [units].
 */
export function lstm(
  options: LstmOptions & { readonly coupled: true },
): Cell<CoupledLstmParameters, LstmState, Input>;
export function lstm(
  options: LstmOptions & { readonly coupled?: false },
): Cell<LstmParameters, LstmState, Input>;
export function lstm(options: LstmOptions): Cell<CoupledLstmParameters | LstmParameters, LstmState, Input>;
export function lstm(
  options: LstmOptions,
): Cell<CoupledLstmParameters & Partial<LstmParameters>, LstmState, Input> {
  const more = { forgetOffset: guard.finite, coupled: guard.flag, norm };
  const isCoupled = options?.coupled === true;
  const { units, forgetOffset = 1 } = cellOptions('lstm', options, isCoupled ? 3 : 4, more);
  const gate = (noise: Noise) => initGate('lstm', noise, options);
  return cellOf({
    name: 'lstm',
    outputs: units,
    init: (noise) => ({
      ...(!isCoupled && { input: gate(noise) }),
      forget: gate(noise),
      output: gate(noise),
      candidate: gate(noise),
    }),
    start: () => ({ h: zeros([units]), c: zeros([units]) }),
    step({ input, forget, output, candidate }, { h, c }, x) {
      const own = input && sigmoid(preactivation(input, x, h));
      const f = sigmoid(add(preactivation(forget, x, h), forgetOffset));
      const i = own ?? sub(1, f);
      const o = sigmoid(preactivation(output, x, h));
      const proposal = tanh(preactivation(candidate, x, h));
      const memory = add(mul(f, c), mul(i, proposal));
      const next = mul(o, tanh(memory));
      return { state: { h: next, c: memory }, output: next };
    },
  });
}
