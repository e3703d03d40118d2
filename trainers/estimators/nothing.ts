import type { Tree } from '../../lib/index.ts';
import type { Cost } from './cost.ts';
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
