import { ConfigurationError, guard, type Tree } from '../../lib/index.ts';
import { onlyReachable, reachable, whole } from './entries/reachable.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';

/**
 * G: a tree like the parameters, whose leaves have shape [S, ...leaf]; S counts the elements of the state,
 * leaf after leaf.
 */
export type RtrlInfluence = Tree;

export interface RtrlOptions {
  /**
   * `auto`, the default, carries only the entries of G that can be other than zero, found from the traced
   * step. `dense` carries all of them.
   */
  readonly structure?: 'auto' | 'dense';
  /**
   * `own` carries, in a stack, only the influence of each layer's parameters on the state of that layer. Default
   * `all`.
   */
  readonly layers?: 'all' | 'own';
}

export const rtrlOptions = {
  structure: guard.setting(guard.oneOf('auto', 'dense'), 'whether zeros of the influence are left out'),
  layers: guard.setting(
    guard.oneOf('all', 'own'),
    'own leaves out the influence of a layer on those above it; all if left out',
    'layers',
  ),
} satisfies guard.Checks<RtrlOptions>;

/**
 * Real-time recurrent learning (Williams & Zipser 1989): carries G = ∂s/∂θ itself, G ← J G + I. Exact.
 *
 * Dense, it takes S×P numbers. J and I come from S pulls; with fewer parameters than state elements, J G + I
 * comes from P pushes instead. If every parameter can influence only a few state elements, the learner
 * carries only these entries of G, which is exact too: a diagonal recurrence needs P numbers and one pull
 * (Javed et al. 2023, arXiv 2302.05326; Zucchet et al. 2023, arXiv 2305.15947). Parameters that never reach
 * the state, such as a readout's, take nothing in either form, and blocks that are zero, such as what a layer of a
 * stack does to those below it, take nothing either. `learner.rule.structure` says what was found;
 * `learner.influence` is all of G, written out when it is read.
 *
 * `layers: 'own'` is exact within each layer of a stack, and the error goes back through the layers at each time
 * step (Zucchet et al. 2023, section 3): G loses what a layer does to the layers above it through their past. A
 * stack of diagonal layers then takes P numbers and a pull for each layer. Biased for all layers but the top one.
 */
export function rtrl(options: RtrlOptions = {}): Estimator<RtrlInfluence> {
  const { structure = 'auto', layers = 'all' } = guard.options('rtrl', options, rtrlOptions);
  if (layers === 'own' && structure === 'dense')
    throw new ConfigurationError(
      "rtrl: with layers: 'own' the structure is found from the step; leave out dense",
    );
  return {
    name: 'rtrl',
    bias: layers === 'own' ? 'approximate' : 'none',
    options: rtrlOptions,
    settings: { structure, ...(layers === 'own' && { layers }) },
    ...stepwise,
    cost: ({ state, parameters }) => ({
      time: state * state * parameters,
      memory: state * parameters,
    }),
    bind(step) {
      const extent = {
        name: 'rtrl',
        steps: Number.POSITIVE_INFINITY,
        kept: 'jacobian',
        layers,
      } as const;
      if (layers === 'own') return onlyReachable(step, extent);
      return structure === 'auto' && step.isTraceable ? reachable(step, extent) : whole(step);
    },
  };
}
