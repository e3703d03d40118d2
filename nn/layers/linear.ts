import { add, matmul } from '../../autodiff/index.ts';
import { type Tensor, zeros } from '../../lib/index.ts';
import { fanIn, type Initializer } from '../initializers.ts';
import { requireSizes } from '../options.ts';
import type { Layer } from './layer.ts';

/** w [outputs, inputs] and b [outputs]. */
export type LinearParameters = { readonly w: Tensor; readonly b: Tensor };

export interface LinearOptions {
  readonly outputs: number;
  /** Taken from the cell when it is left out. */
  readonly inputs?: number;
  /** How w is drawn, b being zero then; by default both are uniform within ±1/√inputs. */
  readonly init?: Initializer;
}

/** The affine map w·x + b of a vector [inputs]. */
export function linear({ outputs, inputs: fixed, init }: LinearOptions): Layer<LinearParameters, Tensor> {
  requireSizes('linear', fixed === undefined ? { outputs } : { outputs, inputs: fixed });
  return {
    name: 'linear',
    outputs,
    ...(fixed === undefined ? {} : { inputs: fixed }),
    init(noise, inputs) {
      const draw = init ?? fanIn(inputs);
      return { w: draw(noise, [outputs, inputs]), b: init ? zeros([outputs]) : draw(noise, [outputs]) };
    },
    apply: ({ w, b }, x) => add(matmul(w, x), b),
  };
}
