import type { Care } from '../../autodiff/index.ts';
import type { TypedArray } from '../../lib/index.ts';
import type { Ruled } from './learn.ts';
import { type Kind, LearnPlan } from './learn-plan.ts';
import type { Memory } from './memory.ts';
import { meaningsOf } from './plainNumbers.ts';
import { signatureOf, type TimeStep } from './timeStep.ts';

/** The degrees of care, ascending. */
const cares: readonly Care[] = ['none', 'factored', 'whole'];

/** The plans of a learner: one for each type of window, with and without its gradient. */
export class Plans {
  /** The care of plans with 0 times infinity or NaN in derivative rules. More care takes longer. */
  care: Care = 'none';
  /** The least care that was enough until now. */
  #needed: Care = 'none';
  readonly #plans: LearnPlan[] = [];

  get isEmpty(): boolean {
    return this.#plans.length === 0;
  }

  /** @returns whether there is a higher degree of care. */
  takeMoreCare(): boolean {
    const more = cares[cares.indexOf(this.care) + 1];
    this.care = more ?? this.care;
    return more !== undefined;
  }

  careHelped(): true {
    this.#needed = this.care;
    return true;
  }

  /** From now on, plans tolerate masked NaN and infinities, and round as before. */
  careFailed(): false {
    this.care = this.#needed === 'whole' ? 'whole' : 'factored';
    return false;
  }

  /** The existing plan for windows like this one that fits a memory, if any. */
  find(
    timeSteps: readonly TimeStep[],
    { keeps, isFirst, care }: Kind,
    resident: readonly TypedArray[],
  ): LearnPlan | undefined {
    const signature = signatureOf(timeSteps, isFirst);
    return this.#plans.find(
      (plan) =>
        plan.keeps === keeps &&
        plan.care === care &&
        plan.feed.signature === signature &&
        plan.accepts(resident),
    );
  }

  make(setting: Ruled, memory: Memory, timeSteps: readonly TimeStep[], kind: Kind): LearnPlan {
    const [{ state }] = memory.lanes;
    // The first scored time step may come late in a window.
    const scored = timeSteps.find(({ targets }) => targets !== undefined) ?? timeSteps[0];
    const numbers = meaningsOf(setting, memory.parameters, state, scored);
    const plan = new LearnPlan(setting, memory, timeSteps, numbers, kind);
    this.#plans.push(plan);
    return plan;
  }
}
