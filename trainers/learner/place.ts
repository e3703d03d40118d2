import type { Care } from '../../autodiff/index.ts';
import { type Noise, restoreNoise, type SavedNoise, type TypedArray } from '../../lib/index.ts';
import { beginsApart, begun, isAbsent } from './beginning.ts';
import { firstHarm } from './harm.ts';
import { movedOn, ruled, type Setting } from './learn.ts';
import type { Counters, Kind, LearnPlan } from './learn-plan.ts';
import { Mark } from './mark.ts';
import { hasInfluence, type Memory } from './memory.ts';
import { completed, type Moment } from './moment.ts';
import { Plans } from './plans.ts';
import { memoryOf, numbersOf } from './resident.ts';

/** Where a compiled learner is: its memory, in the arena of a plan or beside it, and how it moves on from there by whole windows. */
export class Place implements Counters {
  /** At the end of the last complete window, as all of the memory that is not in the window. */
  steps = 0;
  updates = 0;
  /** How many moments of the next window the plan has taken in. */
  taken = 0;
  readonly setting: Setting;
  noise: Noise;
  /** A memory with trees like those of the present one. */
  like: Memory;
  /** Whether the influence on the state that the window begins with is absent; where there is a plan, there are zeros in its place. */
  isFresh = false;
  /** The plan that has the memory in its arena; without one, `#held` is the memory. */
  plan: LearnPlan | undefined;
  /** The place to go back to, with what came in since. */
  mark = new Mark();
  #held: readonly TypedArray[] = [];
  /** The plan that holds the last gradient; undefined when it is `#known`; null when it has to be worked out. */
  #gradient: LearnPlan | undefined | null;
  #known: unknown;
  readonly #plans = new Plans();

  constructor(setting: Setting, memory: Memory) {
    this.setting = setting;
    this.noise = setting.noise;
    this.like = memory;
  }

  /** The number of steps learnt from, those in the window included. */
  get total(): number {
    return this.steps + (this.plan?.feed.scored(this.taken) ?? 0);
  }

  get residents(): readonly TypedArray[] {
    return this.plan?.resident ?? this.#held;
  }

  /** The last gradient, as far as it is known. */
  get gradient(): unknown {
    return this.#gradient ? this.#gradient.gradient() : this.#known;
  }

  /** Whether the last gradient has to be worked out. */
  get lacksGradient(): boolean {
    return this.#gradient === null;
  }

  /** The moments of the next window that have come in. */
  get moments(): Moment[] {
    return Array.from({ length: this.taken }, (_, t) => (this.plan as LearnPlan).feed.read(t));
  }

  /** The states within a window; undefined at its beginning. */
  get states(): readonly unknown[] | undefined {
    return this.taken === 0 ? undefined : this.plan?.states(this.taken - 1);
  }

  /** Whether all numbers are finite, those of the states within the window too. */
  get finite(): boolean {
    return this.plan?.runner.finite !== false && this.brokenWithin === undefined;
  }

  /** The first moment within the window after which a state is not finite, or that will do harm when the window is complete. */
  get brokenWithin(): number | undefined {
    const { plan, moments } = this;
    const broken = moments.findIndex((_, t) => plan?.finiteAt(t) === false);
    const harm =
      moments.length === 0 ? undefined : firstHarm(this.setting, this.unloaded, broken < 0 ? moments : moments.slice(0, broken));
    return harm ?? (broken < 0 ? undefined : broken);
  }

  /** The memory at the end of the last complete window, as trees, with whatever gradient was known last. */
  get unloaded(): Memory {
    return memoryOf(this.like, this.residents, this, this.isFresh);
  }

  /** The memory now. */
  get memory(): Memory {
    let memory = this.unloaded;
    const { states, moments } = this;
    if (states === undefined) return memory;
    for (const moment of moments) memory = movedOn(this.setting, memory, moment);
    return { ...memory, lanes: memory.lanes.map((lane, i) => ({ ...lane, state: states[i] })) };
  }

  /** Begins with a memory at the end of a window. */
  begin(memory: Memory): void {
    this.isFresh = isAbsent(memory);
    // Before the first plan there is no rule yet that says how the influence is carried.
    const { last } = this.setting.bindings;
    this.like = last === undefined ? memory : begun(last, memory);
    this.steps = memory.steps;
    this.updates = memory.updates;
    this.taken = 0;
    this.plan = undefined;
    this.#known = memory.gradient;
    this.#gradient = undefined;
    this.mark = new Mark();
    this.#remember(numbersOf(this.like));
    this.#held = this.mark.numbers;
  }

  /** Makes this the place to go back to. */
  commit(): void {
    this.mark = this.mark.next(!this.lacksGradient);
    this.#remember(this.residents);
  }

  #remember(numbers: readonly TypedArray[]): void {
    this.mark.place(numbers, this, this.isFresh, this.noise.save());
    if (this.mark.before === undefined) this.mark.gradient = this.gradient;
  }

  /**
   * The plan for a window.
   * @param isFirst by default, where zeros cannot stand for an absent influence.
   */
  planFor(
    moments: readonly Moment[],
    keeps: boolean,
    isFirst = this.isFresh && beginsApart(ruled(this.setting, this.unloaded, moments[0].inputs).rule),
  ): LearnPlan {
    const own = keeps && moments.some(({ targets }) => targets !== undefined);
    const kind: Kind = { keeps: own, isFirst, care: isFirst ? this.#plans.care : this.care };
    return this.#plans.find(moments, kind, this.residents) ?? this.#planned(moments, kind);
  }

  /** The care of the next plan. Where an influence is absent, only a plan without any tells whether J is finite. */
  get care(): Care {
    return this.isFresh && hasInfluence(this.like) ? 'none' : this.#plans.care;
  }

  #planned(moments: readonly Moment[], kind: Kind): LearnPlan {
    const setting = ruled(this.setting, this.unloaded, moments[0].inputs);
    // Before the first plan there is nothing yet in the place of an absent influence.
    if (isAbsent(this.like)) {
      this.like = begun(setting.rule, this.unloaded);
      this.#remember(numbersOf(this.like));
      this.#held = this.mark.numbers;
    }
    return this.#plans.make(setting, begun(setting.rule, this.unloaded), moments, kind);
  }

  /** Brings the memory into the arena of a plan; what the window holds has to be taken in again. */
  load(plan: LearnPlan): void {
    if (plan === this.plan) return;
    if (this.#gradient) {
      this.#known = this.#gradient.gradient();
      this.#gradient = undefined;
    }
    plan.load(this.residents);
    this.plan = plan;
    this.taken = 0;
  }

  /** Takes the first moments of a window in, from its beginning. */
  take(moments: readonly Moment[], keeps: boolean): void {
    this.taken = 0;
    if (moments.length === 0) return;
    const like = this.plan?.feed.moments;
    const fits = moments.every(({ inputs, targets }, t) => this.plan?.feed.fits(t, inputs, targets));
    if (!fits) this.load(this.planFor(completed(moments, this.setting.estimator.window, like), keeps));
    const plan = this.plan as LearnPlan;
    for (const [t, { inputs, targets }] of moments.entries()) plan.take(t, inputs, targets);
    this.taken = moments.length;
  }

  /** Learns from the window in the arena. */
  learn(plan: LearnPlan): void {
    // Only the reference kernels check on the way; a plan has checked before anything is drawn.
    const goBack = plan.runner.mayThrow ? this.noise.snapshot?.() : undefined;
    try {
      plan.learn(this, this.noise);
    } catch (error) {
      goBack?.();
      throw error;
    }
  }

  /**
   * The first window after a start or a reset was learnt from with zeros in the place of the absent influence. That is right, and needs
   * no plan of its own, wherever J is finite. Where it is not, J·0 is NaN: then the window is learnt from again by a plan that knows.
   * @returns the plan that has learnt from the window.
   */
  learnAgainIfSingular(plan: LearnPlan): LearnPlan {
    if (!hasInfluence(this.like) || plan.feed.isFirst || plan.runner.finite) return plan;
    this.goTo(this.mark);
    const own = this.planFor(plan.feed.moments, plan.keeps, true);
    this.load(own);
    own.feed.copy(plan.feed);
    own.takeAgain();
    this.learn(own);
    return own;
  }

  /**
   * Learns again what came in since the mark, by plans that are more careful with 0 times infinity or NaN: what a model masks may be
   * singular. They take longer, so the first plans are not careful; from then on all are.
   * @returns whether everything is finite now.
   */
  becomesFinite(keeps: boolean): boolean {
    while (this.#plans.takeMoreCare()) if (this.isFiniteAgain(keeps)) return this.#plans.careHelped();
    return this.#plans.careFailed();
  }

  /** Learns again what came in since the mark. @returns whether everything is finite now. */
  isFiniteAgain(keeps: boolean): boolean {
    const { mark, moments } = this;
    this.goTo(mark);
    this.again(mark, mark.count);
    this.take(moments, keeps);
    return this.finite;
  }

  /** Counts a window that was learnt from. */
  count(plan: LearnPlan): void {
    this.taken = 0;
    this.isFresh = false;
    if (plan.scored === 0) return;
    this.#gradient = plan.keeps ? plan : null;
    this.steps += plan.scored;
    this.updates++;
  }

  /** Makes sure that the last gradient is known, by learning the last windows again. */
  recall(): void {
    if (!this.lacksGradient) return;
    const { mark, moments } = this;
    if (mark.before !== undefined && !mark.isScored) {
      this.goTo(mark.before);
      this.again(mark.before, mark.before.count);
      mark.gradient = this.gradient;
      mark.before = undefined;
    } else this.goTo(mark);
    this.again(mark, mark.count);
    this.take(moments, true);
  }

  /** Goes back to a mark. */
  goTo(mark: Mark): void {
    this.noise = restoreNoise(mark.noise as SavedNoise);
    this.steps = mark.steps;
    this.updates = mark.updates;
    this.isFresh = mark.isFresh;
    this.taken = 0;
    this.plan = undefined;
    this.#held = mark.numbers;
    this.#known = mark.gradient;
    this.#gradient = mark.before === undefined ? undefined : null;
  }

  /** From a mark on, learns the windows `from` to `to` again, with their gradients. */
  again(mark: Mark, to: number, from = 0): void {
    for (let at = from; at < to; at++) {
      const plan = this.#fed(mark, at);
      plan.takeAgain();
      this.learn(plan);
      this.count(plan);
    }
  }

  /** Learns window `at` after a mark again; gives the moment after which not everything was finite, if there is one. */
  firstBroken(mark: Mark, at: number): number | undefined {
    const plan = this.#fed(mark, at);
    const last = mark.moments.length - 1;
    for (let t = 0; t < last; t++) {
      plan.runner.run(t);
      if (!plan.finiteAt(t)) return t;
    }
    this.learn(plan);
    this.count(plan);
    return plan.runner.finite ? undefined : last;
  }

  /** Window `at` after a mark, as it came in. */
  cameIn(mark: Mark, at: number): Moment[] {
    const { feed } = this.#fed(mark, at);
    return mark.moments.map((_, t) => feed.read(t));
  }

  #fed(mark: Mark, at: number): LearnPlan {
    const plan = this.planFor(mark.moments, true, mark.isFirst);
    this.load(plan);
    mark.feed(at, plan.feed);
    return plan;
  }
}
