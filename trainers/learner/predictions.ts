import { dataOf, leavesOf, type Tensor, type Tree, type TypedArray } from '../../lib/index.ts';
import { beginnings, type Setting } from './learn.ts';
import type { Memory } from './memory.ts';
import { PredictPlan } from './predict-plan.ts';

/** Predictions with plans of their own, one for each type of input. */
export class Predictions {
  readonly #plans: PredictPlan[] = [];

  /**
   * @param like a memory with trees like those of the present one, at the beginning of a window, whose numbers are `resident`.
   * @param states those within a window, when there are moments in it.
   */
  run(
    setting: Setting,
    like: Memory,
    resident: readonly TypedArray[],
    states: readonly unknown[] | undefined,
    inputs: readonly unknown[],
  ): Tensor[] {
    let plan = this.#plans.find(({ feed }) => feed.fits(0, inputs, undefined));
    if (plan === undefined) {
      plan = new PredictPlan(setting, like.parameters, states ?? beginnings(setting, like), inputs);
      this.#plans.push(plan);
    }
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
    return plan.run([...parameters, ...(given === undefined ? carried : leavesOf(given as Tree).map(dataOf))], inputs);
  }
}
