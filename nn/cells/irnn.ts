import { relu } from '../../autodiff/index.ts';
import { fromData, guard, type Tensor, viewOf, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { filled, type Initializer, normal } from '../initializers.ts';
import { type CellOptions, cellOptions, type Gate, initGate, preactivation } from './gate.ts';

export interface IrnnOptions extends CellOptions {
  /** The diagonal of the initial recurrent weights. Default 1; smaller for short memory. */
  readonly scale?: number;
}

/**
 * The recurrent network of rectified linear units that starts at the identity (Le, Jaitly & Hinton 2015,
 * arXiv 1504.00941):
 *
 *     h' = relu(w·x + u·h + b)        u starts at scale × identity, b at 0, w at normal(0.001)
 *
 * At the start each unit adds up its inputs, and derivatives pass unchanged through time. On an endless stream
 * the sum grows without bound if inputs have a mean: give a `scale` below 1.
 *
 * State and output are h, of shape [units].
 * @throws ConfigurationError for bad options or impossible sizes.
 */
export function irnn(options: IrnnOptions): Cell<Gate, Tensor, Input> {
  const { inputs, units, scale = 1, init } = cellOptions('irnn', options, 1, { scale: guard.finite });
  const identity: Initializer = () => scaledIdentity(units, scale);
  const published = { input: normal(0.001), recurrent: identity, bias: filled(0), ...init };
  return cellOf({
    name: 'irnn',
    outputs: units,
    init: (noise) => initGate('irnn', noise, { inputs, units, init: published }),
    start: () => zeros([units]),
    step(params, h, x) {
      const next = relu(preactivation(params, x, h));
      return { state: next, output: next };
    },
  });
}

/**
 * The identity times a number, as a view of 2 units - 1 numbers whose rows are one place apart: a summary of a
 * cell too large for memory allocates no matrix.
 */
function scaledIdentity(units: number, scale: number): Tensor {
  const diagonals = new Float64Array(2 * units - 1);
  diagonals[units - 1] = scale;
  return viewOf(fromData(diagonals, [diagonals.length]).toNdarray(), [units, units], [1, -1], units - 1);
}
