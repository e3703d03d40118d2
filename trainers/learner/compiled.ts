import { Execution } from '../../autodiff/index.ts';
import { type Noise, restoreNoise, type SavedNoise, type Tensor, type TypedArray } from '../../lib/index.ts';
import type { Estimator } from '../estimators/index.ts';
import type { Engine, Losses, OutputsTo } from './engine.ts';
import { culprit, nonFinite } from './finite.ts';
import { movedOn, type Setting, type Targets } from './learn.ts';
import type { Counters, LearnPlan } from './learn-plan.ts';
import { Mark, stretch } from './mark.ts';
import type { Memory } from './memory.ts';
import { type Moment, momentsOf } from './moment.ts';
import { Plans } from './plans.ts';
import { Predictions } from './predictions.ts';
import { memoryOf, numbersOf } from './resident.ts';
import { begun, specialise } from './specialise.ts';
import { copyOf, Window } from './window.ts';

/**
 * Learning as plans: traced once for each type of window, then one call a moment, with everything that changes in one arena.
 *
 * A plan updates its arena in place, so a step that breaks has already broken it. Everything being deterministic, the way back is to
 * go to a mark and to learn again what came after it, up to the step before. In the same way the gradient of the last window, which
 * a plan does not write out, is worked out when somebody asks, and kept for as long as somebody asks after every window.
 */
export class CompiledEngine implements Engine, Counters {
  /** At the end of the last complete window, as all of the memory that is not in the window. */
  steps = 0;
  updates = 0;
  outputs: () => readonly Tensor[] = () => [];
  #setting: Setting;
  readonly #plans = new Plans();
  readonly #predictions = new Predictions();
  #noise: Noise;
  /** A memory with trees like those of the present one. */
  #like: Memory;
  /** The plan that has the memory in its arena; without one, `#held` is the memory. */
  #plan: LearnPlan | undefined;
  #held: readonly TypedArray[] = [];
  /** What the plan has taken in of a window. */
  readonly #window: Window;
  /** The step after which somebody last asked for the gradient. */
  #asked = Number.NEGATIVE_INFINITY;
  /** The plan that holds the last gradient; undefined when it is `#known`; null when it has to be worked out. */
  #gradient: LearnPlan | undefined | null;
  #known: unknown;
  #mark = new Mark();

  constructor(setting: Setting, memory: Memory) {
    this.#setting = setting;
    this.#noise = setting.noise;
    this.#window = new Window(setting.estimator.window);
    this.#like = memory;
    this.memory = memory;
  }

  get total(): number {
    return this.steps + this.#window.scored;
  }

  get estimator(): Estimator {
    return this.#setting.estimator;
  }

  get noise(): Noise {
    return this.#noise;
  }

  get gradient(): unknown {
    this.#recall();
    this.#asked = this.total;
    return this.#gradientNow;
  }

  get glance(): Memory {
    this.#verify();
    let memory = this.#unloaded();
    const states = this.#stateWithin;
    if (states === undefined) return memory;
    for (const moment of this.#window.moments) memory = movedOn(this.#setting, memory, moment);
    return { ...memory, lanes: memory.lanes.map((lane, i) => ({ ...lane, state: states[i] })) };
  }

  get memory(): Memory {
    this.#recall();
    return { ...this.glance, gradient: this.#gradientNow };
  }

  set memory(memory: Memory) {
    const moments = momentsOf(memory.lanes);
    const lanes = memory.lanes.map((lane) => ({ ...lane, state: lane.window[0]?.state ?? lane.state, window: [] }));
    this.#like = begun(this.#setting, { ...memory, lanes, pending: 0 });
    this.steps = memory.steps - moments.filter(({ targets }) => targets !== undefined).length;
    this.updates = memory.updates;
    this.#plan = undefined;
    this.#window.taken = 0;
    this.#known = memory.gradient;
    this.#gradient = undefined;
    this.#mark = new Mark();
    this.#place(numbersOf(this.#like));
    this.#held = this.#mark.numbers;
    for (const [t, { inputs, targets }] of moments.entries()) {
      this.#planAt(t, inputs, targets).take(t, inputs, targets);
      this.#window.add(inputs, targets);
    }
  }

  step(inputs: readonly unknown[], targets: Targets, losses: Losses, at: number, outputs: OutputsTo): void {
    const t = this.#window.taken;
    const plan = this.#planAt(t, inputs, targets);
    plan.outputs(t).requireRoom(outputs, at);
    plan.take(t, inputs, targets);
    const isComplete = t + 1 === this.#window.length;
    if (isComplete) this.#learn(plan);
    if (!plan.writeLoss(t, losses, at)) throw this.#broken(losses[at]);
    this.outputs = plan.outputs(t).give(outputs, at) ?? this.outputs;
    if (isComplete) {
      this.#window.taken = 0;
      this.#count(plan);
      if (this.#mark.record(plan.feed) === stretch) this.#verify();
    } else this.#window.add(inputs, targets);
  }

  predict(sequence: readonly (readonly unknown[])[]): readonly (readonly Tensor[])[] {
    const place = () => ({ like: this.#like, resident: this.#residents, states: this.#stateWithin });
    return this.#predictions.run(this.#setting, sequence, place, () => this.#verify());
  }

  /** The states within a window; undefined at its beginning. */
  get #stateWithin(): readonly unknown[] | undefined {
    const { taken } = this.#window;
    return taken === 0 ? undefined : this.#plan?.states(taken - 1);
  }

  /** Learns from the window in the arena. */
  #learn(plan: LearnPlan): void {
    // Only the reference kernels check on the way; a plan has checked before anything is drawn.
    const drawn = plan.runner instanceof Execution ? undefined : this.#noise.save();
    try {
      plan.learn(this, this.#noise);
    } catch (error) {
      if (drawn !== undefined) this.#noise = restoreNoise(drawn);
      throw error;
    }
  }

  /** Counts a window that was learnt from. */
  #count(plan: LearnPlan): void {
    if (plan.scored === 0) return;
    this.#gradient = plan.keeps ? plan : null;
    this.steps += plan.scored;
    this.updates++;
  }

  /** The plan that takes a moment in next, in the place where it is. */
  #planAt(t: number, inputs: readonly unknown[], targets: Targets): LearnPlan {
    const plan = this.#plan;
    const isRight = plan !== undefined && (t > 0 || plan.keeps === (plan.scored > 0 && this.#isAsked));
    return isRight && plan.feed.fits(t, inputs, targets) ? plan : this.#another(inputs, targets);
  }

  /** Whether somebody asked for the gradient of the last window. */
  get #isAsked(): boolean {
    return this.#asked >= this.steps - this.#window.length;
  }

  #another(inputs: readonly unknown[], targets: Targets): LearnPlan {
    const moments = this.#window.completed([...this.#window.moments, copyOf({ inputs, targets })], this.#plan?.feed.moments);
    const plan = this.#planFor(moments, this.#isAsked);
    if (!this.#mark.goesOnWith(plan.feed)) this.#verify(true);
    this.#load(plan);
    this.#resume();
    return plan;
  }

  #planFor(moments: readonly Moment[], isAsked: boolean): LearnPlan {
    const keeps = isAsked && moments.some(({ targets }) => targets !== undefined);
    const known = this.#plans.find(moments, keeps, this.#residents);
    if (known !== undefined) return known;
    this.#meet(moments[0]);
    return this.#plans.make(this.#setting, this.#unloaded(), moments, keeps);
  }

  /** Lets the estimator see a type of input that has no plan yet. */
  #meet({ inputs }: Moment): void {
    this.#setting = specialise(this.#setting, this.#unloaded(), inputs);
    const memory = begun(this.#setting, this.#unloaded());
    const numbers = numbersOf(memory);
    if (numbers.length === this.#residents.length) return;
    // Only before the first plan is there an influence that has not begun.
    this.#like = memory;
    this.#place(numbers);
    this.#held = this.#mark.numbers;
  }

  /** Brings the memory into the arena of a plan. */
  #load(plan: LearnPlan): void {
    if (plan === this.#plan) return;
    if (this.#gradient) {
      this.#known = this.#gradient.gradient();
      this.#gradient = undefined;
    }
    plan.load(this.#residents);
    this.#plan = plan;
  }

  /** Lets the plan take in again what the window holds. */
  #resume(): void {
    const { moments } = this.#window;
    if (!moments.every(({ inputs, targets }, t) => this.#plan?.feed.fits(t, inputs, targets)))
      this.#load(this.#planFor(this.#window.completed(moments, this.#plan?.feed.moments), this.#isAsked));
    for (const [t, { inputs, targets }] of moments.entries()) this.#plan?.take(t, inputs, targets);
  }

  get #residents(): readonly TypedArray[] {
    return this.#plan?.resident ?? this.#held;
  }

  get #gradientNow(): unknown {
    return this.#gradient ? this.#gradient.gradient() : this.#known;
  }

  /** The memory at the end of the last complete window, as trees, with whatever gradient was known last. */
  #unloaded(): Memory {
    return memoryOf(this.#like, this.#residents, { steps: this.steps, updates: this.updates, gradient: this.#gradientNow });
  }

  /** Makes sure that the last gradient is known, by learning the last windows again. */
  #recall(): void {
    if (this.#gradient !== null) return;
    const mark = this.#mark;
    if (mark.before !== undefined && !mark.isScored) {
      this.#return(mark.before);
      this.#again(mark.before, mark.before.count);
      mark.gradient = this.#gradientNow;
      mark.before = undefined;
    } else this.#return(mark);
    this.#again(mark, mark.count);
    this.#resume();
  }

  /**
   * Makes this point the mark, if every number is finite; otherwise goes back to the last step after which all were. A mark is put off
   * while the gradient is unknown and more windows may follow, unless it `must` be now.
   */
  #verify(must = this.#mark.count === stretch): void {
    if (this.#mark.count === 0) return;
    if (must && !this.#mark.isScored) this.#recall();
    if (this.#plan?.runner.finite === false) throw this.#broken();
    if (this.#gradient === null && !must) return;
    this.#mark = this.#mark.next(this.#gradient !== null);
    this.#place(this.#residents);
  }

  /** Makes the mark the present place. */
  #place(numbers: readonly TypedArray[]): void {
    this.#mark.place(numbers, this, this.#noise.save());
    if (this.#mark.before === undefined) this.#mark.gradient = this.#gradientNow;
  }

  /** Goes back to a mark. */
  #return(mark: Mark): void {
    this.#noise = restoreNoise(mark.noise as SavedNoise);
    this.steps = mark.steps;
    this.updates = mark.updates;
    this.#plan = undefined;
    this.#held = mark.numbers;
    this.#known = mark.gradient;
    this.#gradient = mark.before === undefined ? undefined : null;
  }

  /** From a mark on, learns the first windows again, with their gradients. */
  #again(mark: Mark, count: number, from = 0): void {
    if (from < count) this.#load(this.#planFor(mark.moments, true));
    const plan = this.#plan as LearnPlan;
    for (let at = from; at < count; at++) {
      mark.feed(at, plan.feed);
      plan.takeAgain();
      this.#learn(plan);
      this.#count(plan);
    }
  }

  /** Goes back to the last good step, and says what happened in the one after it. */
  #broken(loss?: number): Error {
    const mark = this.#mark;
    this.#return(mark);
    for (let good = 0; good < mark.count; good++) {
      this.#again(mark, good + 1, good);
      if (this.#plan?.runner.finite === true) continue;
      const what = culprit(this.#unloaded()) ?? 'a number stopped being finite';
      this.#return(mark);
      this.#again(mark, good);
      mark.count = good;
      this.#window.taken = 0;
      return nonFinite(this.total, what);
    }
    this.#resume();
    return nonFinite(this.total, `the loss became ${loss}`);
  }
}
