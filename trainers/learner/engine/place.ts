import type { Care } from '../../../autodiff/index.ts';
import { type Noise, restoreNoise, type TypedArray } from '../../../lib/index.ts';
import { lengthsAt } from '../../estimators/rule/estimator.ts';
import { Plans } from '../plan/plans.ts';
import { type Places, type Point, placesOf, readPoint, writePoint } from '../plan/point.ts';
import { memoryOf, numbersOf } from '../plan/resident.ts';
import type { Counters, Kind, WindowPlan } from '../plan/window-plan.ts';
import { beginsApart, begun, isAbsent } from '../window/beginning.ts';
import { firstHarm } from '../window/harm.ts';
import { movedOn, ruled, type Setting } from '../window/learn.ts';
import { drawnLength, hasInfluence, type Memory } from '../window/memory.ts';
import { completed, type TimeStep } from '../window/timeStep.ts';
import { type Generation, Journal, type Position, stretch, stretchOfPoints } from './journal.ts';

/**
 * The position of a compiled learner: its memory, in the arena of a plan or beside it, which moves on by
 * whole windows.
 */
export class Place implements Counters {
  /** The counters at the end of the last complete window. */
  steps = 0;
  updates = 0;
  /** Number of time steps of the next window that the plan has taken in. */
  taken = 0;
  /** The length of the next window, if the estimator draws it. */
  drawn: number | undefined;
  readonly setting: Setting;
  noise: Noise;
  /** A memory with trees like those of the present one. */
  like: Memory;
  /** Whether the influence on the window's first state is absent; a plan then has zeros in its place. */
  isFresh = false;
  /** The plan that has the memory in its arena; without one, `#held` is the memory. */
  plan: WindowPlan | undefined;
  journal = new Journal();
  /** Returns the last gradient; undefined if it has to be recomputed. */
  gradient: (() => unknown) | undefined;
  readonly plans = new Plans();
  /** The point at which the next window begins, if not where the last one ended. */
  #beginsAt: Point | undefined;
  #held: readonly TypedArray[] = [];
  #known: Places | undefined;

  constructor(setting: Setting, memory: Memory) {
    this.setting = setting;
    this.noise = setting.noise;
    this.like = memory;
  }

  /** Number of steps learnt from, including those in the window. */
  get total(): number {
    return this.steps + (this.plan?.feed.scored(this.taken) ?? 0);
  }

  /** Number of time steps in the window. */
  get length(): number {
    return lengthsAt(this.setting.estimator, { updates: this.updates, length: this.drawn }).window;
  }

  get residents(): readonly TypedArray[] {
    return this.plan?.resident ?? this.#held;
  }

  /** Number of windows after which a snapshot has to be taken. */
  get stretch(): number {
    return this.#isLed ? stretchOfPoints : stretch;
  }

  /** Whether windows begin at given points. */
  get #isLed(): boolean {
    return this.journal.now.points[0] !== undefined;
  }

  get knowsGradient(): boolean {
    return this.gradient !== undefined;
  }

  /**
   * The care of the next plan. With an absent influence, only a plan without care shows whether J is finite.
   */
  get care(): Care {
    return this.isFresh && hasInfluence(this.like) ? 'none' : this.plans.care;
  }

  /** The time steps of the next window so far. */
  timeSteps(): TimeStep[] {
    return Array.from({ length: this.taken }, (_, t) => (this.plan as WindowPlan).feed.read(t));
  }

  /** The states within a window; undefined at its beginning. */
  states(): readonly unknown[] | undefined {
    return this.taken === 0 ? undefined : this.plan?.states(this.taken - 1);
  }

  /** Whether all numbers are finite, including the states within the window. */
  isFinite(): boolean {
    return this.plan?.finite !== false && this.brokenWithin() === undefined;
  }

  /**
   * The first time step in the window that leaves a non-finite state, or will do harm when the window is
   * complete.
   */
  brokenWithin(): number | undefined {
    const { plan } = this;
    const timeSteps = this.timeSteps();
    const broken = timeSteps.findIndex((_, t) => plan?.finiteAt(t) === false);
    const harm =
      timeSteps.length === 0
        ? undefined
        : firstHarm(this.setting, this.unloaded(), broken < 0 ? timeSteps : timeSteps.slice(0, broken));
    return harm ?? (broken < 0 ? undefined : broken);
  }

  /** The memory at the end of the last complete window, as trees; zeros for an unknown gradient. */
  unloaded(): Memory {
    const { steps, updates, drawn: length } = this;
    const gradient = this.gradient === undefined ? this.like.gradient : this.gradient();
    return memoryOf(this.like, this.residents, { steps, updates, gradient, length }, this.isFresh);
  }

  /** The memory now. */
  memory(): Memory {
    let memory = this.unloaded();
    const states = this.states();
    if (states === undefined) return memory;
    for (const timeStep of this.timeSteps()) memory = movedOn(this.setting, memory, timeStep);
    return { ...memory, lanes: memory.lanes.map((lane, i) => ({ ...lane, state: states[i] })) };
  }

  /** Begins with a memory at the end of a window. */
  begin(memory: Memory): void {
    this.isFresh = isAbsent(memory);
    // Before the first plan, no rule says how the influence is carried.
    const { last } = this.setting.bindings;
    this.like = last === undefined ? memory : begun(last, memory);
    this.steps = memory.steps;
    this.updates = memory.updates;
    this.drawn = memory.length;
    this.taken = 0;
    this.plan = undefined;
    this.gradient = () => memory.gradient;
    this.#beginsAt = undefined;
    this.journal = new Journal();
    this.#hold(numbersOf(this.like));
  }

  /** Copies of the parameters and states in the memory. @param into receives them. */
  point(into?: Point): Point {
    return readPoint(this.residents, this.places, into);
  }

  /** Lets the next window begin at other parameters and states. The point must not change afterwards. */
  beginAt(point: Point): void {
    this.#beginsAt = point;
    this.put(point);
  }

  /** Writes parameters and states. */
  put(point: Point): void {
    writePoint(this.residents, this.places, point);
  }

  /** Makes this the place to return to. */
  commit(): void {
    // If it follows points, its last gradient has been read already, and a copy would take as long as a step.
    const gradient = this.#isLed ? { known: this.like.gradient } : undefined;
    this.journal.commit(this.residents, this.#position(gradient));
  }

  /** Where the parameters and the states of the systems are among the residents. */
  get places(): Places {
    if (this.#known?.like === this.like) return this.#known;
    this.#known = placesOf(this.like);
    return this.#known;
  }

  /** Holds a memory beside the plans. */
  #hold(numbers: readonly TypedArray[]): void {
    this.journal.commit(numbers, this.#position());
    this.#held = this.journal.now.numbers;
  }

  #position(gradient = this.gradient && { known: this.gradient() }): Position {
    const { steps, updates, drawn, isFresh } = this;
    return {
      steps,
      updates,
      drawn,
      isFresh,
      noise: this.noise.save(),
      gradient,
    };
  }

  /**
   * The plan for a window.
   * @param isFirst by default, if zeros cannot stand for an absent influence.
   */
  planFor(
    timeSteps: readonly TimeStep[],
    keeps: boolean,
    isFirst = this.isFresh && beginsApart(ruled(this.setting, this.unloaded(), timeSteps[0].inputs).rule),
  ): WindowPlan {
    const own = keeps && timeSteps.some(({ targets }) => targets !== undefined);
    const kind: Kind = { keeps: own, isFirst, care: isFirst ? this.plans.care : this.care };
    return this.plans.find(timeSteps, kind, this.residents) ?? this.#planned(timeSteps, kind);
  }

  #planned(timeSteps: readonly TimeStep[], kind: Kind): WindowPlan {
    const setting = ruled(this.setting, this.unloaded(), timeSteps[0].inputs);
    // Before the first plan, nothing stands for an absent influence yet.
    if (isAbsent(this.like)) {
      this.like = begun(setting.rule, this.unloaded());
      this.#hold(numbersOf(this.like));
    }
    return this.plans.make(setting, begun(setting.rule, this.unloaded()), timeSteps, kind);
  }

  /** Copies the memory into the arena of a plan. The steps of the window have to be taken in again. */
  load(plan: WindowPlan): void {
    if (plan === this.plan) return;
    if (this.gradient !== undefined) {
      const known = this.gradient();
      this.gradient = () => known;
    }
    plan.load(this.residents);
    this.plan = plan;
    this.taken = 0;
    if (this.#beginsAt !== undefined) this.put(this.#beginsAt);
  }

  /** Takes in the first time steps of a window. */
  take(timeSteps: readonly TimeStep[], keeps: boolean): void {
    this.taken = 0;
    if (this.#beginsAt !== undefined) this.put(this.#beginsAt);
    if (timeSteps.length === 0) return;
    const feed = this.plan?.feed;
    const like = feed?.timeSteps;
    // The plan may be that of a window from before the present one grew, or of a first window.
    const fits =
      feed !== undefined &&
      feed.timeSteps.length === this.length &&
      (!feed.isFirst || this.isFresh) &&
      timeSteps.every(({ inputs, targets }, t) => feed.fits(t, inputs, targets));
    if (!fits) this.load(this.planFor(completed(timeSteps, this.length, like), keeps));
    const plan = this.plan as WindowPlan;
    for (const [t, { inputs, targets }] of timeSteps.entries()) plan.take(t, inputs, targets);
    this.taken = timeSteps.length;
  }

  /** Learns from the window in the arena. */
  learn(plan: WindowPlan): void {
    // Only calls of reference kernels can throw on the way; a plan's own checks come before any draw.
    const goBack = plan.mayThrow ? this.noise.snapshot?.() : undefined;
    try {
      plan.learn(this, this.noise);
    } catch (error) {
      goBack?.();
      throw error;
    }
  }

  /** Counts a window after learning from it. */
  count(plan: WindowPlan): void {
    this.taken = 0;
    this.isFresh = false;
    this.drawn = drawnLength(this.setting.estimator, this.noise).length;
    if (plan.scored === 0) return;
    this.gradient = plan.keeps ? () => plan.gradient() : undefined;
    this.steps += plan.scored;
    this.updates++;
  }

  /** Records a window after learning from it. @returns the number of windows since the snapshot. */
  record(plan: WindowPlan): number {
    const count = this.journal.record(plan.feed, this.#beginsAt);
    this.#beginsAt = undefined;
    return count;
  }

  /** Returns to a snapshot. */
  rewind({ numbers, position }: Generation): void {
    const { steps, updates, drawn, isFresh, noise, gradient } = position as Position;
    this.noise = restoreNoise(noise);
    this.steps = steps;
    this.updates = updates;
    this.drawn = drawn;
    this.isFresh = isFresh;
    this.taken = 0;
    this.plan = undefined;
    this.#held = numbers;
    this.gradient = gradient && (() => gradient.known);
  }
}
