import { add, mul, sigmoid, sub, tanh } from '../../autodiff/index.ts';
import { type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { cellOptions, type Gate, type GatedOptions, initGate, norm, preactivation } from './gate.ts';

/** Parameters of a gated recurrent unit. */
export type GruParameters = {
  readonly reset: Gate;
  readonly update: Gate;
  readonly candidate: Gate;
};

/**
 * The gated recurrent unit (Cho et al. 2014, eqs. 5-8; z weighs the candidate, as in the code of Tallec &
 * Ollivier 2017):
 *
 *     r  = σ(w_r·x + u_r·h + b_r)
 *     z  = σ(w_z·x + u_z·h + b_z)
 *     h~ = tanh(w_h·x + u_h·(r∘h) + b_h)
 *     h' = z∘h~ + (1-z)∘h
 *
 * With `norm: 'rms'` the sum before each bias is normalised (`GatedOptions`).
 *
 * State and output are h, of shape [units].
 */
export function gru(options: GatedOptions): Cell<GruParameters, Tensor, Input> {
  const { units } = cellOptions('gru', options, 3, { norm });
  const gate = (noise: Noise) => initGate('gru', noise, options);
  return cellOf({
    name: 'gru',
    outputs: units,
    init: (noise) => ({
      reset: gate(noise),
      update: gate(noise),
      candidate: gate(noise),
    }),
    start: () => zeros([units]),
    step({ reset, update, candidate }, h, x) {
      const r = sigmoid(preactivation(reset, x, h));
      const z = sigmoid(preactivation(update, x, h));
      const proposal = tanh(preactivation(candidate, x, mul(r, h)));
      const next = add(mul(z, proposal), mul(sub(1, z), h));
      return { state: next, output: next };
    },
  });
}
