import { ConfigurationError, guard } from '../../lib/index.ts';
import type { Cost, Sizes } from './cost.ts';
import { type Estimator, steps } from './estimator.ts';
import { carryNothing } from './nothing.ts';

export interface BpttOptions {
  /** Number of steps in a sequence. */
  readonly length: number;
}

export interface TbpttOptions {
  /** Number of steps that losses are pulled back through. */
  readonly window: number;
  /** Number of steps between updates; the window by default. */
  readonly stride?: number;
}

export const bpttOptions = {
  length: guard.setting(guard.needed(steps), 'the length of a sequence', 'window'),
} satisfies guard.Checks<BpttOptions>;

export const tbpttOptions = {
  window: guard.setting(guard.needed(steps), 'steps that are differentiated together', 'window'),
  stride: guard.setting(steps, 'steps between updates, the window if left out', 'stride'),
} satisfies guard.Checks<TbpttOptions>;

/**
 * Backpropagation through time over whole sequences of `length` steps: exact.
 *
 * After each sequence the parameters are updated with the gradient of the sum of its losses. The next
 * sequence begins in the start state. It holds `length` steps in memory.
 */
export function bptt(options: BpttOptions): Estimator {
  const { length } = guard.options('bptt', options, bpttOptions, 'bptt({ length: 20 })');
  const cost = ({ state, parameters }: Sizes): Cost => ({ time: 3 * parameters, memory: length * state });
  return {
    name: 'bptt',
    bias: 'none',
    settings: { length },
    window: length,
    stride: length,
    restarts: true,
    joint: false,
    cost,
    bind: ({ sizes }) => carryNothing(cost(sizes)),
  };
}

/**
 * Truncated backpropagation through time, BPTT(window; stride) of Williams & Peng (1990): every `stride`
 * steps, the losses of those steps are pulled back through the last `window` steps. Biased: dependencies
 * further back are ignored.
 *
 * With stride = window, the default, blocks follow each other, as in Tallec & Ollivier (2017). It holds
 * `window` steps in memory.
 */
export function tbptt(options: TbpttOptions): Estimator {
  const { window, stride = window } = guard.options('tbptt', options, tbpttOptions, 'tbptt({ window: 20 })');
  if (stride > window) throw new ConfigurationError(`tbptt: stride must be at most ${window}, got ${stride}`);
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: parameters * (1 + (2 * window) / stride),
    memory: window * state,
  });
  return {
    name: 'tbptt',
    bias: 'truncated',
    settings: { window, stride },
    window,
    stride,
    restarts: false,
    joint: false,
    cost,
    bind: ({ sizes }) => carryNothing(cost(sizes)),
  };
}
