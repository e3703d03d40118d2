import { grad } from '../../autodiff/index.ts';
import { ConfigurationError, full, guard, type Tensor, type Tree } from '../../lib/index.ts';
import { type Estimator, steps } from './rule/estimator.ts';
import { type Growth, grow, isGrowth, lengthAt } from './rule/grow.ts';
import { carryNothing } from './rule/nothing.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { Moment } from './step/moment.ts';

export interface BpttOptions {
  /** Number of steps in a sequence. */
  readonly length: number;
}

export interface TbpttOptions {
  /** Number of steps that losses are pulled back through, or `grow(from, to)`. */
  readonly window: number | Growth;
  /** Number of steps between updates; the window by default, and always while that grows. */
  readonly stride?: number;
  /** The length of the first windows, as a number beside `window`: `grow(windowFrom, window)`. */
  readonly windowFrom?: number;
  /**
   * The parameters at which the steps of the window are differentiated. `visited`, the default: each at those of its
   * own time. `current`: all at today's, by a replay of the window from its first state at every step; for a stride
   * of 1.
   */
  readonly parameters?: 'visited' | 'current';
}

export const bpttOptions = {
  length: guard.setting(guard.needed(steps), 'the length of a sequence', 'window'),
} satisfies guard.Checks<BpttOptions>;

export const tbpttOptions = {
  window: guard.setting(
    guard.needed({
      ...steps,
      what: `${steps.what}, or grow(4, 16)`,
      holds: (value: unknown) => steps.holds(value) || isGrowth(value),
    }),
    'steps that are differentiated together',
    'window',
  ),
  windowFrom: guard.setting(
    steps,
    'steps in the first windows, which then double until they are as long as the window; the window if left out',
    'windowFrom',
  ),
  stride: guard.setting(steps, 'steps between updates, the window if left out', 'stride'),
  parameters: guard.setting(
    guard.oneOf('visited', 'current'),
    'whether the steps of a window are replayed at the parameters of today',
    'replay-at',
  ),
} satisfies guard.Checks<TbpttOptions>;

/**
 * Backpropagation through time over whole sequences of `length` steps: exact.
 *
 * After each sequence the parameters are updated with the gradient of the sum of its losses. The next
 * sequence begins in the start state. It holds `length` steps in memory.
 */
export function bptt(options: BpttOptions): Estimator {
  const { length } = guard.options('bptt', options, bpttOptions, 'bptt({ length: 20 })');
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: 3 * parameters,
    memory: length * state,
  });
  return {
    name: 'bptt',
    bias: 'none',
    options: bpttOptions,
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
 * `window` steps in memory. With `window: grow(4, 16)` the blocks become longer during the run.
 *
 * With a stride of 1 the window rolls: each step has the gradient of its loss through the last `window` steps. Those
 * were taken at the parameters of their time; `parameters: 'current'` replays them at today's, from the state that
 * was carried into the window, which takes `window` steps more.
 */
export function tbptt(options: TbpttOptions): Estimator {
  const own = guard.options('tbptt', options, tbpttOptions, 'tbptt({ window: 20 })');
  const growth = growthOf(own);
  const { from, to: window } = growth;
  const { stride = window } = own;
  if (stride > window) throw new ConfigurationError(`tbptt: stride must be at most ${window}, got ${stride}`);
  const grows = from < window;
  if (grows && stride !== window)
    throw new ConfigurationError(
      `tbptt: while the window grows, the stride is the window; leave out the stride of ${stride}`,
    );
  const { parameters: at = 'visited' } = own;
  if (at === 'current' && stride !== 1)
    throw new ConfigurationError(
      `tbptt: parameters: 'current' is for a window that rolls, so the stride must be 1, got ${stride}`,
    );
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: parameters * (1 + ((at === 'current' ? 3 : 2) * window) / stride),
    memory: window * state,
  });
  return {
    name: 'tbptt',
    bias: 'truncated',
    options: tbpttOptions,
    settings: {
      window,
      stride,
      ...(grows && { windowFrom: from }),
      ...(at === 'current' && { parameters: at }),
    },
    window,
    stride,
    ...(grows && { windowAt: (updates) => lengthAt(growth, updates) }),
    restarts: false,
    joint: false,
    cost,
    bind: ({ sizes }) =>
      at === 'current' ? { ...carryNothing(cost(sizes)), gradient: replayed } : carryNothing(cost(sizes)),
  };
}

/** The gradient of the last loss through the window, replayed at the parameters of its last step. */
function replayed(_: unknown, { transition, evaluate }: Moment): Tree {
  const { inputs, steps: taken } = transition;
  const loss = (parameters: Tree): Tensor => {
    const last = inputs.length - 1;
    const state = inputs
      .slice(0, last)
      .reduce<Tree>(
        (before, input) => transition.evaluate(parameters, before, input).state,
        transition.state,
      );
    return evaluate(parameters, state, inputs[last]).loss ?? full([], 0);
  };
  return grad(loss)(taken[taken.length - 1].parameters);
}

function growthOf({ window, windowFrom }: TbpttOptions): Growth {
  if (typeof window === 'number') {
    if ((windowFrom ?? window) > window)
      throw new ConfigurationError(`tbptt: windowFrom must be at most ${window}, got ${windowFrom}`);
    return grow(windowFrom ?? window, window);
  }
  if (windowFrom !== undefined)
    throw new ConfigurationError('tbptt: give either grow(from, to) or windowFrom, not both');
  return grow(window.from, window.to);
}
