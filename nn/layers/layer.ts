import type { Noise, Tensor } from '../../lib/index.ts';

/** A function with parameters and without state. */
export interface Layer<P, X> {
  readonly name: string;
  /** The length of the input vector, if the options fix it. */
  readonly inputs?: number;
  /** The length of its output vector. */
  readonly outputs: number;
  /** Initial parameters for inputs of the given length. */
  init(noise: Noise, inputs: number): P;
  apply(params: P, input: X): Tensor;
}
