import { guard } from '../../lib/index.ts';
import { onePair, type RankOne } from './products/rank-one.ts';
import { advanceBy, stateSources } from './products/signSources.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import type { Cost, Sizes } from './step/cost.ts';

export interface NoBackTrackOptions {
  /** Added to norms to avoid a division by zero. 1e-5 by default. */
  readonly epsilon?: number;
}

export const noBackTrackOptions = {
  epsilon: guard.setting(guard.between(Number.MIN_VALUE), 'added to norms'),
} satisfies guard.Checks<NoBackTrackOptions>;

/**
 * NoBackTrack (Ollivier, Tallec & Charpiat 2015, arXiv 1507.07680): a pair like that of UORO, E[v ⊗ w] =
 * ∂s/∂θ, whose signs have a scale ρ_i for each element i of the state instead of one for all:
 *
 *     v' = ρ0 J v + Σ_i ν_i ρ_i e_i        w' = w/ρ0 + Σ_i (ν_i/ρ_i) I_i
 *     ρ0 = √(‖w‖/‖J v‖)                    ρ_i = √‖I_i‖
 *
 * with I_i = ∂s'_i/∂θ, the rows of I. No ρ depends on ν, so it is unbiased; ε enters as in `uoro`. Its
 * variance is lower than that of UORO where the rows of I differ in norm. The norms take one pull for each
 * group of state elements that share no parameter: one for a tanh network or a diagonal recurrence, S for a
 * GRU.
 */
export function noBackTrack(options: NoBackTrackOptions = {}): Estimator<RankOne> {
  const { epsilon = 1e-5 } = guard.options('noBackTrack', options, noBackTrackOptions);
  const costOf = ({ state, parameters }: Sizes, pulls: number): Cost => ({
    time: (7 + 2 * pulls) * parameters,
    memory: parameters + state,
  });
  return {
    name: 'noBackTrack',
    bias: 'none',
    options: noBackTrackOptions,
    settings: { epsilon },
    ...stepwise,
    cost: (sizes) => costOf(sizes, sizes.state),
    bind(step) {
      const sources = stateSources(step, epsilon);
      return {
        ...onePair(step),
        cost: costOf(step.sizes, sources.pulls),
        advance: (pair, transition, noise) =>
          advanceBy(pair, sources.at(transition)(noise), transition, epsilon),
      };
    },
  };
}
