import type { Care } from '../../autodiff/index.ts';
import type { TypedArray } from '../../lib/index.ts';
import type { Ruled } from './learn.ts';
import { type Kind, LearnPlan } from './learn-plan.ts';
import type { Memory } from './memory.ts';
import { type Moment, signatureOf } from './moment.ts';
import { numbersOf } from './numbers.ts';

/** From less care to more. */
const cares: readonly Care[] = ['none', 'factored', 'whole'];

/** The plans of a learner: one for each type of window, with and without its gradient. */
export class Plans {
  /** How plans take 0 times infinity or NaN in derivative rules. With more care they take longer. */
  care: Care = 'none';
  /** The least care that was enough until now. */
  #needed: Care = 'none';
  readonly #plans: LearnPlan[] = [];

  get isEmpty(): boolean {
    return this.#plans.length === 0;
  }

  /** @returns whether there is more care to take. */
  takeMoreCare(): boolean {
    const more = cares[cares.indexOf(this.care) + 1];
    this.care = more ?? this.care;
    return more !== undefined;
  }

  careHelped(): true {
    this.#needed = this.care;
    return true;
  }

  /** From now on plans do not blame what is masked, and round as those before. */
  careFailed(): false {
    this.care = this.#needed === 'whole' ? 'whole' : 'factored';
    return false;
  }

  /** The plan for windows like this one that fits a memory, if it has been made. */
  find(moments: readonly Moment[], { keeps, isFirst, care }: Kind, resident: readonly TypedArray[]): LearnPlan | undefined {
    const signature = signatureOf(moments, isFirst);
    return this.#plans.find(
      (plan) => plan.keeps === keeps && plan.care === care && plan.feed.signature === signature && plan.accepts(resident),
    );
  }

  make(setting: Ruled, memory: Memory, moments: readonly Moment[], kind: Kind): LearnPlan {
    const [{ state }] = memory.lanes;
    // A number among the targets may come late in a window.
    const scored = moments.find(({ targets }) => targets !== undefined) ?? moments[0];
    const numbers = numbersOf(setting, memory.parameters, state, scored);
    const plan = new LearnPlan(setting, memory, moments, numbers, kind);
    this.#plans.push(plan);
    return plan;
  }
}
