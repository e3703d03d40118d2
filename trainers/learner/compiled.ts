import { Execution } from '../../autodiff/index.ts';
import { DTypeError, kernels, leavesOf, type Noise, restoreNoise, type SavedNoise, type Tree } from '../../lib/index.ts';
import type { Estimator } from '../estimators/index.ts';
import type { Engine, Outcome } from './engine.ts';
import { culprit, nonFinite } from './finite.ts';
import { ForwardPlan } from './forward-plan.ts';
import { beginnings, clockAt, moveOn, named, type Setting, type Targets, takeSteps } from './learn.ts';
import { LearnPlan } from './learn-plan.ts';
import type { Memory } from './memory.ts';
import { alike, countScored, type Moment, type Numbers, signatureOf } from './moment.ts';
import { begun, specialise } from './specialise.ts';

/** How many windows are learnt between two looks at whether all numbers are finite, and so how many may have to be learnt again. */
const stretch = 64;

/** A place to go back to: memory and noise at the end of a window, and the windows learnt since. */
interface Mark {
  readonly memory: Memory;
  readonly noise: SavedNoise;
  readonly since: (readonly Moment[])[];
  /** Where nobody asked for the gradient of the window that ends here: the mark before, from which it can be worked out. */
  readonly before?: Mark;
}

/**
 * Learning as plans: traced once for each type of input, then one call a window, with everything that changes in one arena.
 *
 * A plan updates its arena in place, so a step that breaks has already broken it. Everything being deterministic, the way back is to
 * go to a mark and to learn again what came after it, up to the step before. In the same way the gradient of the last window, which
 * a plan does not write out, is worked out when somebody asks, and kept for as long as somebody asks after every window.
 */
export class CompiledEngine implements Engine {
  #setting: Setting;
  readonly #plans = new Map<string, LearnPlan>();
  readonly #forwards = new Map<string, ForwardPlan>();
  #noise: Noise;
  #numbers: Numbers = 'classes';
  /** The step after which somebody last asked for the gradient. */
  #asked = -1;
  /** The memory at the end of the last window. While a plan has it in its arena, only its counters are true. */
  #settled: Memory;
  #plan: LearnPlan | undefined;
  /** The plan that holds the last gradient; undefined when the settled memory has it; null when none has. */
  #gradient: LearnPlan | undefined | null;
  /** What was learnt from last. */
  #last: { readonly moments: readonly Moment[]; readonly keeps: boolean; readonly plan: LearnPlan } | undefined;
  /** The moments of a window that is not complete, and the plan that predicts in it. */
  #window: Moment[] = [];
  #forward: ForwardPlan | undefined;
  #mark: Mark;

  constructor(setting: Setting, memory: Memory) {
    this.#setting = setting;
    this.#noise = setting.noise;
    this.#settled = memory;
    this.#mark = { memory, noise: this.#noise.save(), since: [] };
    this.memory = memory;
  }

  get steps(): number {
    return this.#settled.steps + countScored(this.#window);
  }

  get estimator(): Estimator {
    return this.#setting.estimator;
  }

  get noise(): Noise {
    return this.#noise;
  }

  get gradient(): unknown {
    this.#recall();
    this.#asked = this.steps;
    return this.#unloaded().gradient;
  }

  get glance(): Memory {
    this.#verify();
    let memory = this.#unloaded();
    for (const { inputs, targets } of this.#window)
      memory = moveOn(this.#setting, memory, takeSteps(this.#setting, memory, inputs, targets), clockAt(memory));
    if (this.#forward === undefined) return memory;
    const states = this.#forward.states();
    return { ...memory, lanes: memory.lanes.map((lane, i) => ({ ...lane, state: states[i] })) };
  }

  get memory(): Memory {
    this.#recall();
    return this.glance;
  }

  set memory(memory: Memory) {
    const [{ window }] = memory.lanes;
    const moments = window.map(
      (_, t): Moment => ({
        inputs: memory.lanes.map((lane) => lane.window[t].input),
        targets: window[t].target && memory.lanes.map((lane) => lane.window[t].target?.value),
      }),
    );
    const scored = moments.filter(({ targets }) => targets !== undefined).length;
    const lanes = memory.lanes.map((lane) => ({ ...lane, state: lane.window[0]?.state ?? lane.state, window: [] }));
    this.#settle(begun(this.#setting, { ...memory, lanes, steps: memory.steps - scored, pending: 0 }));
    this.#mark = { memory: this.#settled, noise: this.#noise.save(), since: [] };
    for (const moment of moments) this.#predict(moment);
    this.#window = moments;
  }

  step(inputs: readonly unknown[], targets: Targets): Outcome {
    const moment: Moment = { inputs, targets };
    const { window } = this.#setting.estimator;
    const predicted = window === 1 ? undefined : this.#predict(moment);
    if (predicted?.losses.some((loss) => !Number.isFinite(loss))) throw this.#broken(predicted.losses);
    if (this.#window.length + 1 < window) {
      this.#window.push(moment);
      return predicted as Outcome;
    }
    const moments = window === 1 ? [moment] : [...this.#window, moment];
    const plan = this.#learn(moments, this.#asked >= this.steps - window);
    this.#window = [];
    this.#forward = undefined;
    const outcome = predicted ?? { losses: plan.losses(), outputs: plan.outputs() };
    if (!outcome.losses.every(Number.isFinite)) throw this.#broken(outcome.losses);
    this.#mark.since.push(moments);
    if (this.#mark.since.length >= stretch) this.#verify();
    return outcome;
  }

  /** One step ahead inside a window. */
  #predict(moment: Moment): Outcome {
    const signature = signatureOf([moment]);
    let forward = this.#forwards.get(signature);
    if (forward === undefined || forward !== this.#forward) {
      const { parameters, lanes } = this.#unloaded();
      const states = this.#forward?.states() ?? beginnings(this.#setting, { lanes, pending: 0 });
      forward ??= this.#traced((numbers) => new ForwardPlan(this.#setting, parameters, states, moment, numbers));
      this.#forwards.set(signature, forward);
      forward.load(parameters, states);
    }
    const outcome = forward.run(moment);
    this.#forward = forward;
    return outcome;
  }

  /** Runs a complete window in the arena. */
  #learn(moments: readonly Moment[], withGradient: boolean): LearnPlan {
    const scored = countScored(moments);
    const keeps = withGradient && scored > 0;
    const plan = this.#planFor(moments, keeps);
    if (plan !== this.#plan) {
      const before = this.#unloaded();
      plan.load(before);
      this.#settled = before;
      if (this.#gradient !== null) this.#gradient = undefined;
      this.#plan = plan;
    }
    // Only the reference kernels check on the way; a plan has checked before anything is drawn.
    const drawn = plan.execution instanceof Execution ? undefined : this.#noise.save();
    try {
      plan.run(moments, this.#settled, this.#noise);
    } catch (error) {
      if (drawn !== undefined) this.#noise = restoreNoise(drawn);
      throw error;
    }
    if (scored === 0) return plan;
    this.#gradient = keeps ? plan : null;
    const { parameters, moments: optimizer, gradient, lanes, steps, updates, pending } = this.#settled;
    // Written out: a spread is slower, and this is every step.
    this.#settled = { parameters, moments: optimizer, gradient, lanes, steps: steps + scored, updates: updates + 1, pending };
    return plan;
  }

  #planFor(moments: readonly Moment[], keeps: boolean): LearnPlan {
    const last = this.#last;
    // Nearly always the next window is like the last one, and comparing them is cheaper than spelling out what they are.
    if (last !== undefined && last.keeps === keeps && alike(last.moments, moments)) return last.plan;
    const signature = `${signatureOf(moments)}${keeps ? ' with gradient' : ''}`;
    let plan = this.#plans.get(signature);
    if (plan === undefined) {
      this.#meet(moments[0]);
      plan = this.#traced((numbers) => new LearnPlan(this.#setting, this.#settled, moments, numbers, keeps));
      this.#plans.set(signature, plan);
    }
    this.#last = { moments, keeps, plan };
    return plan;
  }

  /** Lets the estimator see a type of input that has no plan yet. */
  #meet({ inputs }: Moment): void {
    this.#setting = specialise(this.#setting, this.#settled, inputs);
    // Only before the first plan is there a lane that has no influence.
    this.#settled = begun(this.#setting, this.#settled);
    this.#mark = { ...this.#mark, memory: begun(this.#setting, this.#mark.memory) };
  }

  /** Traces with numbers among the targets as classes, and as real numbers where the loss does not take classes. */
  #traced<T>(make: (numbers: Numbers) => T): T {
    try {
      return make(this.#numbers);
    } catch (error) {
      if (!(error instanceof DTypeError) || this.#numbers === 'reals') throw error;
      const made = make('reals');
      this.#numbers = 'reals';
      return made;
    }
  }

  /** The memory at the end of the last window, as trees. */
  #unloaded(): Memory {
    if (this.#plan === undefined) return this.#settled;
    const { lanes, parameters, moments } = this.#plan.unload();
    const gradient = this.#gradient ? this.#gradient.gradient() : this.#settled.gradient;
    return {
      ...this.#settled,
      parameters: named(parameters),
      moments,
      gradient,
      lanes: lanes.map((lane) => ({ ...lane, window: [] })),
    };
  }

  #settle(memory: Memory): void {
    this.#settled = memory;
    this.#plan = undefined;
    this.#gradient = undefined;
    this.#forward = undefined;
    this.#window = [];
  }

  /** Makes sure that the last gradient is known, by learning the last windows again. */
  #recall(): void {
    if (this.#gradient !== null) return;
    const [window, forward] = [this.#window, this.#forward];
    const { since, before } = this.#mark;
    if (before !== undefined && !since.some(isScored)) this.#mark = { ...before, since: [...before.since, ...since] };
    this.#replay(this.#mark.since.length, true);
    this.#window = window;
    this.#forward = forward;
  }

  /** Makes this point the mark, if every number is finite; otherwise goes back to the last step after which all were. */
  #verify(): void {
    if (this.#gradient === null && this.#mark.since.length < stretch) {
      if (!finite(this.#unloaded())) throw this.#broken([]);
      return;
    }
    // The gradient at this mark may stay unknown where windows since the last one give it; those that were only observed do not.
    if (!this.#mark.since.some(isScored)) this.#recall();
    const memory = this.#unloaded();
    if (!finite(memory)) throw this.#broken([]);
    const { memory: last, noise, since } = this.#mark;
    const mark = { memory, noise: this.#noise.save(), since: [] };
    this.#mark = this.#gradient === null ? { ...mark, before: { memory: last, noise, since } } : mark;
  }

  /** From the mark on, learns the first windows again. */
  #replay(count: number, withGradient: boolean): void {
    const { memory, noise, since, before } = this.#mark;
    this.#noise = restoreNoise(noise);
    this.#settle(memory);
    if (before !== undefined) this.#gradient = null;
    since.slice(0, count).forEach((moments) => {
      this.#learn(moments, withGradient);
    });
  }

  /** Goes back to the last good step, and says what happened in the one after it. */
  #broken(losses: readonly number[]): Error {
    const window = this.#window;
    const { since } = this.#mark;
    this.#replay(0, true);
    for (let good = 0; good < since.length; good++) {
      this.#learn(since[good], true);
      const after = this.#unloaded();
      if (finite(after)) continue;
      this.#replay(good, true);
      since.length = good;
      return nonFinite(this.steps, culprit(after) ?? 'a number stopped being finite');
    }
    for (const moment of window) this.#predict(moment);
    this.#window = window;
    return nonFinite(this.steps, `the loss became ${losses.find((loss) => !Number.isFinite(loss))}`);
  }
}

function finite({ parameters, moments, lanes }: Memory): boolean {
  return leavesOf([parameters, moments, lanes.map(({ state, influence }) => ({ state, influence }))] as Tree).every(
    kernels.allFinite,
  );
}

function isScored(moments: readonly Moment[]): boolean {
  return countScored(moments) > 0;
}
