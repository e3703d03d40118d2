import { matmul, stack } from '../../autodiff/index.ts';
import { cast, guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import { entryOf } from '../algebra.ts';
import { kronecker, type SitedInfluence } from './products/kronecker.ts';
import { reduced } from './products/reduction.ts';
import { combined, type Triangle, triangle } from './products/triangle.ts';
import type { Estimator } from './rule/estimator.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { Jacobian } from './step/jacobian.ts';
import type { Factors } from './step/transition.ts';

/** Σ_i A_i ⊗ u_i for one group of sites: u of shape [rank, inputs], A of shape [rank, S, units]. */
export type KroneckerSum = { readonly u: Tensor; readonly A: Tensor };

export type OkInfluence = SitedInfluence<KroneckerSum>;

export interface OkOptions {
  /** The number r of products that are carried for each group of sites. 1 by default. */
  readonly rank?: number;
}

export const okOptions = {
  rank: guard.setting(guard.whole(1, 64), 'products that are carried for each group', 'rank'),
} satisfies guard.Checks<OkOptions>;

/**
 * Optimal Kronecker-sum approximation of RTRL, OK (Benzing et al. 2019, arXiv 1902.03993): as KF-RTRL, with r
 * products for each group of sites instead of one, E[Σ_i A_i ⊗ u_i] = ∂s/∂W. After a step there are r + 1, the
 * (u_i, J A_i) and (z, D). Both lists are made orthogonal, and the singular values d of what couples them are
 * reduced from r + 1 to r by signs, with the least variance that an unbiased reduction of that rank can have: the
 * largest are kept as they are, and of the k that remain, with sum s, both factors become
 *
 *     √(s/(k-1)) diag(σ) Z        σ uniform in {±1}^k,   Z Zᵀ = 1 - z zᵀ,   z_j = √(1 - d_j (k-1)/s)
 *
 * It takes r products J A a group and step; the singular values, of a matrix of r + 1 rows, are found outside the
 * plan. Range and refusals are those of `kfRtrl`. Exact where r is the rank of the influence.
 */
export function ok(options: OkOptions = {}): Estimator<OkInfluence> {
  const { rank = 1 } = guard.options('ok', options, okOptions);
  const estimator = kronecker('ok', {}, costOf(rank), ({ state, dtype }) => ({
    time: ({ units, inputs }, entries) =>
      rank * entries * units + 3 * (rank + 1) ** 2 * (state * units + inputs),
    memory: ({ units, inputs }) => rank * (state * units + inputs),
    start: ({ units, inputs }) => ({
      u: zeros([rank, inputs], { dtype }),
      A: zeros([rank, state, units], { dtype }),
    }),
    advance: (own, jacobian, immediate, noise) => advance(own, jacobian, immediate, noise, rank),
    pull: ({ u, A }, cotangent) =>
      Array.from({ length: rank }, (_, i) => ({
        z: entryOf(u, i),
        a: matmul(cotangent, entryOf(A, i)),
      })),
  }));
  return { ...estimator, options: okOptions, settings: { rank } };
}

/** For one group whose matrix has all of the parameters. */
function costOf(rank: number): (sizes: Sizes) => Cost {
  return ({ state, parameters }) => ({
    time: rank * state ** 3 + (state + 3) * parameters,
    memory: rank * (state ** 2 + parameters / state),
  });
}

function advance(
  { u, A }: KroneckerSum,
  jacobian: Jacobian,
  { D, z }: Factors['groups'][number],
  noise: Noise,
  rank: number,
): KroneckerSum {
  const each = Array.from({ length: rank }, (_, i) => i);
  const left = triangle([...each.map((i) => entryOf(u, i)), z]);
  const right = triangle([...each.map((i) => jacobian.times(entryOf(A, i))), D]);
  const signs = cast(noise.signs([rank + 1]), z.dtype);
  const mixed = reduced(left.coefficients, right.coefficients, signs);
  const mix = (side: number, own: Triangle) =>
    stack(each.map((i) => combined(own, entryOf(entryOf(mixed, side), i))));
  return { u: mix(0, left), A: mix(1, right) };
}
