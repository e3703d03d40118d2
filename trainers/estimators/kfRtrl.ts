import { add, div, matmul, mul } from '../../autodiff/index.ts';
import { cast, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { type KroneckerOptions, kronecker, type SitedInfluence } from './products/kronecker.ts';
import { balance } from './products/rank-one.ts';
import type { Estimator } from './rule/estimator.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { Jacobian } from './step/jacobian.ts';
import type { Factors } from './step/transition.ts';

/** A ⊗ u for one group of sites: A of shape [S, units], u of shape [inputs]. */
export type KroneckerPair = { readonly u: Tensor; readonly A: Tensor };

export type KfRtrlInfluence = SitedInfluence<KroneckerPair>;

/**
 * Kronecker-factored RTRL, KF-RTRL (Mujika, Meier & Steger 2018, arXiv 1805.10842).
 *
 * Where parameters W enter a step as a = Wz + …, their part of I is D ⊗ z with D = ∂s'/∂a. Carries A and u
 * with E[A ⊗ u] = ∂s/∂W; of J A ⊗ u + D ⊗ z one product is left by a sign ν:
 *
 *     u' = p u + ν q z                  A' = J A/p + ν D/q
 *     p = √(‖J A‖/‖u‖)                  q = √(‖D‖/‖z‖)
 *
 * (ε enters as in `uoro`.) The paper has a sign for each term; only their product matters. There is one pair,
 * and one sign a step, for each group of sites that share a, whose z are joined: a gate w·x + u·h + b is one
 * group with z = [x; h; 1]. D need not be diagonal, so that a `gru` whose reset gate acts before the product
 * has its three groups too. Unbiased; its relative variance does not grow with the width, at O(S² units)
 * multiply-adds a step for a group, less the blocks of J that are zero in a stack of layers.
 *
 * Parameters without sites are carried exactly where that is no larger: vectors, such as gains or a diagonal
 * recurrence, and tensors of which each element reaches few state elements. A matrix without sites is
 * refused.
 */
export function kfRtrl(options: KroneckerOptions = {}): Estimator<KfRtrlInfluence> {
  const estimator = kronecker<KroneckerPair>('kfRtrl', options, costOf, ({ state, dtype, epsilon }) => ({
    time: ({ units }, entries) => entries * units,
    memory: ({ units, inputs }) => state * units + inputs,
    start: ({ units, inputs }) => ({
      u: zeros([inputs], { dtype }),
      A: zeros([state, units], { dtype }),
    }),
    advance: (pair, jacobian, immediate, noise) => advance(pair, jacobian, immediate, noise, epsilon),
    pull: ({ u, A }, cotangent) => ({ z: u, a: matmul(cotangent, A) }),
  }));
  return { ...estimator, lanesApart: true };
}

/** For one group whose matrix has all of the parameters. */
function costOf({ state, parameters }: Sizes): Cost {
  return {
    time: state ** 3 + (state + 3) * parameters,
    memory: state ** 2 + parameters / state,
  };
}

function advance(
  { u, A }: KroneckerPair,
  jacobian: Jacobian,
  { D, z }: Factors['groups'][number],
  noise: Noise,
  epsilon: number,
): KroneckerPair {
  const sign = cast(noise.signs([]), z.dtype);
  const carried = jacobian.times(A);
  const p = balance(carried, u, epsilon);
  const q = balance(D, z, epsilon);
  return {
    u: add(mul(u, p), mul(z, mul(sign, q))),
    A: add(mul(carried, div(1, p)), mul(D, div(sign, q))),
  };
}
