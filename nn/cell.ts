import type { Noise, Tensor } from '../lib/index.ts';

/**
 * A recurrent network: o_t, s_t = f_θ(x_t, s_{t-1}).
 *
 * P, S and X are trees of tensors: parameters, state, and input. Each function is pure; a cell is written for one stream,
 * and learners run it on several lanes.
 */
export interface Cell<P, S, X> {
  readonly name: string;
  /** The length of the output vector, where a readout may ask for it. */
  readonly outputs?: number;
  /** Initial parameters, drawn from noise. */
  init(noise: Noise): P;
  /** The state before the first input. */
  start(): S;
  /** One step of time, written with operations from autodiff. It must not draw noise or keep anything between calls. */
  step(params: P, state: S, input: X): { state: S; output: Tensor };
}

/** The input of a cell with `inputs` channels: a vector [inputs], or the class index of a one-hot one (a number or an int32 scalar). */
export type Input = Tensor | number;
