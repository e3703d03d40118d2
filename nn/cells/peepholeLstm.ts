import { add, mul, sigmoid, tanh } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { fanIn } from '../initializers.ts';
import { draw } from '../options.ts';
import { type CellOptions, cellOptions, type Gate, initGate, preactivation } from './gate.ts';
import type { LstmState } from './lstm.ts';

/** A gate that also sees its unit's own memory. */
export type PeepholeGate = Gate & {
  /** Peephole weights, one for each unit: [units]. */
  readonly p: Tensor;
};

/** Parameters of a long short-term memory with peepholes. */
export type PeepholeLstmParameters = {
  readonly input: PeepholeGate;
  readonly forget: PeepholeGate;
  readonly output: PeepholeGate;
  readonly candidate: Gate;
};

export interface PeepholeLstmOptions extends CellOptions {
  /** Added to the forget gate's pre-activation, beside its trainable bias. Default 1, as in `lstm`. */
  readonly forgetOffset?: number;
}

/**
 * The long short-term memory with peepholes (Gers, Schraudolph & Schmidhuber 2002, JMLR 3:115-143; Graves 2013,
 * arXiv 1308.0850, eqs. 7-11): each gate also sees the memory of its own unit, the output gate the new one.
 *
 *     i  = σ(w_i·x + u_i·h + p_i∘c + b_i)
 *     f  = σ(w_f·x + u_f·h + p_f∘c + b_f + forgetOffset)
 *     c~ = tanh(w_c·x + u_c·h + b_c)
 *     c' = f∘c + i∘c~
 *     o  = σ(w_o·x + u_o·h + p_o∘c' + b_o)
 *     h' = o∘tanh(c')
 *
 * Peepholes are drawn like the biases. The state is { h, c }; the output is h, of shape [units].
 * @throws ConfigurationError for bad options or impossible sizes.
 */
export function peepholeLstm(options: PeepholeLstmOptions): Cell<PeepholeLstmParameters, LstmState, Input> {
  const own = cellOptions('peepholeLstm', options, 4, { forgetOffset: guard.finite });
  const { units, forgetOffset = 1, init = {} } = own;
  const gate = (noise: Noise) => initGate('peepholeLstm', noise, options);
  const peephole = (noise: Noise) => ({
    ...gate(noise),
    p: draw('peepholeLstm', init.bias ?? fanIn(units), noise, [units]),
  });
  const seeing = (own: PeepholeGate, x: Input, h: Tensor, c: Tensor) =>
    add(preactivation(own, x, h), mul(own.p, c));
  return cellOf({
    name: 'peepholeLstm',
    outputs: units,
    init: (noise) => ({
      input: peephole(noise),
      forget: peephole(noise),
      output: peephole(noise),
      candidate: gate(noise),
    }),
    start: () => ({ h: zeros([units]), c: zeros([units]) }),
    step({ input, forget, output, candidate }, { h, c }, x) {
      const i = sigmoid(seeing(input, x, h, c));
      const f = sigmoid(add(seeing(forget, x, h, c), forgetOffset));
      const proposal = tanh(preactivation(candidate, x, h));
      const memory = add(mul(f, c), mul(i, proposal));
      const o = sigmoid(seeing(output, x, h, memory));
      const next = mul(o, tanh(memory));
      return { state: { h: next, c: memory }, output: next };
    },
  });
}
