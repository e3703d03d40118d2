import { add, matmul, mul, sigmoid, sub, tanh } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { fanIn } from '../initializers.ts';
import { draw } from '../options.ts';
import { project } from '../project.ts';
import { type CellOptions, cellOptions, type Gate, initGate, preactivation } from './gate.ts';

/** Parameters of a gated recurrent unit whose reset gate acts after the product. */
export type CudnnGruParameters = {
  readonly reset: Gate;
  readonly update: Gate;
  readonly candidate: Omit<Gate, 'g'> & {
    /** The bias inside the reset gate's reach, [units]. */
    readonly c: Tensor;
  };
};

/**
 * The gated recurrent unit as cuDNN, PyTorch's `nn.GRU` and Keras' `reset_after` compute it: the reset gate acts
 * after the recurrent product, and z weighs the old state (equations as documented for torch.nn.GRU).
 *
 *     r  = σ(w_r·x + u_r·h + b_r)
 *     z  = σ(w_z·x + u_z·h + b_z)
 *     n  = tanh(w_n·x + b_n + r∘(u_n·h + c_n))
 *     h' = (1-z)∘n + z∘h
 *
 * Every parameter of a gate acts on its own unit alone, unlike in `gru`, whose reset gate reaches all units: so
 * each has one immediate effect, and SnAp-1 keeps one number per parameter. `torchGru` reads PyTorch's weights,
 * whose two biases of r and of z are added up here.
 *
 * State and output are h, of shape [units].
 * @throws ConfigurationError for bad options or impossible sizes.
 */
export function cudnnGru(options: CellOptions): Cell<CudnnGruParameters, Tensor, Input> {
  const { units, init = {} } = cellOptions('cudnnGru', options, 3);
  const gate = (noise: Noise) => initGate('cudnnGru', noise, options);
  return cellOf({
    name: 'cudnnGru',
    outputs: units,
    init: (noise) => ({
      reset: gate(noise),
      update: gate(noise),
      candidate: { ...gate(noise), c: draw('cudnnGru', init.bias ?? fanIn(units), noise, [units]) },
    }),
    start: () => zeros([units]),
    step({ reset, update, candidate }, h, x) {
      guard.argument('cudnnGru.step', 'params.candidate', candidate, guard.record);
      const r = sigmoid(preactivation(reset, x, h));
      const z = sigmoid(preactivation(update, x, h));
      const { w, u, b, c } = candidate;
      const proposal = tanh(add(add(project(x, w), b), mul(r, add(matmul(u, h), c))));
      const next = add(mul(sub(1, z), proposal), mul(z, h));
      return { state: next, output: next };
    },
  });
}
