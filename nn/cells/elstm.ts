import { add, mul, sigmoid, sub, tanh } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { fanIn, type Initializer, normal } from '../initializers.ts';
import { draw, requireRoom } from '../options.ts';
import { project } from '../project.ts';
import { type CellOptions, cellOptions, type Gate, preactivation } from './gate.ts';

/** The weights of one pre-activation w·x + u∘c + b, whose recurrence is element by element. */
export type ElementwiseGate = Omit<Gate, 'u'> & {
  /** Recurrent weights, one for each unit: [units]. */
  readonly u: Tensor;
};

/** Parameters of an element-wise LSTM. */
export type ElstmParameters = {
  readonly forget: ElementwiseGate;
  readonly candidate: ElementwiseGate;
  /** With an output gate; its u is [units, units]. */
  readonly output?: Gate;
};

export interface ElstmOptions extends CellOptions {
  /**
   * Whether an output gate scales the output, as in the paper's reinforcement learning. Default false, as in
   * its copy task.
   */
  readonly outputGate?: boolean;
}

/**
 * The element-wise LSTM (Irie, Gopalakrishnan & Schmidhuber 2024, arXiv 2305.19044, and the code published with
 * it): a gated memory in which no unit sees another one's past.
 *
 *     f  = σ(w_f·x + u_f∘c + b_f)
 *     c~ = tanh(w_c·x + u_c∘c + b_c)
 *     c' = f∘c + (1-f)∘c~
 *     o  = σ(w_o·x + u_o·c' + b_o)        with an output gate; o = 1 without
 *     h  = o∘c'
 *
 * The recurrence is diagonal, so exact RTRL takes P numbers. All parameters of the recurrence are drawn normal
 * with deviation 0.1, as in that code; those of the output gate uniform within ±1/√(inputs + units), the
 * default of its linear layer.
 *
 * The state is c and the output is h, both of shape [units].
 * @throws ConfigurationError for bad options or impossible sizes.
 */
export function elstm(options: ElstmOptions): Cell<ElstmParameters, Tensor, Input> {
  const own = cellOptions('elstm', options, 0, { outputGate: guard.flag });
  const { inputs, units, outputGate = false, init = {} } = own;
  const gated = outputGate ? units * (inputs + units + 1) : 0;
  requireRoom('elstm', 2 * units * (inputs + 2) + gated, 'use fewer units');
  const parts = (noise: Noise, recurrent: readonly number[], usual: Initializer) => ({
    w: draw('elstm', init.input ?? usual, noise, [inputs, units]),
    u: draw('elstm', init.recurrent ?? usual, noise, recurrent),
    b: draw('elstm', init.bias ?? usual, noise, [units]),
  });
  const elementwise = (noise: Noise) => parts(noise, [units], normal(0.1));
  const seen = (gate: ElementwiseGate, x: Input, c: Tensor) => {
    guard.argument('elstm.step', 'its part of params', gate, guard.record);
    return add(add(project(x, gate.w), mul(gate.u, c)), gate.b);
  };
  return cellOf({
    name: 'elstm',
    outputs: units,
    init: (noise) => ({
      forget: elementwise(noise),
      candidate: elementwise(noise),
      ...(outputGate && { output: parts(noise, [units, units], fanIn(inputs + units)) }),
    }),
    start: () => zeros([units]),
    step({ forget, candidate, output }, c, x) {
      const f = sigmoid(seen(forget, x, c));
      const proposal = tanh(seen(candidate, x, c));
      const memory = add(mul(f, c), mul(sub(1, f), proposal));
      if (output === undefined) return { state: memory, output: memory };
      return { state: memory, output: mul(sigmoid(preactivation(output, x, memory)), memory) };
    },
  });
}
