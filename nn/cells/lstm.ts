import { add, mul, sigmoid, tanh } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { type CellOptions, cellOptions, type Gate, initGate, preactivation } from './gate.ts';

/** Parameters of a long short-term memory. */
export type LstmParameters = {
  readonly input: Gate;
  readonly forget: Gate;
  readonly output: Gate;
  readonly candidate: Gate;
};

/** Hidden and cell state, each [units]. */
export type LstmState = { readonly h: Tensor; readonly c: Tensor };

export interface LstmOptions extends CellOptions {
  /**
   * Added to the forget gate's pre-activation, beside its trainable bias. Default 1 (Jozefowicz et al. 2015).
   */
  readonly forgetOffset?: number;
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
 * The state is { h, c }; the output is h, of shape [units].
 */
export function lstm(options: LstmOptions): Cell<LstmParameters, LstmState, Input> {
  const { units, forgetOffset = 1 } = cellOptions('lstm', options, 4, { forgetOffset: guard.finite });
  const gate = (noise: Noise) => initGate('lstm', noise, options);
  return cellOf({
    name: 'lstm',
    outputs: units,
    init: (noise) => ({
      input: gate(noise),
      forget: gate(noise),
      output: gate(noise),
      candidate: gate(noise),
    }),
    start: () => ({ h: zeros([units]), c: zeros([units]) }),
    step({ input, forget, output, candidate }, { h, c }, x) {
      const i = sigmoid(preactivation(input, x, h));
      const f = sigmoid(add(preactivation(forget, x, h), forgetOffset));
      const o = sigmoid(preactivation(output, x, h));
      const proposal = tanh(preactivation(candidate, x, h));
      const memory = add(mul(f, c), mul(i, proposal));
      const next = mul(o, tanh(memory));
      return { state: { h: next, c: memory }, output: next };
    },
  });
}
