import { add, mul, relu, tanh } from '../../autodiff/index.ts';
import { guard, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { draw, requireRoom } from '../options.ts';
import { project } from '../project.ts';
import { type CellOptions, cellOptions } from './gate.ts';

/** Parameters of an independently recurrent network. */
export type IndrnnParameters = {
  /** Input weights, [inputs, units]. */
  readonly w: Tensor;
  /** Recurrent weights, one for each unit: [units]. */
  readonly u: Tensor;
  /** Bias, [units]. */
  readonly b: Tensor;
};

export interface IndrnnOptions extends CellOptions {
  /** `relu` (default, as published) or `tanh`. */
  readonly activation?: 'relu' | 'tanh';
}

const activations = { relu, tanh } as const;
const unitInterval: Initializer = (noise, shape) => noise.uniform(shape);

/**
 * The independently recurrent network (Li, Li, Cook, Zhu & Gao 2018, arXiv 1803.04831, eq. 2):
 *
 *     h' = act(w·x + u∘h + b)
 *
 * Each unit sees only its own past; units mix in the readout. ∂h'/∂h is diagonal, so exact RTRL takes P
 * numbers.
 *
 * w and b are drawn uniform within ±1/√inputs, u uniform in [0, 1]: the paper draws u in [0, 2^(1/T)] for
 * sequences of T steps (section 4.1), and an endless stream is the limit. The paper also bounds |u| during
 * training; we leave that to the user.
 *
 * State and output are h, of shape [units].
 * @throws ConfigurationError for an unknown activation, or sizes that are not whole numbers above zero.
 */
export function indrnn(options: IndrnnOptions): Cell<IndrnnParameters, Tensor, Input> {
  const more = { activation: guard.oneOf(...Object.keys(activations)) };
  const { inputs, units, init = {}, activation = 'relu' } = cellOptions('indrnn', options, 0, more);
  requireRoom('indrnn', units * (inputs + 2), 'use fewer units');
  const act = activations[activation];
  return cellOf({
    name: 'indrnn',
    outputs: units,
    init: (noise) => ({
      w: draw('indrnn', init.input ?? fanIn(inputs), noise, [inputs, units]),
      u: draw('indrnn', init.recurrent ?? unitInterval, noise, [units]),
      b: draw('indrnn', init.bias ?? fanIn(inputs), noise, [units]),
    }),
    start: () => zeros([units]),
    step({ w, u, b }, h, x) {
      const next = act(add(add(project(x, w), mul(u, h)), b));
      return { state: next, output: next };
    },
  });
}
