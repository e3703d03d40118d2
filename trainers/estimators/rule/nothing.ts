import { leavesOf, type Tree } from '../../../lib/index.ts';
import type { Cost } from '../step/cost.ts';
import type { StepStructure } from '../step/step-structure.ts';
import type { Estimator } from './estimator.ts';
import type { Rule } from './rule.ts';

/** The rule that carries nothing: the gradient comes from the window alone. */
export function carryNothing(cost: Cost): Rule<Tree> {
  return {
    structure: 'nothing is carried',
    cost,
    start: () => ({}),
    advance: () => ({}),
    pull: () => undefined,
    expand: () => ({}),
  };
}

/** The rule of an estimator for a step. Without a state, or without parameters, no estimator has anything to carry. */
export function boundTo(estimator: Estimator, step: StepStructure): Rule {
  const isEmpty = [step.state, step.parameters].some((tree) => leavesOf(tree).length === 0);
  return isEmpty ? carryNothing({ time: 3 * step.sizes.parameters, memory: 0 }) : estimator.bind(step);
}
