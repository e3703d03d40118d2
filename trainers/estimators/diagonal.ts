import { guard } from '../../lib/index.ts';
import { type DiagonalInfluence, ownUnitTraces } from './entries/ownUnitTraces.ts';
import { type Estimator, stepwise } from './rule/estimator.ts';
import type { Sizes } from './step/cost.ts';

export type DiagonalOptions = Readonly<Record<never, never>>;

export const diagonalOptions = {} satisfies guard.Checks<DiagonalOptions>;

/**
 * Own-unit traces: the influence of each parameter on the unit that it belongs to, and on no other, after the
 * idea of D-RTRL (Wang et al. 2026). With U the state elements of the unit of θ_j,
 *
 *     G_kj ← Σ_{q∈U} J_kq G_qj + I_kj      for k in U,        0 otherwise
 *
 * Deterministic, and biased by what it drops: the influence on other units. Unit i of a cell has element i of each
 * of its leaves, such as h_i and c_i of an LSTM; the parameters of a column of a gate belong to the unit of its
 * number. On a tanh network it is SnAp-1; unlike SnAp-1 it carries one number, or two, for every parameter of
 * any cell, also of a gate that acts before a product, and for a lower layer of a stack. It is RTRL if units do
 * not see each other.
 *
 * It needs few entries of J and I, which follow from the structure of the step in all built-in cells; they take
 * S pulls where more than two matrices follow each other within a step.
 * @throws ConfigurationError at the first input, for a step that cannot be traced.
 */
export function diagonal(options: DiagonalOptions = {}): Estimator<DiagonalInfluence> {
  guard.options('diagonal', options, diagonalOptions);
  return {
    name: 'diagonal',
    bias: 'truncated',
    options: diagonalOptions,
    settings: {},
    ...stepwise,
    cost: ({ parameters }: Sizes) => ({
      time: 5 * parameters,
      memory: parameters,
    }),
    bind: (step) => ownUnitTraces(step, 'diagonal', 'jacobian'),
  };
}
