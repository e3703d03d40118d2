import { add, mul, sigmoid, sub, tanh } from '../../autodiff/index.ts';
import { type Tensor, zeros } from '../../lib/index.ts';
import type { Cell, Input } from '../cell.ts';
import { requireSizes } from '../options.ts';
import { type CellOptions, type Gate, initGate, preactivation } from './gate.ts';

/** Parameters of a gated recurrent unit. */
export type GruParameters = { readonly reset: Gate; readonly update: Gate; readonly candidate: Gate };

/**
 * The gated recurrent unit (Cho et al. 2014, eqs. 5-8; here, as in the code of Tallec & Ollivier 2017, z weighs the candidate):
 *
 *     r  = σ(w_r·x + u_r·h + b_r)
 *     z  = σ(w_z·x + u_z·h + b_z)
 *     h~ = tanh(w_h·x + u_h·(r∘h) + b_h)
 *     h' = z∘h~ + (1-z)∘h
 *
 * State and output are h, of shape [units].
 */
export function gru(options: CellOptions): Cell<GruParameters, Tensor, Input> {
  const { inputs, units } = options;
  requireSizes('gru', { inputs, units });
  return {
    name: 'gru',
    outputs: units,
    init: (noise) => ({ reset: initGate(noise, options), update: initGate(noise, options), candidate: initGate(noise, options) }),
    start: () => zeros([units]),
    step({ reset, update, candidate }, h, x) {
      const r = sigmoid(preactivation(reset, x, h));
      const z = sigmoid(preactivation(update, x, h));
      const proposal = tanh(preactivation(candidate, x, mul(r, h)));
      const next = add(mul(z, proposal), mul(sub(1, z), h));
      return { state: next, output: next };
    },
  };
}
