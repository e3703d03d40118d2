import { add, mul, sigmoid, sub, tanh } from '../../autodiff/index.ts';
import { type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { cellOptions, type Gate, type GatedOptions, initGate, norm, preactivation } from './gate.ts';

/** Parameters of a minimal gated unit. */
export type MguParameters = { readonly forget: Gate; readonly candidate: Gate };

/**
 * The minimal gated unit (Zhou, Wu, Zhang & Zhou 2016, arXiv:1603.09420): a gated recurrent unit whose reset
 * and update gates are one, so that it has two thirds of the parameters.
 *
 *     f  = σ(w_f·x + u_f·h + b_f)
 *     h~ = tanh(w_h·x + u_h·(f∘h) + b_h)
 *     h' = (1-f)∘h + f∘h~
 *
 * With `norm: 'rms'` the sum before each bias is normalised (`GatedOptions`).
 *
 * State and output are h, of shape [units].
 * @throws ConfigurationError for bad options or impossible sizes.
 */
export function mgu(options: GatedOptions): Cell<MguParameters, Tensor, Input> {
  const { units } = cellOptions('mgu', options, 2, { norm });
  const gate = (noise: Noise) => initGate('mgu', noise, options);
  return cellOf({
    name: 'mgu',
    outputs: units,
    init: (noise) => ({ forget: gate(noise), candidate: gate(noise) }),
    start: () => zeros([units]),
    step({ forget, candidate }, h, x) {
      const f = sigmoid(preactivation(forget, x, h));
      const proposal = tanh(preactivation(candidate, x, mul(f, h)));
      const next = add(mul(sub(1, f), h), mul(f, proposal));
      return { state: next, output: next };
    },
  });
}
