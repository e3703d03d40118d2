import { type FloatDType, full, type Tensor, type Tree } from '../../../lib/index.ts';
import { zerosOf } from '../../algebra.ts';
import { absent, type Estimator, type Moment } from '../../estimators/index.ts';
import { once } from '../../once.ts';
import type { Clock } from '../../optimizers/index.ts';
import type { Systems } from '../systems/system.ts';
import type { Lane } from './memory.ts';
import { pullLosses } from './step.ts';
import { firstTransitionOf, transitionOf } from './transition.ts';

/** The fixed parts of a moment. */
export interface MomentSetting {
  readonly systems: Systems;
  readonly estimator: Pick<Estimator, 'stride' | 'crossing'>;
  readonly dtype: FloatDType;
}

/** The moment at which a window is complete, if it has a loss. Parts that are not read are not computed. */
export function momentOf(
  { systems, estimator, dtype }: MomentSetting,
  { influence, window }: Pick<Lane, 'influence' | 'window'>,
  clock: Clock,
): Moment {
  const { model, loss } = systems;
  const { derivative, next, parameters, target, loss: last } = window[window.length - 1];
  const transition = (influence === absent ? firstTransitionOf : transitionOf)(model, window);
  const one = last && { loss: full([], 1, { dtype: last.dtype }) };
  const { stride, crossing } = estimator;
  const own = once(() => pullLosses(window, stride, full([], 1, { dtype }), crossing));
  const toState = once(() => one && derivative.pullTo('state', one));
  const toOutput = once(() => one && derivative.pullTo('output', one));
  return {
    transition,
    get before() {
      return own().state as Tree;
    },
    get own() {
      return own().parameters as Tree;
    },
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
