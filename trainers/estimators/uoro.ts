import { add, div, sqrt } from '../../autodiff/index.ts';
import { cast, guard, mapTree, type Noise, type Tensor, type Tree } from '../../lib/index.ts';
import { addTrees, dotTrees, normOf, scaleTree, unitFor, zerosOf } from '../algebra.ts';
import { type Estimator, steps, type Transition } from './estimator.ts';

/** s̃ and θ̃: trees like the state and like the parameters, whose outer product estimates ∂s/∂θ. */
export type RankOne<P = unknown, S = unknown> = { readonly stateTangent: S; readonly parameterTangent: P };

/** One pair, or a list of them when the rank is above 1; their outer products are averaged. */
export type UoroInfluence = RankOne | readonly RankOne[];

export interface UoroOptions {
  /** How many steps are differentiated together and share one draw and one update (memory-T UORO). 1 by default. */
  readonly window?: number;
  /** How many independent pairs are averaged. 1 by default. */
  readonly rank?: number;
  /** Added to norms so that nothing is divided by zero. 1e-5 by default, as in the authors' code. */
  readonly epsilon?: number;
  /** One pair for each lane, or one for the joint state of all of them, which has a higher variance. */
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
 * and the gradient of the next loss ℓ is (∂ℓ/∂s · s̃) θ̃ + ∂ℓ/∂θ: the pair from before the step, and the step's own part exactly.
 * ε enters the norms as in the authors' code: ρ0 = √((‖θ̃‖+ε)/(‖J s̃‖+ε)), likewise ρ1. Any ρ0 that does not depend on ν and any
 * ρ1 even in ν leave the mean alone.
 */
export function uoro(options: UoroOptions = {}): Estimator<UoroInfluence> {
  const { window = 1, rank = 1, epsilon = 1e-5, lanes = 'independent' } = guard.options('uoro', options, uoroOptions);
  return {
    name: 'uoro',
    bias: 'none',
    settings: { window, rank, epsilon, lanes },
    window,
    stride: window,
    restarts: false,
    joint: lanes === 'joint',
    cost: ({ state, parameters }) => ({
      time: (3 + 4 * rank) * parameters,
      memory: rank * (parameters + state) + (window - 1) * state,
    }),
    start: (parameters, state) =>
      ofRank(
        rank,
        Array.from({ length: rank }, () => ({ stateTangent: zerosOf(state), parameterTangent: zerosOf(parameters) })),
      ),
    advance: (influence, transition, noise) =>
      ofRank(
        rank,
        pairs(influence).map((pair) => advancePair(pair, transition, noise, epsilon)),
      ),
    pull: <P, S>(influence: UoroInfluence, cotangent: S) =>
      (pairs(influence) as readonly RankOne<P, S>[])
        .map(({ stateTangent, parameterTangent }) => scaleTree(parameterTangent, div(dotTrees(cotangent, stateTangent), rank)))
        .reduce((sum, part) => addTrees(sum, part)),
  };
}

/** One reduction J s̃ ⊗ θ̃ + I → s̃' ⊗ θ̃'. */
function advancePair(
  { stateTangent, parameterTangent }: RankOne,
  transition: Transition<unknown, unknown>,
  noise: Noise,
  epsilon: number,
): RankOne {
  const pushed = transition.push(undefined as never, stateTangent as never);
  const signs = mapTree(stateTangent as Tree, (leaf) => cast(noise.signs(leaf.shape), leaf.dtype));
  const immediate = transition.pull(signs as never).parameters;
  const rho0 = balance(parameterTangent, pushed, epsilon);
  const rho1 = balance(immediate, signs, epsilon);
  return {
    stateTangent: addTrees(scaleTree(pushed, rho0), scaleTree(signs, rho1)),
    parameterTangent: addTrees(scaleTree(parameterTangent, div(1, rho0)), scaleTree(immediate, div(1, rho1))),
  };
}

/** √((‖w‖+ε)/(‖v‖+ε)): scaling v by it and w by its inverse makes their norms equal, where the variance is least. */
export function balance(w: unknown, v: unknown, epsilon: number): Tensor {
  const unit = unitFor(epsilon);
  const padded = (tree: unknown) => add(normOf(tree, unit), epsilon / unit);
  return sqrt(div(padded(w), padded(v)));
}

function pairs(influence: UoroInfluence): readonly RankOne[] {
  return Array.isArray(influence) ? influence : [influence as RankOne];
}

function ofRank(rank: number, list: readonly RankOne[]): UoroInfluence {
  return rank === 1 ? list[0] : list;
}
