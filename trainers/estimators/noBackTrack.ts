import { add, div, mul, sqrt } from '../../autodiff/index.ts';
import { cast, guard, leavesOf, mapTree, type Noise, type Tree } from '../../lib/index.ts';
import { addTrees, dotTrees, flattenTree, scaleTree, unflattenTree, zerosOf } from '../algebra.ts';
import type { Estimator, Transition } from './estimator.ts';
import { type RowNorms, rowNormsOf, separateNorms } from './rowNorms.ts';
import { balance, type RankOne } from './uoro.ts';

export interface NoBackTrackOptions {
  /** Added to norms so that nothing is divided by zero. 1e-5 by default. */
  readonly epsilon?: number;
}

export const noBackTrackOptions = {
  epsilon: guard.setting(guard.between(Number.MIN_VALUE), 'added to norms'),
} satisfies guard.Checks<NoBackTrackOptions>;

/**
 * NoBackTrack (Ollivier, Tallec & Charpiat 2015, arXiv 1507.07680): a pair like that of UORO, E[v ⊗ w] = ∂s/∂θ, whose signs have a scale
 * ρ_i for each element i of the state rather than one for all:
 *
 *     v' = ρ0 J v + Σ_i ν_i ρ_i e_i        w' = w/ρ0 + Σ_i (ν_i/ρ_i) I_i
 *     ρ0 = √(‖w‖/‖J v‖)                    ρ_i = √‖I_i‖
 *
 * with I_i = ∂s'_i/∂θ, the rows of I. None of these depends on ν, so it is unbiased; ε enters as in `uoro`. Its variance is lower where
 * the rows of I have unlike norms. The norms take a pull for every group of state elements that share no parameter: one for a tanh
 * network or a diagonal recurrence, S for a GRU.
 */
export function noBackTrack(options: NoBackTrackOptions = {}): Estimator<RankOne> {
  const { epsilon = 1e-5 } = guard.options('noBackTrack', options, noBackTrackOptions);
  return withNorms(epsilon);
}

type Specialising = Estimator<RankOne> & Required<Pick<Estimator<RankOne>, 'specialise'>>;

/** @param known how the norms are found, once an input was seen. */
function withNorms(epsilon: number, known?: RowNorms): Specialising {
  const norms = known ?? separateNorms;
  const own: Specialising = {
    name: 'noBackTrack',
    bias: 'none',
    settings: { epsilon },
    window: 1,
    stride: 1,
    restarts: false,
    joint: false,
    ...(norms.structure === undefined ? {} : { structure: norms.structure }),
    cost: ({ state, parameters }) => ({ time: (7 + 2 * (norms.pulls ?? state)) * parameters, memory: parameters + state }),
    start: (parameters, state) => ({ stateTangent: zerosOf(state), parameterTangent: zerosOf(parameters) }),
    advance: (pair, transition, noise) => advance(pair, transition, noise, norms, epsilon),
    pull: <P, S>({ stateTangent, parameterTangent }: RankOne, cotangent: S) =>
      scaleTree(parameterTangent as P, dotTrees(cotangent, stateTangent as S)),
    specialise(found, parameters) {
      // One whose rule was replaced, as { ...noBackTrack(), advance }, keeps it.
      if (this.advance !== own.advance) return this;
      const leaves = leavesOf(parameters);
      const next = withNorms(epsilon, known === undefined ? rowNormsOf(found, leaves) : known.for(found, leaves));
      const { structure: _, ...kept } = this;
      const { advance, cost, specialise, structure } = next;
      return { ...kept, advance, cost, specialise, ...(structure === undefined ? {} : { structure }) };
    },
  };
  return own;
}

function advance(
  { stateTangent, parameterTangent }: RankOne,
  transition: Transition<unknown, unknown>,
  noise: Noise,
  norms: RowNorms,
  epsilon: number,
): RankOne {
  const pushed = transition.push(undefined as never, stateTangent as never);
  const signs = mapTree(stateTangent as Tree, (leaf) => cast(noise.signs(leaf.shape), leaf.dtype));
  const rho = sqrt(div(add(norms.of(transition), epsilon), 1 + epsilon));
  const drawn = flattenTree(signs);
  const immediate = transition.pull(unflattenTree(div(drawn, rho), stateTangent) as never).parameters;
  const rho0 = balance(parameterTangent, pushed, epsilon);
  return {
    stateTangent: addTrees(scaleTree(pushed, rho0), unflattenTree(mul(drawn, rho), stateTangent)),
    parameterTangent: addTrees(scaleTree(parameterTangent, div(1, rho0)), immediate),
  };
}
