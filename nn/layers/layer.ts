import type { Noise, Tensor } from '../../lib/index.ts';

/** A function with parameters and without memory. */
export interface Layer<P, X> {
  readonly name: string;
  /** The length of its input vector, when it is fixed by the options. */
  readonly inputs?: number;
  /** The length of its output vector. */
  readonly outputs: number;
  /** Initial parameters for inputs of the given length. */
  init(noise: Noise, inputs: number): P;
  apply(params: P, input: X): Tensor;
}
