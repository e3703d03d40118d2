import type { Care } from '../../../autodiff/index.ts';
import type { TypedArray } from '../../../lib/index.ts';
import type { Ruled } from '../window/learn.ts';
import { hasInfluence, type Memory } from '../window/memory.ts';
import { meaningsOf } from '../window/plainNumbers.ts';
import { signatureOf, type TimeStep } from '../window/timeStep.ts';
import { LearnPlan } from './learn-plan.ts';
import { SegmentPlan, SegmentPlans } from './segment-plan.ts';
import type { Kind, WindowPlan } from './window-plan.ts';

/** The degrees of care, ascending. */
const cares: readonly Care[] = ['none', 'factored', 'whole'];

/** The number of lengths and types of segments that are kept; no more than room and names for their steps. */
const mostSegments = 64;

/** The plans of a learner: one for each type of window, with and without its gradient. */
export class Plans {
  /** The care of plans with 0 times infinity or NaN in derivative rules. More care takes longer. */
  care: Care = 'none';
  /** The least care that was enough until now. */
  #needed: Care = 'none';
  readonly #plans: WindowPlan[] = [];
  readonly #segments = new Map<Care, SegmentPlans>();

  get isEmpty(): boolean {
    return this.#plans.length === 0;
  }

  /** The size of the memory of them all in bytes. */
  get bytes(): number {
    return [...this.#plans, ...this.#segments.values()].reduce((sum, { bytes }) => sum + bytes, 0);
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
  ): WindowPlan | undefined {
    const signature = signatureOf(timeSteps, isFirst);
    return this.#plans.find(
      (plan) =>
        plan.keeps === keeps &&
        plan.care === care &&
        plan.feed.signature === signature &&
        plan.accepts(resident),
    );
  }

  make(setting: Ruled, memory: Memory, timeSteps: readonly TimeStep[], kind: Kind): WindowPlan {
    const [{ state }] = memory.lanes;
    const numbers = meaningsOf(setting, memory.parameters, state, timeSteps);
    const isSegment = setting.estimator.drawLength !== undefined && !kind.isFirst && !hasInfluence(memory);
    const plan = isSegment
      ? new SegmentPlan(this.#segmentsFor(setting, memory, kind.care), timeSteps, numbers, kind)
      : new LearnPlan(setting, memory, timeSteps, numbers, kind);
    if (isSegment && this.#plans.length === mostSegments) this.#plans.shift();
    this.#plans.push(plan);
    return plan;
  }

  #segmentsFor(setting: Ruled, memory: Memory, care: Care): SegmentPlans {
    const plans = this.#segments.get(care) ?? new SegmentPlans(setting, memory, care);
    this.#segments.set(care, plans);
    return plans;
  }
}
