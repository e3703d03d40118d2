import { dataOf, kernels, leavesOf, type Tensor, type Tree, type TypedArray } from '../../lib/index.ts';
import { beginnings, type Setting } from './learn.ts';
import type { Memory } from './memory.ts';
import { PredictPlan } from './predict-plan.ts';

/** Where a learner is. */
interface Place {
  /** A memory with trees like those of the present one, at the beginning of a window. */
  readonly like: Memory;
  /** Its numbers. */
  readonly resident: readonly TypedArray[];
  /** The states within a window, when there are moments in it. */
  readonly states: readonly unknown[] | undefined;
}

/** Predictions with plans of their own, one for each type of input. */
export class Predictions {
  readonly #plans: PredictPlan[] = [];

  /**
   * The outputs for inputs that follow each other.
   * @param verify throws if a number of the learner is not finite, having brought it back to where all were.
   */
  run(
    setting: Setting,
    sequence: readonly (readonly unknown[])[],
    place: () => Place,
    verify: () => void,
  ): readonly (readonly Tensor[])[] {
    const outputs = this.#run(setting, sequence, place());
    if (outputs.every((own) => own.every(kernels.allFinite))) return outputs;
    // They may come of a step that broke, where nobody has looked yet.
    verify();
    return this.#run(setting, sequence, place());
  }

  #run(setting: Setting, sequence: readonly (readonly unknown[])[], { like, resident, states }: Place): Tensor[][] {
    const count = (tree: unknown) => leavesOf(tree as Tree).length;
    const parameters = resident.slice(0, count(like.parameters));
    let at = parameters.length + count(like.moments);
    const carried = like.lanes.flatMap(({ state, influence }) => {
      const own = resident.slice(at, at + count(state));
      at += own.length + count(influence);
      return own;
    });
    // A sequence that begins anew begins in the start state, whatever is carried.
    const given = states ?? (setting.estimator.restarts ? setting.systems.start : undefined);
    let now = given === undefined ? carried : leavesOf(given as Tree).map(dataOf);
    let last: PredictPlan | undefined;
    return sequence.map((inputs) => {
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
