import { add, div, stack } from '../../../autodiff/index.ts';
import { type Cell, type Loss, runStep } from '../../../nn/index.ts';
import { entryOf } from '../../algebra.ts';

/** Several lanes as one system: a list of states and inputs, outputs [lanes, ...]. */
export function jointModel<P, S, X>(
  model: Cell<P, S, X>,
  lanes: number,
): Cell<P, readonly S[], readonly X[]> {
  return {
    name: model.name,
    init: (noise) => model.init(noise),
    start: () => Array.from({ length: lanes }, () => model.start()),
    step(params, states, inputs) {
      const steps = states.map((state, lane) => runStep(model, params, state, inputs[lane]));
      return { state: steps.map(({ state }) => state), output: stack(steps.map(({ output }) => output)) };
    },
  };
}

/** The mean of the lanes' losses. */
export function jointLoss<Y>(loss: Loss<Y>): Loss<readonly Y[]> {
  return (output, targets) => {
    const losses = targets.map((target, lane) => loss(entryOf(output, lane), target));
    return div(
      losses.reduce((sum, part) => add(sum, part)),
      targets.length,
    );
  };
}
