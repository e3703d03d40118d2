import type { TypedArray } from '../../lib/index.ts';
import type { Setting } from './learn.ts';
import { LearnPlan } from './learn-plan.ts';
import type { Memory } from './memory.ts';
import { type Moment, signatureOf } from './moment.ts';
import { numbersOf } from './numbers.ts';

/** The plans of a learner: one for each type of window, with and without its gradient. */
export class Plans {
  readonly #plans: LearnPlan[] = [];

  get isEmpty(): boolean {
    return this.#plans.length === 0;
  }

  /** The plan for windows like this one that fits a memory, if it has been made. */
  find(moments: readonly Moment[], keeps: boolean, isFirst: boolean, resident: readonly TypedArray[]): LearnPlan | undefined {
    const signature = signatureOf(moments, isFirst);
    return this.#plans.find((plan) => plan.keeps === keeps && plan.feed.signature === signature && plan.accepts(resident));
  }

  make(setting: Setting, memory: Memory, moments: readonly Moment[], keeps: boolean, isFirst: boolean): LearnPlan {
    const [{ state }] = memory.lanes;
    // A number among the targets may come late in a window.
    const scored = moments.find(({ targets }) => targets !== undefined) ?? moments[0];
    const numbers = numbersOf(setting, memory.parameters, state, scored);
    const plan = new LearnPlan(setting, memory, moments, numbers, keeps, isFirst);
    this.#plans.push(plan);
    return plan;
  }
}
