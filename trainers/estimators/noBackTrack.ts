import { add, div, mul, sqrt } from '../../autodiff/index.ts';
import { cast, guard, mapTree, type Noise } from '../../lib/index.ts';
import { addTrees, flattenTree, scaleTree, unflattenTree } from '../algebra.ts';
import type { Cost, Sizes } from './cost.ts';
import { type Estimator, stepwise } from './estimator.ts';
import { balance, onePair, type RankOne } from './rank-one.ts';
import { type RowNorms, rowNormsOf } from './rowNorms.ts';
import type { Transition } from './transition.ts';

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
    settings: { epsilon },
    ...stepwise,
    lanesApart: true,
    cost: (sizes) => costOf(sizes, sizes.state),
    bind(step) {
      const norms = rowNormsOf(step);
      return {
        ...onePair(step),
        cost: costOf(step.sizes, norms.pulls),
        advance: (pair, transition, noise) => advance(pair, transition, noise, norms, epsilon),
      };
    },
  };
}

function advance(
  { stateTangent, parameterTangent }: RankOne,
  transition: Transition,
  noise: Noise,
  norms: RowNorms,
  epsilon: number,
): RankOne {
  const pushed = transition.push(undefined, stateTangent);
  const signs = mapTree(stateTangent, (leaf) => cast(noise.signs(leaf.shape), leaf.dtype));
  const rho = sqrt(div(add(norms.of(transition), epsilon), 1 + epsilon));
  const drawn = flattenTree(signs);
  const immediate = transition.pull(unflattenTree(div(drawn, rho), stateTangent)).parameters;
  const rho0 = balance(parameterTangent, pushed, epsilon);
  return {
    stateTangent: addTrees(scaleTree(pushed, rho0), unflattenTree(mul(drawn, rho), stateTangent)),
    parameterTangent: addTrees(scaleTree(parameterTangent, div(1, rho0)), immediate),
  };
}
