import { tanh } from '../../autodiff/index.ts';
import { type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { cellOptions, type Gate, type GatedOptions, initGate, norm, preactivation } from './gate.ts';

/**
 * The simple recurrent network (Elman 1990):
 *
 *     h' = tanh(w·x + u·h + b)
 *
 * With `norm: 'rms'` the sum before the bias is normalised (`GatedOptions`).
 *
 * State and output are h, of shape [units].
 */
export function rnn(options: GatedOptions): Cell<Gate, Tensor, Input> {
  const { units } = cellOptions('rnn', options, 1, { norm });
  return cellOf({
    name: 'rnn',
    outputs: units,
    init: (noise) => initGate('rnn', noise, options),
    start: () => zeros([units]),
    step(params, h, x) {
      const next = tanh(preactivation(params, x, h));
      return { state: next, output: next };
    },
  });
}
