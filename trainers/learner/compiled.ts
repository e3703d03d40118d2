import { DTypeError, kernels, leavesOf, type Noise, restoreNoise, type SavedNoise, type Tree } from '../../lib/index.ts';
import { culprit, nonFinite } from './eager.ts';
import type { Engine, Outcome } from './engine.ts';
import { ForwardPlan } from './forward-plan.ts';
import { beginnings, clockAt, moveOn, named, type Setting, type Targets, takeSteps } from './learn.ts';
import { LearnPlan } from './learn-plan.ts';
import type { Memory } from './memory.ts';
import { type Moment, type Numbers, signatureOf } from './moment.ts';

/** How many windows are learnt between two looks at whether all numbers are finite, and so how many may have to be learnt again. */
const stretch = 256;

/** A place to go back to: memory and noise at the end of a window, and the windows learnt since. */
interface Mark {
  readonly memory: Memory;
  readonly noise: SavedNoise;
  readonly since: (readonly Moment[])[];
}

/**
 * Learning as plans: traced once for each type of input, then one call a window, with everything that changes in one arena.
 *
 * A plan updates its arena in place, so a step that breaks has already broken it. Everything being deterministic, the way back is to
 * go to a mark and to learn again what came after it, up to the step before.
 */
export class CompiledEngine implements Engine {
  readonly #setting: Setting;
  readonly #plans = new Map<string, LearnPlan>();
  readonly #forwards = new Map<string, ForwardPlan>();
  #noise: Noise;
  #numbers: Numbers = 'classes';
  /** The memory at the end of the last window. While a plan has it in its arena, only its counters are true. */
  #settled: Memory;
  #plan: LearnPlan | undefined;
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
    return this.#settled.steps + this.#window.filter(({ targets }) => targets !== undefined).length;
  }

  get noise(): Noise {
    return this.#noise;
  }

  get memory(): Memory {
    this.#verify();
    let memory = this.#unloaded();
    for (const { inputs, targets } of this.#window)
      memory = moveOn(this.#setting, memory, takeSteps(this.#setting, memory, inputs, targets), clockAt(memory));
    if (this.#forward === undefined) return memory;
    const states = this.#forward.states();
    return { ...memory, lanes: memory.lanes.map((lane, i) => ({ ...lane, state: states[i] })) };
  }

  set memory(memory: Memory) {
    const [{ window }] = memory.lanes;
    const moments = window.map((_, t): Moment => ({
      inputs: memory.lanes.map((lane) => lane.window[t].input),
      targets: window[t].target && memory.lanes.map((lane) => lane.window[t].target?.value),
    }));
    const scored = moments.filter(({ targets }) => targets !== undefined).length;
    const lanes = memory.lanes.map((lane) => ({ ...lane, state: lane.window[0]?.state ?? lane.state, window: [] }));
    this.#settle({ ...memory, lanes, steps: memory.steps - scored, pending: 0 });
    this.#mark = { memory: this.#settled, noise: this.#noise.save(), since: [] };
    for (const moment of moments) this.#predict(moment);
    this.#window = moments;
  }

  step(inputs: readonly unknown[], targets: Targets): Outcome {
    const moment: Moment = { inputs, targets };
    const single = this.#setting.estimator.window === 1;
    const predicted = single ? undefined : this.#predict(moment);
    if (predicted?.losses.some((loss) => !Number.isFinite(loss))) throw this.#broken(predicted.losses);
    this.#window.push(moment);
    if (this.#window.length < this.#setting.estimator.window) return predicted as Outcome;
    const moments = this.#window;
    this.#window = [];
    this.#forward = undefined;
    const plan = this.#learn(moments);
    const outcome = predicted ?? { losses: plan.losses(), outputs: plan.outputs() };
    if (outcome.losses.some((loss) => !Number.isFinite(loss))) throw this.#broken(outcome.losses);
    this.#mark.since.push(moments);
    if (this.#mark.since.length >= stretch) this.#verify();
    return outcome;
  }

  /** One step ahead inside a window. */
  #predict(moment: Moment): Outcome {
    const { parameters } = this.#window.length === 0 && this.#forward === undefined ? this.#unloaded() : this.#settled;
    const signature = signatureOf([moment]);
    const states = this.#forward?.states() ?? beginnings(this.#setting, this.#unloaded());
    let forward = this.#forwards.get(signature);
    if (forward === undefined) {
      forward = this.#traced((numbers) => new ForwardPlan(this.#setting, parameters, states, moment, numbers));
      this.#forwards.set(signature, forward);
    }
    if (forward !== this.#forward) forward.load(this.#unloaded().parameters, states);
    this.#forward = forward;
    return forward.run(moment, this.#setting.dtype);
  }

  /** Runs a complete window in the arena. */
  #learn(moments: readonly Moment[]): LearnPlan {
    const signature = signatureOf(moments);
    let plan = this.#plans.get(signature);
    if (plan === undefined) {
      plan = this.#traced((numbers) => new LearnPlan(this.#setting, this.#settled, moments, numbers));
      this.#plans.set(signature, plan);
    }
    if (plan !== this.#plan) {
      plan.load(this.#unloaded());
      this.#plan = plan;
    }
    plan.run(moments, this.#settled, this.#noise);
    const scored = moments.filter(({ targets }) => targets !== undefined).length;
    const { steps, updates } = this.#settled;
    this.#settled = { ...this.#settled, steps: steps + scored, updates: updates + (scored > 0 ? 1 : 0) };
    return plan;
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

  #unloaded(): Memory {
    if (this.#plan === undefined) return this.#settled;
    const { lanes, parameters, moments } = this.#plan.unload();
    const gradient = this.#plan.gradient();
    return { ...this.#settled, parameters: named(parameters), moments, gradient, lanes: lanes.map((lane) => ({ ...lane, window: [] })) };
  }

  #settle(memory: Memory): void {
    this.#settled = memory;
    this.#plan = undefined;
    this.#forward = undefined;
    this.#window = [];
  }

  /** Makes this point the mark, if every number is finite; otherwise goes back to the last step after which all were. */
  #verify(): void {
    if (this.#mark.since.length === 0) return;
    const memory = this.#unloaded();
    if (!finite(memory)) throw this.#broken([]);
    this.#mark = { memory, noise: this.#noise.save(), since: [] };
  }

  /** Goes back to the last good step, and says what happened in the one after it. */
  #broken(losses: readonly number[]): Error {
    const { memory, noise, since } = this.#mark;
    const window = this.#window;
    this.#noise = restoreNoise(noise);
    this.#settle(memory);
    for (const moments of since) {
      const before = this.#unloaded();
      const drawn = this.#noise.save();
      this.#learn(moments);
      const after = this.#unloaded();
      if (finite(after)) continue;
      this.#settle(before);
      this.#noise = restoreNoise(drawn);
      this.#mark = { memory: before, noise: drawn, since: [] };
      const what = culprit(after.parameters, after.gradient) ?? 'the influence stopped being finite';
      return nonFinite(this.steps, what);
    }
    for (const moment of window) this.#predict(moment);
    this.#window = window;
    return nonFinite(this.steps, `the loss became ${losses.find((loss) => !Number.isFinite(loss))}`);
  }
}

function finite({ parameters, moments, lanes }: Memory): boolean {
  return leavesOf([parameters, moments, lanes.map(({ state, influence }) => ({ state, influence }))] as Tree).every(kernels.allFinite);
}
