import type { Tensor } from '../../lib/index.ts';

/** What a step of learning gives. */
export interface Scored {
  /** The loss of the prediction, made before learning from it; the mean over lanes. */
  readonly loss: number;
  /** The prediction; with several lanes, [lanes, ...]. */
  readonly output: Tensor;
}

/** A step whose prediction becomes a tensor when somebody asks for it. A class: an object with a getter of its own is made slowly. */
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
