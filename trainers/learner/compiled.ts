import type { Noise, Tensor } from '../../lib/index.ts';
import { causeOf, type Seen } from './cause.ts';
import type { Engine, Losses, OutputsTo } from './engine.ts';
import { nonFinite } from './finite.ts';
import { firstHarm } from './harm.ts';
import type { Setting, Targets } from './learn.ts';
import type { LearnPlan } from './learn-plan.ts';
import { stretch } from './mark.ts';
import type { Memory } from './memory.ts';
import { completed, type Moment, momentsOf } from './moment.ts';
import { Place } from './place.ts';
import { Predictions } from './predictions.ts';

/**
 * Learns by running compiled plans: each type of window is traced once, then a time step is one call. All mutable state lives in the
 * plan's memory.
 *
 * A step that produces a NaN has already overwritten the state. Steps are deterministic, so we return to the last mark and learn again
 * from what came in since, up to the step before the bad one. In the same way the last gradient, which a plan does not write out, is
 * recomputed when it is read; while it is read after every window, a plan that keeps it is used.
 */
export class CompiledEngine implements Engine {
  outputs: () => readonly Tensor[] = () => [];
  readonly #place: Place;
  readonly #predictions = new Predictions();
  /** How many moments a window has. */
  readonly #length: number;
  /** Step count at the last read of `gradient`. */
  #asked = Number.NEGATIVE_INFINITY;

  constructor(setting: Setting, memory: Memory) {
    this.#length = setting.estimator.window;
    this.#place = new Place(setting, memory);
    this.memory = memory;
  }

  get total(): number {
    return this.#place.total;
  }

  get noise(): Noise {
    return this.#place.noise;
  }

  get gradient(): unknown {
    this.#place.recall();
    this.#asked = this.total;
    return this.#place.gradient;
  }

  get glance(): Memory {
    this.#verify();
    return this.#place.memory;
  }

  get memory(): Memory {
    this.#place.recall();
    return this.glance;
  }

  set memory(memory: Memory) {
    const moments = momentsOf(memory.lanes);
    const lanes = memory.lanes.map((lane) => ({ ...lane, state: lane.window[0]?.state ?? lane.state, window: [] }));
    const steps = memory.steps - moments.filter(({ targets }) => targets !== undefined).length;
    this.#place.begin({ ...memory, lanes, steps, pending: 0 });
    this.#place.take(moments, false);
  }

  step(inputs: readonly unknown[], targets: Targets, losses: Losses, at: number, outputs: OutputsTo): void {
    const place = this.#place;
    const t = place.taken;
    const plan = this.#planAt(t, inputs, targets);
    plan.outputs(t).requireRoom(outputs, at);
    plan.take(t, inputs, targets);
    const isComplete = t + 1 === this.#length;
    if (isComplete) place.learn(plan);
    if (!plan.writeLoss(t, losses, at)) {
      const isOwn = place.isFiniteAgain(this.#isAsked);
      if (isOwn || !place.becomesFinite(this.#isAsked)) throw this.#broken({ inputs, targets }, losses[at]);
      this.step(inputs, targets, losses, at, outputs);
      return;
    }
    this.outputs = plan.outputs(t).give(outputs, at) ?? this.outputs;
    if (isComplete) {
      const own = place.isFresh ? place.learnAgainIfSingular(plan) : plan;
      place.count(own);
      if (place.mark.record(own.feed) === stretch || own.feed.isFirst) this.#verify(true);
    } else place.taken++;
  }

  predict(sequence: readonly (readonly unknown[])[]): readonly (readonly Tensor[])[] {
    return this.#predictions.run(sequence, this.#place, () => this.#verify());
  }

  /** The plan that takes a moment in next. */
  #planAt(t: number, inputs: readonly unknown[], targets: Targets): LearnPlan {
    const place = this.#place;
    const { plan } = place;
    if (plan === undefined) return this.#another(inputs, targets);
    const isRight = t > 0 || (plan.care === place.care && plan.keeps === (plan.scored > 0 && this.#isAsked));
    return isRight && plan.feed.fits(t, inputs, targets) ? plan : this.#another(inputs, targets);
  }

  /** Whether the gradient of the last window was read. */
  get #isAsked(): boolean {
    return this.#asked >= this.#place.steps - this.#length;
  }

  #another(inputs: readonly unknown[], targets: Targets): LearnPlan {
    const place = this.#place;
    const { moments } = place;
    // The lists are those of the learner, which writes into them again.
    const all = [...moments, { inputs: [...inputs], targets: targets && [...targets] }];
    const plan = place.planFor(completed(all, this.#length, place.plan?.feed.moments), this.#isAsked);
    if (!place.mark.goesOnWith(plan.feed)) this.#verify(true);
    place.load(plan);
    place.take(moments, this.#isAsked);
    return plan;
  }

  /**
   * Makes this place the mark, if every number is finite; otherwise goes back to before the first moment after which one was not. A mark
   * is put off while the gradient is unknown and more windows may follow, unless it `must` be now.
   */
  #verify(must = this.#place.mark.count === stretch): void {
    const place = this.#place;
    if (place.mark.count === 0 && place.taken === 0) return;
    if (must && !place.mark.isScored) place.recall();
    if (!place.finite && !place.becomesFinite(this.#isAsked)) throw this.#broken();
    if (place.mark.count > 0 && (must || !place.lacksGradient)) place.commit();
  }

  /** Goes back to before the first moment after which something is not finite, and says what happened in it. */
  #broken(present?: Moment, loss?: number): Error {
    const place = this.#place;
    const { mark, moments } = place;
    place.goTo(mark);
    for (let good = 0; good < mark.count; good++) {
      const broken = place.firstBroken(mark, good);
      if (broken === undefined) continue;
      const after = place.unloaded;
      const window = place.cameIn(mark, good);
      place.goTo(mark);
      place.again(mark, good);
      mark.count = good;
      const t = firstHarm(place.setting, place.unloaded, window.slice(0, broken + 1)) ?? broken;
      place.take(window.slice(0, t), this.#isAsked);
      return this.#failure(window[t], t === broken ? { after } : {});
    }
    place.take(moments, this.#isAsked);
    const t = place.brokenWithin;
    if (t === undefined) return this.#failure(present, { loss });
    place.taken = t;
    return this.#failure(moments[t], {});
  }

  #failure(moment: Moment | undefined, seen: Seen): Error {
    const { setting, memory, total } = this.#place;
    return nonFinite(total, moment, causeOf({ ...setting, noise: this.noise }, memory, moment, seen));
  }
}
