import { DTypeError, type TypedArray } from '../../lib/index.ts';
import type { Setting } from './learn.ts';
import { LearnPlan } from './learn-plan.ts';
import type { Memory } from './memory.ts';
import { type Moment, type Numbers, signatureOf } from './moment.ts';

/** The plans of a learner: one for each type of window, with and without its gradient. */
export class Plans {
  readonly #plans: LearnPlan[] = [];
  #numbers: Numbers = 'classes';

  get isEmpty(): boolean {
    return this.#plans.length === 0;
  }

  /** The plan for windows like this one that fits a memory, if it has been made. */
  find(moments: readonly Moment[], keeps: boolean, isFirst: boolean, resident: readonly TypedArray[]): LearnPlan | undefined {
    const signature = signatureOf(moments, isFirst);
    return this.#plans.find((plan) => plan.keeps === keeps && plan.feed.signature === signature && plan.accepts(resident));
  }

  /** Traces with numbers among the targets as classes, and as real numbers where the loss does not take classes. */
  make(setting: Setting, memory: Memory, moments: readonly Moment[], keeps: boolean, isFirst: boolean): LearnPlan {
    const make = (numbers: Numbers) => new LearnPlan(setting, memory, moments, numbers, keeps, isFirst);
    let plan: LearnPlan;
    try {
      plan = make(this.#numbers);
    } catch (error) {
      if (!(error instanceof DTypeError) || this.#numbers === 'reals') throw error;
      plan = make('reals');
      this.#numbers = 'reals';
    }
    this.#plans.push(plan);
    return plan;
  }
}
