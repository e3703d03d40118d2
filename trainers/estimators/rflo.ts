import { guard, type Tree } from '../../lib/index.ts';
import {
  type FeedbackOptions,
  feedbackOf,
  feedbackOptions,
  feedbackSettings,
  paired,
} from './entries/pairing.ts';
import { onlyReachable } from './entries/reachable.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';

export interface RfloOptions extends FeedbackOptions {
  /** The α of the leaky units, above 0 and at most 1. */
  readonly leak: number;
}

export const rfloOptions = {
  leak: guard.setting(guard.needed(guard.between(Number.MIN_VALUE, 1)), 'the leak of the units', 'leak'),
  ...feedbackOptions,
} satisfies guard.Checks<RfloOptions>;

/**
 * Random-feedback online learning (Murray 2019, eLife 8:e43299). It replaces J by the leak of the units:
 *
 *     G ← (1 - leak) G + I
 *
 * so each parameter has a filtered trace of its immediate effect. Deterministic, and biased: all other paths
 * from state to state are dropped. It is meant for leaky units, s' = (1 - α) s + α φ(W s + …), with α as
 * `leak`. With a leak of 1 its gradient is that through the last two steps, and the immediate term alone by the
 * published pairing. The error comes back through the readout's own weights, as in Marschall, Cho & Savin 2020
 * (arXiv 1907.02649), unless `feedback` is `random`, as in Murray's. In a `gru`, I has S rows for a
 * parameter of the reset gate.
 */
export function rflo(options: RfloOptions): Estimator<Tree> {
  const own = guard.options('rflo', options, rfloOptions, 'rflo({ leak: 0.1 })');
  const { leak } = own;
  const feedback = feedbackOf('rflo', own);
  return {
    name: 'rflo',
    bias: 'approximate',
    options: rfloOptions,
    settings: { leak, ...feedbackSettings(feedback) },
    ...stepwise,
    cost: ({ parameters }) => ({ time: 2 * parameters, memory: parameters }),
    bind: (step) => paired(onlyReachable(step, { name: 'rflo', steps: 1, kept: 1 - leak }), feedback),
  };
}
