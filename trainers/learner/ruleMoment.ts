import { full, type Tensor, type Tree } from '../../lib/index.ts';
import { zerosOf } from '../algebra.ts';
import type { Moment } from '../estimators/index.ts';
import { once } from '../once.ts';
import type { Clock } from '../optimizers/index.ts';
import type { HeldStep } from './memory.ts';
import type { Systems } from './system.ts';
import { firstTransitionOf, transitionOf } from './transition.ts';

/**
 * The moment for a rule with a gradient of its own. Parts that the rule does not read are not computed.
 * @param own the losses pulled back through the window.
 */
export function momentOf(
  { model, loss }: Systems,
  window: readonly HeldStep[],
  isFirst: boolean,
  own: { readonly parameters: unknown; readonly state: unknown },
  clock: Clock,
): Moment {
  const { derivative, next, parameters, target, loss: last } = window[window.length - 1];
  const transition = (isFirst ? firstTransitionOf : transitionOf)(model, window);
  const one = last && { loss: full([], 1, { dtype: last.dtype }) };
  const toState = once(() => one && derivative.pullTo('state', one));
  const toOutput = once(() => one && derivative.pullTo('output', one));
  return {
    transition,
    before: own.state as Tree,
    own: own.parameters as Tree,
    get after() {
      return (toState()?.part ?? zerosOf(next)) as Tree;
    },
    get direct() {
      return (toState()?.arguments[0] ?? zerosOf(parameters)) as Tree;
    },
    get output(): Tensor {
      return toOutput()?.part ?? zerosOf(derivative.value.output);
    },
    clock,
    evaluate(theta, state, input) {
      const result = transition.evaluate(theta, state, input);
      return { ...result, loss: target && loss(result.output, target.value) };
    },
  };
}
