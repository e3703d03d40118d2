import type { Tensor } from '../../lib/index.ts';

/** The result of `step`. */
export interface Scored {
  /** The loss of the prediction, before learning from it; the mean over lanes. */
  readonly loss: number;
  /** The prediction; with several lanes, [lanes, ...]. */
  readonly output: Tensor;
}

/**
 * A result whose prediction becomes a tensor when it is read. A class, because object literals with getters
 * are slow.
 */
export class LazyScored implements Scored {
  readonly loss: number;
  readonly #predict: () => Tensor;
  #output: Tensor | undefined;

  constructor(loss: number, predict: () => Tensor) {
    this.loss = loss;
    this.#predict = predict;
  }

  get output(): Tensor {
    this.#output ??= this.#predict();
    return this.#output;
  }
}
