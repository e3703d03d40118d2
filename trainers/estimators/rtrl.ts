import { guard, type Tree } from '../../lib/index.ts';
import { dense } from './dense.ts';
import type { Estimator } from './estimator.ts';
import { shown, specialised } from './specialised.ts';

/** G: a tree like the parameters, whose leaves have shape [S, ...leaf]; S counts the elements of the state, leaf after leaf. */
export type RtrlInfluence = Tree;

export interface RtrlOptions {
  /**
   * `auto`, the default: when a learner knows the model, only the entries of G that can be other than zero are carried, as found from
   * the step itself. `dense`: all of them, always.
   */
  readonly structure?: 'auto' | 'dense';
}

export const rtrlOptions = {
  structure: guard.setting(guard.oneOf('auto', 'dense'), 'whether zeros of the influence are left out'),
} satisfies guard.Checks<RtrlOptions>;

/**
 * Real-time recurrent learning (Williams & Zipser 1989): carries G = ∂s/∂θ itself, G ← J G + I. Exact.
 *
 * Dense, it takes S×P numbers. J and I come from S pulls; where there are fewer parameters than state elements, J G + I comes from P
 * pushes instead. Where every parameter can influence few elements of the state only, a learner carries just these entries of G, and
 * that is exact too: a diagonal recurrence needs P numbers and one pull (Javed et al. 2023, arXiv 2302.05326; Zucchet et al. 2023,
 * arXiv 2305.15947). Parameters that never reach the state, such as a readout's, need nothing in either form. What was found is in
 * `learner.estimator.structure`; `learner.influence` is the whole of G, written out when it is read.
 */
export function rtrl(options: RtrlOptions = {}): Estimator<RtrlInfluence> {
  const { structure = 'auto' } = guard.options('rtrl', options, rtrlOptions);
  const own: Estimator<RtrlInfluence> = {
    ...dense,
    name: 'rtrl',
    bias: 'none',
    settings: { structure },
    structure: 'dense',
    cost: ({ state, parameters }) => ({ time: state * state * parameters, memory: state * parameters }),
  };
  if (structure === 'dense') return own;
  return {
    ...own,
    structure: 'not known before the first step',
    specialise(found, parameters) {
      const { start, advance, pull } = this;
      const intact = start === own.start && advance === own.advance && pull === own.pull;
      if (found !== undefined && intact) return specialised(own, found, parameters);
      // One with a part replaced, as { ...rtrl(), pull }, keeps it, and works on the dense form; so does a step that cannot be traced.
      const { specialise: _, ...kept } = this;
      return { ...kept, structure: 'dense' };
    },
    show: (influence, parameters, state) => shown(influence, parameters, state) ?? influence,
  };
}
