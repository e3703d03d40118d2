import { div } from '../../autodiff/index.ts';
import { cast, guard, mapTree, type Noise } from '../../lib/index.ts';
import { addTrees, dotTrees, scaleTree } from '../algebra.ts';
import type { Cost, Sizes } from './cost.ts';
import { type Estimator, steps } from './estimator.ts';
import { balance, onePair, type RankOne } from './rank-one.ts';
import type { Transition } from './transition.ts';

/** One pair, or a list of them when the rank is above 1; their outer products are averaged. */
export type UoroInfluence = RankOne | readonly RankOne[];

export interface UoroOptions {
  /**
   * Number of steps that are differentiated together and share one draw and one update (memory-T UORO). 1 by
   * default.
   */
  readonly window?: number;
  /** Number of independent pairs that are averaged. 1 by default. */
  readonly rank?: number;
  /** Added to norms to avoid a division by zero. 1e-5 by default, as in the authors' code. */
  readonly epsilon?: number;
  /** One pair for each lane, or one for the joint state of all lanes, which has a higher variance. */
  readonly lanes?: 'independent' | 'joint';
}

export const uoroOptions = {
  window: guard.setting(steps, 'steps that are differentiated together', 'window'),
  rank: guard.setting(guard.whole(1, 2 ** 16), 'pairs that are averaged', 'rank'),
  epsilon: guard.setting(guard.between(Number.MIN_VALUE), 'added to norms'),
  lanes: guard.setting(guard.oneOf('independent', 'joint'), 'whether each lane has a pair of its own'),
} satisfies guard.Checks<UoroOptions>;

/**
 * Unbiased online recurrent optimisation (Tallec & Ollivier 2017, arXiv 1702.05043).
 *
 * Carries s̃ and θ̃ with E[s̃ ⊗ θ̃] = ∂s/∂θ. With ν uniform in {±1}^S,
 *
 *     s̃' = ρ0 J s̃ + ρ1 ν        θ̃' = θ̃/ρ0 + νᵀI/ρ1
 *     ρ0 = √(‖θ̃‖/‖J s̃‖)         ρ1 = √(‖νᵀI‖/‖ν‖)
 *
 * and the gradient of the next loss ℓ is (∂ℓ/∂s · s̃) θ̃ + ∂ℓ/∂θ, with the pair from before the step and the
 * exact part of the step itself. ε enters the norms as in the authors' code: ρ0 = √((‖θ̃‖+ε)/(‖J s̃‖+ε)),
 * likewise ρ1. Any ρ0 that does not depend on ν and any ρ1 even in ν leave the mean unchanged.
 */
export function uoro(options: UoroOptions = {}): Estimator<UoroInfluence> {
  const {
    window = 1,
    rank = 1,
    epsilon = 1e-5,
    lanes = 'independent',
  } = guard.options('uoro', options, uoroOptions);
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: (3 + 4 * rank) * parameters,
    memory: rank * (parameters + state) + (window - 1) * state,
  });
  return {
    name: 'uoro',
    bias: 'none',
    settings: { window, rank, epsilon, lanes },
    window,
    stride: window,
    restarts: false,
    joint: lanes === 'joint',
    cost,
    bind(step) {
      const pair = onePair(step);
      return {
        structure: rank === 1 ? pair.structure : `${rank} pairs of vectors`,
        cost: cost(step.sizes),
        start: (noise) =>
          ofRank(
            rank,
            Array.from({ length: rank }, () => pair.start(noise)),
          ),
        advance: (influence, transition, noise) =>
          ofRank(
            rank,
            pairs(influence).map((own) => advancePair(own, transition, noise, epsilon)),
          ),
        pull: (influence, cotangent) =>
          pairs(influence)
            .map(({ stateTangent, parameterTangent }) =>
              scaleTree(parameterTangent, div(dotTrees(cotangent, stateTangent), rank)),
            )
            .reduce((sum, part) => addTrees(sum, part)),
        expand: (influence) => influence,
      };
    },
  };
}

/** One reduction J s̃ ⊗ θ̃ + I → s̃' ⊗ θ̃'. */
function advancePair(
  { stateTangent, parameterTangent }: RankOne,
  transition: Transition,
  noise: Noise,
  epsilon: number,
): RankOne {
  const pushed = transition.push(undefined, stateTangent);
  const signs = mapTree(stateTangent, (leaf) => cast(noise.signs(leaf.shape), leaf.dtype));
  const immediate = transition.pull(signs).parameters;
  const rho0 = balance(parameterTangent, pushed, epsilon);
  const rho1 = balance(immediate, signs, epsilon);
  return {
    stateTangent: addTrees(scaleTree(pushed, rho0), scaleTree(signs, rho1)),
    parameterTangent: addTrees(scaleTree(parameterTangent, div(1, rho0)), scaleTree(immediate, div(1, rho1))),
  };
}

function pairs(influence: UoroInfluence): readonly RankOne[] {
  return 'stateTangent' in influence ? [influence] : influence;
}

function ofRank(rank: number, list: readonly RankOne[]): UoroInfluence {
  return rank === 1 ? list[0] : list;
}
