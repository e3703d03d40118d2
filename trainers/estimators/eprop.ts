import { guard } from '../../lib/index.ts';
import { type DiagonalInfluence, ownUnitTraces } from './entries/ownUnitTraces.ts';
import {
  type FeedbackOptions,
  feedbackOf,
  feedbackOptions,
  feedbackSettings,
  paired,
} from './entries/pairing.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import type { Sizes } from './step/cost.ts';

export type EpropOptions = FeedbackOptions;

export const epropOptions = feedbackOptions satisfies guard.Checks<EpropOptions>;

/**
 * Eligibility propagation, e-prop (Bellec et al. 2020, Nature Communications 11:3625): own-unit traces that are
 * carried on by what a unit does to itself without weights, such as the forget gate of an LSTM or the leak of a
 * leaky unit. With U the state elements of the unit of θ_j, and J° the part of J that passes through no product
 * with a weight,
 *
 *     G_kj ← Σ_{q∈U} J°_kq G_qj + I_kj      for k in U,        0 otherwise
 *
 * Deterministic, and biased: the recurrent weights carry nothing. On leaky units it is RFLO with their leak.
 * `feedback: 'random'` sends the error of the output back through a fixed random matrix in place of the
 * readout's weights, with the published pairing, as in the paper.
 * @throws ConfigurationError at the first input, for a step that cannot be traced.
 */
export function eprop(options: EpropOptions = {}): Estimator<DiagonalInfluence> {
  const feedback = feedbackOf('eprop', guard.options('eprop', options, epropOptions));
  return {
    name: 'eprop',
    bias: 'approximate',
    options: epropOptions,
    settings: feedbackSettings(feedback),
    ...stepwise,
    cost: ({ parameters }: Sizes) => ({
      time: 5 * parameters,
      memory: parameters,
    }),
    bind: (step) => paired(ownUnitTraces(step, 'eprop', 'local'), feedback),
  };
}
