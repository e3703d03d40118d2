import { dataOf, kernels, leavesOf, type Tensor, type Tree } from '../../../lib/index.ts';
import { PredictPlan } from '../plan/predict-plan.ts';
import { beginnings } from '../window/learn.ts';
import { together } from '../window/timeStep.ts';
import type { Place } from './place.ts';

/** Predictions with plans of their own, one for each type of input. */
export class Predictions {
  readonly #plans: PredictPlan[] = [];

  /** The size of the memory of all plans in bytes. */
  get bytes(): number {
    return this.#plans.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Returns the outputs for consecutive inputs.
   * @param verify throws if a number of the learner is not finite, after returning it to where all were.
   */
  run(
    sequence: readonly (readonly unknown[])[],
    place: Place,
    verify: () => void,
  ): readonly (readonly Tensor[])[] {
    const outputs = this.#run(sequence, place);
    if (outputs.every((own) => own.every(kernels.allFinite))) return outputs;
    // A failed step may not have been noticed yet.
    verify();
    return this.#run(sequence, place);
  }

  #run(sequence: readonly (readonly unknown[])[], place: Place): Tensor[][] {
    const { setting, like, residents, places } = place;
    const states = place.states();
    const parameters = places.parameters.map((at) => residents[at]);
    const carried = places.states.flat().map((at) => residents[at]);
    // A new sequence begins in the start state, whatever is carried.
    const given = states ?? (setting.estimator.restarts ? setting.systems.start : undefined);
    let now = given === undefined ? carried : leavesOf(given as Tree).map(dataOf);
    let last: PredictPlan | undefined;
    return sequence.map((given) => {
      const { inputs } = together({ inputs: given, targets: undefined });
      const plan = this.#planFor(
        inputs,
        () => new PredictPlan(setting, like.parameters, states ?? beginnings(setting, like), inputs),
      );
      if (plan !== last) plan.load(parameters, now);
      const outputs = plan.run(inputs);
      last = plan;
      now = plan.states;
      return outputs;
    });
  }

  #planFor(inputs: readonly unknown[], make: () => PredictPlan): PredictPlan {
    const known = this.#plans.find(({ feed }) => feed.fits(0, inputs, undefined));
    if (known !== undefined) return known;
    const plan = make();
    this.#plans.push(plan);
    return plan;
  }
}
