import type { Dependencies } from '../../autodiff/index.ts';
import { ConfigurationError, type Tree } from '../../lib/index.ts';
import { type Estimator, type Rule, StepStructure } from '../estimators/index.ts';
import { everything } from '../estimators/step-structure.ts';

// What can be said of an estimator's rule before an input has shown the step.

/** The rule of an estimator that asks nothing about the step, and so has the same one for any; undefined for the others. */
export function certainRule(estimator: Estimator, parameters: Tree, state: Tree): Rule | undefined {
  return assumed(estimator, parameters, state, () => {
    throw new ConfigurationError(`${estimator.name}: the step is not known before the first input`);
  });
}

/** A rule to show an influence by: as if everything could reach everything. Undefined where the estimator refuses that. */
export function assumedRule(estimator: Estimator, parameters: Tree, state: Tree): Rule | undefined {
  return assumed(estimator, parameters, state, () => everything(parameters, state));
}

function assumed(estimator: Estimator, parameters: Tree, state: Tree, find: () => Dependencies): Rule | undefined {
  try {
    return estimator.bind(new StepStructure(parameters, state, find));
  } catch {
    // The step itself may be one that it takes; if it is not, the first input shows that.
    return undefined;
  }
}
