import { div } from '../../autodiff/index.ts';
import { ConfigurationError, guard, type Tree } from '../../lib/index.ts';
import { addTrees, dotTrees, scaleTree } from '../algebra.ts';
import { onePair, type RankOne } from './products/rank-one.ts';
import {
  advanceBy,
  drawnSources,
  preactivationSources,
  type Sources,
  stateSources,
} from './products/signSources.ts';
import { type Estimator, steps } from './rule/estimator.ts';
import type { Cost, Sizes } from './step/cost.ts';
import type { StepStructure } from './step/step-structure.ts';

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
  /**
   * The scale of a sign, between s̃ and θ̃. `drawn`, the default: one for all, from the norms of what was drawn.
   * `sources`: each its own, from the norm of its row of I, or of its column of D.
   */
  readonly scaling?: 'drawn' | 'sources';
  /** Where signs enter: a sign for each state element, the default, or for each element of the pre-activations. */
  readonly noise?: 'state' | 'preactivations';
}

export const uoroOptions = {
  window: guard.setting(steps, 'steps that are differentiated together', 'window'),
  rank: guard.setting(guard.whole(1, 2 ** 16), 'pairs that are averaged', 'rank'),
  epsilon: guard.setting(guard.between(Number.MIN_VALUE), 'added to norms'),
  lanes: guard.setting(guard.oneOf('independent', 'joint'), 'whether each lane has a pair of its own'),
  scaling: guard.setting(
    guard.oneOf('drawn', 'sources'),
    'the norms from which signs have their scales',
    'scaling',
  ),
  noise: guard.setting(guard.oneOf('state', 'preactivations'), 'where signs enter the step'),
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
 *
 * `scaling` and `noise` choose others, after Cooijmans & Martens (2019, arXiv 1902.02405), for windows of one step.
 * With `scaling: 'sources'`, sign i has the scale ρ_i = √‖I_i‖, as in NoBackTrack, whatever is drawn. With
 * `noise: 'preactivations'`, signs enter the pre-activations a of the sites, and E[Dν ⊗ (z ⊗ ν)] = D ⊗ z: a sign for
 * each unit of a gate rather than for each row of I. It takes D, S pulls a step; leaves without sites have signs on
 * the state. Both make the variance a few per cent smaller on a tanh network, where they are one and the same.
 * @throws ConfigurationError for a window with other scales or noise, and, at the first input, for noise on the
 * pre-activations of a step that cannot be traced.
 */
export function uoro(options: UoroOptions = {}): Estimator<UoroInfluence> {
  const {
    window = 1,
    rank = 1,
    epsilon = 1e-5,
    lanes = 'independent',
    scaling = 'drawn',
    noise = 'state',
  } = guard.options('uoro', options, uoroOptions);
  const isPlain = scaling === 'drawn' && noise === 'state';
  if (!isPlain && window > 1)
    throw new ConfigurationError(
      `uoro: ${noise === 'state' ? `scaling: '${scaling}'` : `noise: '${noise}'`} is for a window of 1, got ${window}; leave one of them out`,
    );
  const cost = ({ state, parameters }: Sizes): Cost => ({
    time: (3 + 4 * rank) * parameters,
    memory: rank * (parameters + state) + (window - 1) * state,
  });
  return {
    name: 'uoro',
    bias: 'none',
    options: uoroOptions,
    // Those that are not the defaults, so that checkpoints of older versions fit.
    settings: {
      window,
      rank,
      epsilon,
      lanes,
      ...(scaling !== 'drawn' && { scaling }),
      ...(noise !== 'state' && { noise }),
    },
    window,
    stride: window,
    restarts: false,
    joint: lanes === 'joint',

    cost,
    bind(step) {
      const pair = onePair(step);
      const sources = sourcesOf(step, { epsilon, scaling, noise });
      const { pulls } = sources;
      const { time, memory } = cost(step.sizes);
      return {
        structure: [
          rank === 1 ? pair.structure : `${rank} pairs of vectors`,
          ...(isPlain ? [] : [`${pulls} ${pulls === 1 ? 'pull' : 'pulls'} for the scales`]),
        ].join(', '),
        cost: { time: time + 2 * pulls * step.sizes.parameters, memory },
        start: (noise) =>
          ofRank(
            rank,
            Array.from({ length: rank }, () => pair.start(noise)),
          ),
        advance(influence, transition, noise) {
          const draw = sources.at(transition);
          return ofRank(
            rank,
            pairs(influence).map((own) => advanceBy(own, draw(noise), transition, epsilon)),
          );
        },
        pull: (influence, cotangent) => pulled(pairs(influence), cotangent),
        expand: (influence) => influence,
      };
    },
  };
}

/** @throws ConfigurationError for noise on the pre-activations of a step that cannot be traced. */
function sourcesOf(
  step: StepStructure,
  { epsilon, scaling, noise }: Required<Pick<UoroOptions, 'epsilon' | 'scaling' | 'noise'>>,
): Sources {
  if (noise === 'state') return (scaling === 'drawn' ? drawnSources : stateSources)(step, epsilon);
  if (!step.isTraceable)
    throw new ConfigurationError(
      "uoro: the pre-activations are not known, because this step cannot be traced; leave out noise: 'preactivations', or use a step that reads no values",
    );
  return preactivationSources(step, epsilon, scaling === 'sources');
}

function pulled(all: readonly RankOne[], cotangent: Tree): Tree {
  return all
    .map(({ stateTangent, parameterTangent }) =>
      scaleTree(parameterTangent, div(dotTrees(cotangent, stateTangent), all.length)),
    )
    .reduce((sum, part) => addTrees(sum, part));
}

function pairs(influence: UoroInfluence): readonly RankOne[] {
  return 'stateTangent' in influence ? [influence] : influence;
}

function ofRank(rank: number, list: readonly RankOne[]): UoroInfluence {
  return rank === 1 ? list[0] : list;
}
