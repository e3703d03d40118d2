import { add, div, matmul, mul, outer } from '../../autodiff/index.ts';
import { cast, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { type KroneckerOptions, kronecker, type SitedInfluence } from './products/kronecker.ts';
import { balance } from './products/rank-one.ts';
import type { Estimator } from './rule/estimator.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { Jacobian } from './step/jacobian.ts';
import type { Factors } from './step/transition.ts';

/**
 * For one group of sites: A of shape [units], B of shape [S, inputs]; G[k, i, j] is estimated by A_j B_ki for
 * state element k, z_i and a_j.
 */
export type ReversePair = { readonly A: Tensor; readonly B: Tensor };

export type RKfRtrlInfluence = SitedInfluence<ReversePair>;

/**
 * Reverse KF-RTRL (Marschall, Cho & Savin 2020, arXiv 1907.02649): as KF-RTRL, but the influence of W, where
 * a = Wz + …, is carried with the state beside the inputs: the vector A has the units, the matrix B the state
 * elements and the inputs, E[A ⊗ B] = ∂s/∂W. With ν uniform in {±1}^units and D = ∂s'/∂a,
 *
 *     A' = p A + q ν                    B' = J B/p + (Dν) ⊗ z/q
 *     p = √(‖J B‖/‖A‖)                  q = √(‖(Dν) ⊗ z‖/‖ν‖)
 *
 * (ε enters as in `uoro`.) The paper has it for networks in which D is diagonal, where (Dν)_k = ν_k D_k; as
 * E[ν ⊗ Dν] = D for any D, it holds wherever parameters have sites. q is even in ν. Unbiased, and noisier
 * than KF-RTRL: the noise ν ⊗ Dν is of the units, like UORO's. It is refused, and leaves without sites are
 * carried exactly, as in `kfRtrl`.
 */
export function rKfRtrl(options: KroneckerOptions = {}): Estimator<RKfRtrlInfluence> {
  return kronecker('rKfRtrl', options, costOf, ({ state, dtype, epsilon }) => ({
    time: ({ inputs }, entries) => entries * inputs,
    memory: ({ units, inputs }) => state * inputs + units,
    start: ({ units, inputs }) => ({
      A: zeros([units], { dtype }),
      B: zeros([state, inputs], { dtype }),
    }),
    advance: (pair, jacobian, immediate, noise) => advance(pair, jacobian, immediate, noise, epsilon),
    pull: ({ A, B }, cotangent) => ({ z: matmul(cotangent, B), a: A }),
  }));
}

/** For one group of as many units as the state has, whose matrix has all of the parameters. */
function costOf({ state, parameters }: Sizes): Cost {
  return { time: (2 * state + 3) * parameters, memory: parameters + state };
}

function advance(
  { A, B }: ReversePair,
  jacobian: Jacobian,
  { D, z }: Factors['groups'][number],
  noise: Noise,
  epsilon: number,
): ReversePair {
  const signs = cast(noise.signs(A.shape), z.dtype);
  const carried = jacobian.times(B);
  const immediate = outer(matmul(D, signs), z);
  const p = balance(carried, A, epsilon);
  const q = balance(immediate, signs, epsilon);
  return {
    A: add(mul(A, p), mul(signs, q)),
    B: add(div(carried, p), div(immediate, q)),
  };
}
