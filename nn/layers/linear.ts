import { add, matmul } from '../../autodiff/index.ts';
import { guard, type Tensor, zeros } from '../../lib/index.ts';
import { layerOf } from '../builtIn.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { draw, requireRoom, size } from '../options.ts';
import type { Layer } from './layer.ts';

/** w [outputs, inputs] and b [outputs]. */
export type LinearParameters = { readonly w: Tensor; readonly b: Tensor };

export interface LinearOptions {
  readonly outputs: number;
  /** Default: the length of the cell's output. */
  readonly inputs?: number;
  /** How w is drawn; b is then zero. Default: both uniform within ±1/√inputs. */
  readonly init?: Initializer;
}

/** The affine map w·x + b of a vector [inputs]. */
export function linear(options: LinearOptions): Layer<LinearParameters, Tensor> {
  const { outputs, inputs: fixed, init } = guard.options('linear', options, checks, 'linear({ outputs: 2 })');
  requireRoom('linear', outputs * ((fixed ?? 1) + 1), 'use fewer outputs');
  return layerOf({
    name: 'linear',
    outputs,
    ...(fixed === undefined ? {} : { inputs: fixed }),
    init(noise, inputs) {
      requireRoom('linear', outputs * (inputs + 1), 'use fewer outputs, or fewer inputs');
      const initial = init ?? fanIn(inputs);
      const w = draw('linear', initial, noise, [outputs, inputs]);
      return { w, b: init ? zeros([outputs]) : draw('linear', initial, noise, [outputs]) };
    },
    apply: ({ w, b }, x) => add(matmul(w, x), b),
  });
}

const checks: guard.Checks<LinearOptions> = { outputs: size, inputs: guard.count, init: guard.callable };
