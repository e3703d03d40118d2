import { norm, reshape, stack } from '../../autodiff/index.ts';
import { type FloatDType, full, guard, leavesOf } from '../../lib/index.ts';
import { onSites, type SitedInfluence } from './products/kronecker.ts';
import { type Sketch, sketchOf } from './products/sketch.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import type { Cost, Sizes } from './step/cost.ts';

export interface SketchedOptions {
  /** The rank r of the sketch of each group of sites; 0 for own-unit traces alone. 4 by default. */
  readonly rank?: number;
}

export const sketchedOptions = {
  rank: guard.setting(guard.whole(0, 1024), 'rank of the sketch of each group', 'rank'),
} satisfies guard.Checks<SketchedOptions>;

/**
 * Sketched RTRL, SK-RTRL (github.com/sonaradarcn/sketched-rtrl, 2026): own-unit traces M, which are SnAp-1 on a
 * tanh network, and a sketch of rank r of all else, for each group of sites:
 *
 *     G ≈ M + Uᵀ R        M' = own ∘ (J M + I)        Q = J M + I - M' + J Uᵀ R        R' = U' Q
 *
 * with U' the orthonormal rows that keep most of Q: its first r left singular vectors. They are found from Q Qᵀ,
 * [S, S], by two orthogonal iterations a step that begin at U, inside the plan, in place of an SVD.
 *
 * Deterministic, and biased by what the sketch leaves out, of which a bound is carried, whatever U is:
 *
 *     e' = ρ e + ‖Q - U'ᵀ U' Q‖        ρ = ‖(JᵀJ)²‖_F^¼ ≥ ‖J‖₂        ‖G - M - Uᵀ R‖_F ≤ e
 *
 * `learner.influence.certificate` is that of all groups together: ‖δᵀG - δᵀĜ‖ ≤ e ‖δ‖ for every cotangent δ, up to
 * rounding. It is 0 for r = S, which is RTRL, and grows for ever where ρ stays above 1; 1e30 stands for no bound. Range and refusals are those of `kfRtrl`.
 */
export function sketched(options: SketchedOptions = {}): Estimator<SitedInfluence<Sketch>> {
  const { rank = 4 } = guard.options('sketched', options, sketchedOptions);
  return {
    name: 'sketched',
    bias: 'approximate',
    options: sketchedOptions,
    settings: { rank },
    ...stepwise,
    cost: costOf(rank),
    bind(step) {
      const [{ dtype }] = leavesOf(step.state);
      const rule = onSites('sketched', step, sketchOf(step, rank, dtype as FloatDType));
      return {
        ...rule,
        structure: `${rule.structure}; rank ${Math.min(rank, step.sizes.state)} of ${step.sizes.state}`,
        expand: (influence) => ({
          ...influence,
          certificate:
            influence.groups.length === 0
              ? full([], 0, { dtype })
              : norm(stack(influence.groups.map(({ certificate }) => reshape(certificate, [])))),
        }),
      };
    },
  };
}

/** For one group whose matrix has all of the parameters, with one state element in a unit. */
function costOf(rank: number): (sizes: Sizes) => Cost {
  return ({ state, parameters }) => ({
    time: 3 * state ** 3 + (state + 4 + rank * (rank + 2)) * parameters,
    memory: (1 + rank) * parameters + rank * state,
  });
}
