import { guard, type Tree } from '../../lib/index.ts';
import { type PairingOptions, paired, pairingOptions } from './entries/pairing.ts';
import { onlyReachable } from './entries/reachable.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';

export interface SnapOptions extends PairingOptions {
  /** Keeps entries of G that a parameter reaches within this many steps; at least 1. */
  readonly n: number;
}

export const snapOptions = {
  n: guard.setting(guard.needed(guard.count), 'steps within which an influence is kept', 'n'),
  ...pairingOptions,
} satisfies guard.Checks<SnapOptions>;

/**
 * The sparse n-step approximation, SnAp-n (Menick et al. 2021, arXiv 2006.07232): RTRL that keeps ∂s_k/∂θ_j
 * only where θ_j can influence s_k within n steps, G ← mask ∘ (J G + I). Deterministic, and biased by what it
 * drops. A larger n drops less; when n steps reach all that is ever reached, it equals RTRL.
 *
 * SnAp-1 keeps the entries of I. In a tanh network, an LSTM or a diagonal recurrence these are one or two for
 * each parameter, so it carries about P numbers; the few entries of J that it needs are picked from the
 * structure of the step, or take up to S pulls where that does not have them. In a `gru` the parameters of the
 * reset gate reach every unit within one step, through u_h·(r∘h), so all of their entries are kept, at the cost of
 * RTRL for a third of the parameters; the others have one each. The reach of a parameter is found from the traced
 * step; see `learner.rule.structure`.
 */
export function snap(options: SnapOptions): Estimator<Tree> {
  const { n, pairing = 'exact' } = guard.options('snap', options, snapOptions, 'snap({ n: 1 })');
  return {
    name: 'snap',
    bias: 'truncated',
    options: snapOptions,
    settings: { n, ...(pairing !== 'exact' && { pairing }) },
    ...stepwise,
    cost: ({ state, parameters }) =>
      n === 1
        ? { time: 5 * parameters, memory: parameters }
        : { time: state * state * parameters, memory: state * parameters },
    bind: (step) => paired(onlyReachable(step, { name: 'snap', steps: n, kept: 'jacobian' }), { pairing }),
  };
}
