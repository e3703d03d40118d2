import { add, mul, tanh } from '../../autodiff/index.ts';
import { guard, type Tensor, zeros } from '../../lib/index.ts';
import { cellOf } from '../builtIn.ts';
import type { Cell, Input } from '../cell.ts';
import { type CellOptions, cellOptions, type Gate, initGate, preactivation } from './gate.ts';

export interface CtrnnOptions extends CellOptions {
  /** α, above 0 and at most 1: the time step over the time constant of the units. Default 0.1. */
  readonly leak?: number;
}

/** The check of the leak. */
export const leak = guard.between(Number.MIN_VALUE, 1);

/**
 * The leaky recurrent network (Marschall, Cho & Savin 2020, arXiv 1907.02649; Murray 2019, eLife 8:e43299):
 * the continuous-time recurrent network τ dh/dt = -h + tanh(w·x + u·h + b) in Euler steps of Δt = α τ.
 *
 *     h' = (1-α)∘h + α tanh(w·x + u·h + b)        α = leak
 *
 * `rflo({ leak })` with the same leak is made for it. With a leak of 1 it is `rnn`.
 *
 * State and output are h, of shape [units].
 * @throws ConfigurationError for a leak out of range, bad options or impossible sizes.
 */
export function ctrnn(options: CtrnnOptions): Cell<Gate, Tensor, Input> {
  const { units, leak: alpha = 0.1 } = cellOptions('ctrnn', options, 1, { leak });
  return cellOf({
    name: 'ctrnn',
    outputs: units,
    init: (noise) => initGate('ctrnn', noise, options),
    start: () => zeros([units]),
    step(params, h, x) {
      const next = add(mul(h, 1 - alpha), mul(tanh(preactivation(params, x, h)), alpha));
      return { state: next, output: next };
    },
  });
}
