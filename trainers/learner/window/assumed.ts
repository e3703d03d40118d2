import type { Dependencies } from '../../../autodiff/index.ts';
import { ConfigurationError, type Tree } from '../../../lib/index.ts';
import { type Estimator, type Rule, StepStructure } from '../../estimators/index.ts';
import { boundTo } from '../../estimators/rule/nothing.ts';
import { everything } from '../../estimators/step/step-structure.ts';

// The rules of an estimator that are known before an input has shown the step.

/** Returns the rule of an estimator that asks nothing about the step; undefined for the others. */
export function certainRule(estimator: Estimator, parameters: Tree, state: Tree): Rule | undefined {
  return assumed(estimator, parameters, state, () => {
    throw new ConfigurationError(`${estimator.name}: the step is not known before the first input`);
  });
}

/**
 * Returns the rule for a step in which everything reaches everything; undefined if the estimator refuses
 * that.
 */
export function assumedRule(estimator: Estimator, parameters: Tree, state: Tree): Rule | undefined {
  return assumed(estimator, parameters, state, () => everything(parameters, state));
}

function assumed(
  estimator: Estimator,
  parameters: Tree,
  state: Tree,
  find: () => Dependencies,
): Rule | undefined {
  try {
    return boundTo(estimator, new StepStructure(parameters, state, find));
  } catch {
    // The actual step may still fit; the first input decides.
    return undefined;
  }
}
