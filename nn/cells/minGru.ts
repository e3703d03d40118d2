import { add, mul, sigmoid, sub } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { fanIn } from '../initializers.ts';
import { draw, requireRoom } from '../options.ts';
import { project } from '../project.ts';
import { type CellOptions, cellOptions, type Gate } from './gate.ts';

/** Weights [inputs, units] and bias [units] of w·x + b. */
type InputGate = Omit<Gate, 'u'>;

/** Parameters of a minGRU. */
export type MinGruParameters = { readonly update: InputGate; readonly candidate: InputGate };

/**
 * The minGRU (Feng, Tung, Ahmed, Bengio & Hajimirsadegh 2024, arXiv 2410.01201): a gated recurrent unit whose
 * gate and candidate do not see the state.
 *
 *     z  = σ(w_z·x + b_z)
 *     h~ = w_h·x + b_h
 *     h' = (1-z)∘h + z∘h~
 *
 * The recurrence is linear and diagonal, so exact RTRL takes P numbers. Parameters are drawn uniform within
 * ±1/√inputs; there are no recurrent weights, and `init.recurrent` is not used.
 *
 * State and output are h, of shape [units].
 * @throws ConfigurationError for bad options or impossible sizes.
 */
export function minGru(options: CellOptions): Cell<MinGruParameters, Tensor, Input> {
  const { inputs, units, init = {} } = cellOptions('minGru', options, 0);
  requireRoom('minGru', 2 * units * (inputs + 1), 'use fewer units');
  const gate = (noise: Noise) => ({
    w: draw('minGru', init.input ?? fanIn(inputs), noise, [inputs, units]),
    b: draw('minGru', init.bias ?? fanIn(inputs), noise, [units]),
  });
  const affine = (part: InputGate, x: Input) => {
    guard.argument('minGru.step', 'its part of params', part, guard.record);
    return add(project(x, part.w), part.b);
  };
  return cellOf({
    name: 'minGru',
    outputs: units,
    init: (noise) => ({ update: gate(noise), candidate: gate(noise) }),
    start: () => zeros([units]),
    step({ update, candidate }, h, x) {
      const z = sigmoid(affine(update, x));
      const proposal = affine(candidate, x);
      const next = add(mul(sub(1, z), h), mul(z, proposal));
      return { state: next, output: next };
    },
  });
}
