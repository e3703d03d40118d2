import { dataOf, leavesOf, type Noise, type Tensor, type Tree, type TypedArray } from '../../../lib/index.ts';
import type { Losses, OutputsTo } from '../plan/outputs.ts';
import { movedTo, type Point, pointOf } from '../plan/point.ts';
import type { WindowPlan } from '../plan/window-plan.ts';
import { causeOf } from '../window/cause.ts';
import { nonFinite } from '../window/finite.ts';
import type { Setting } from '../window/learn.ts';
import type { Memory } from '../window/memory.ts';
import { completed, type Targets, type TimeStep, timeStepsOf, together } from '../window/timeStep.ts';
import type { Engine } from './engine.ts';
import { Place } from './place.ts';
import { Predictions } from './predictions.ts';
import { becomesFinite, isFiniteAgain, learnAgainIfSingular, recomputeGradient, undo } from './replay.ts';

/**
 * Learns by running compiled plans: each type of window is traced once, then a time step is one call. All
 * mutable state lives in the plan's memory.
 *
 * A step that produces a NaN has already overwritten the state. Steps are deterministic, so we restore the
 * last snapshot and replay the inputs since, up to the step before the bad one. In the same way the last
 * gradient, which a plan does not write out, is recomputed when it is read; while it is read after every
 * window, a plan that keeps it is used.
 */
export class CompiledEngine implements Engine {
  outputs: () => readonly Tensor[] = () => [];
  readonly #place: Place;
  readonly #predictions = new Predictions();
  /** Step count at the last read of `gradient`. */
  #asked = Number.NEGATIVE_INFINITY;

  constructor(setting: Setting, memory: Memory) {
    this.#place = new Place(setting, memory);
    this.restore(memory);
  }

  get total(): number {
    return this.#place.total;
  }

  get planBytes(): number {
    return this.#place.plans.bytes + this.#predictions.bytes;
  }

  get noise(): Noise {
    return this.#place.noise;
  }

  get gradient(): unknown {
    this.#requireGradient();
    return this.#place.gradient?.();
  }

  get gradientNumbers(): readonly TypedArray[] {
    this.#requireGradient();
    const { plan, gradient } = this.#place;
    return plan?.keeps ? plan.gradientNumbers : leavesOf(gradient?.() as Tree).map(dataOf);
  }

  expectGradient(within: number): void {
    this.#asked = Math.max(this.#asked, this.total + within);
  }

  look(): Memory {
    this.#verify();
    return this.#place.memory();
  }

  save(): Memory {
    recomputeGradient(this.#place);
    return this.look();
  }

  restore(memory: Memory): void {
    const { isTogether } = this.#place.setting.systems;
    const listed = timeStepsOf(memory.lanes);
    const timeSteps = isTogether ? listed.map(together) : listed;
    const lanes = memory.lanes.map((lane) => ({
      ...lane,
      state: lane.window[0]?.state ?? lane.state,
      window: [],
    }));
    const steps = memory.steps - timeSteps.filter(({ targets }) => targets !== undefined).length;
    this.#place.begin({ ...memory, lanes, steps, pending: 0 });
    this.#place.take(timeSteps, false);
  }

  point(into?: Point): Point {
    const place = this.#place;
    return place.taken === 0 && place.isFinite() ? place.point(into) : pointOf(this.look(), into);
  }

  follow(point: Point): void {
    const place = this.#place;
    if (place.plan === undefined || place.taken > 0) {
      this.restore(movedTo(this.save(), point));
      return;
    }
    place.beginAt(point);
  }

  verify(): void {
    this.#verify();
  }

  given(value: unknown, name: string, into?: unknown[]): unknown[] {
    return this.#place.setting.systems.together(value, name, into);
  }

  step(inputs: readonly unknown[], targets: Targets, losses: Losses, at: number, outputs: OutputsTo): void {
    const place = this.#place;
    const t = place.taken;
    const plan = this.#planAt(t, inputs, targets);
    plan.outputs(t).requireRoom(outputs, at);
    plan.take(t, inputs, targets);
    const isComplete = t + 1 === place.length;
    if (isComplete) place.learn(plan);
    const loss = plan.loss(t);
    losses[at] = loss;
    if (!Number.isFinite(loss)) {
      const isOwn = isFiniteAgain(place, this.#isAsked);
      if (isOwn || !becomesFinite(place, this.#isAsked)) throw this.#broken({ inputs, targets }, loss);
      this.step(inputs, targets, losses, at, outputs);
      return;
    }
    this.outputs = plan.outputs(t).give(outputs, at) ?? this.outputs;
    if (isComplete) {
      const own = place.isFresh ? learnAgainIfSingular(place, plan) : plan;
      place.count(own);
      if (place.record(own) === place.stretch || own.feed.isFirst) this.#verify(true);
    } else place.taken++;
  }

  predict(sequence: readonly (readonly unknown[])[]): readonly (readonly Tensor[])[] {
    return this.#predictions.run(sequence, this.#place, () => this.#verify());
  }

  /** The plan for the next time step. */
  #planAt(t: number, inputs: readonly unknown[], targets: Targets): WindowPlan {
    const place = this.#place;
    const { plan } = place;
    if (plan === undefined) return this.#another(inputs, targets);
    const isRight =
      t > 0 ||
      (!plan.feed.isFirst &&
        plan.care === place.care &&
        plan.keeps === (plan.scored > 0 && this.#isAsked) &&
        plan.feed.timeSteps.length === place.length);
    return isRight && plan.feed.fits(t, inputs, targets) ? plan : this.#another(inputs, targets);
  }

  /** Whether the gradient of the last window was read. */
  get #isAsked(): boolean {
    return this.#asked >= this.#place.steps - this.#place.length;
  }

  #another(inputs: readonly unknown[], targets: Targets): WindowPlan {
    const place = this.#place;
    const timeSteps = place.timeSteps();
    // The learner reuses its lists.
    const all = [...timeSteps, { inputs: [...inputs], targets: targets && [...targets] }];
    const plan = place.planFor(completed(all, place.length, place.plan?.feed.timeSteps), this.#isAsked);
    if (!place.journal.accepts(plan.feed)) this.#verify(true);
    place.load(plan);
    place.take(timeSteps, this.#isAsked);
    return plan;
  }

  /** Makes the last gradient known, with the care that it needs where a model masks NaN or infinity, to be read. */
  #requireGradient(): void {
    const place = this.#place;
    recomputeGradient(place);
    if (!place.isFinite() && !becomesFinite(place, true)) throw this.#broken();
    this.#asked = Math.max(this.#asked, this.total);
  }

  /**
   * Takes a snapshot if every number is finite; otherwise returns to before the first failed time step. A
   * snapshot is postponed while the gradient is unknown and more windows may follow, unless it `must` be
   * taken now.
   */
  #verify(must = this.#place.journal.now.count === this.#place.stretch): void {
    const place = this.#place;
    const { journal } = place;
    if (journal.now.count === 0 && place.taken === 0) return;
    if (must && !journal.isScored) recomputeGradient(place);
    if (!place.isFinite() && !becomesFinite(place, this.#isAsked)) throw this.#broken();
    if (journal.now.count > 0 && (must || place.knowsGradient)) place.commit();
  }

  /** Returns to before the failed time step, with an error that says what failed. */
  #broken(present?: TimeStep, loss?: number): Error {
    const place = this.#place;
    const { timeStep = present, seen } = undo(place, this.#isAsked);
    const own = timeStep === present ? { ...seen, loss } : seen;
    return nonFinite(
      place.total,
      timeStep,
      causeOf({ ...place.setting, noise: this.noise }, place.memory(), timeStep, own),
    );
  }
}
