import type { Care } from '../../../autodiff/index.ts';
import {
  allocate,
  dataOf,
  dtypeOf,
  leavesOf,
  type Tensor,
  type Tree,
  type TypedArray,
} from '../../../lib/index.ts';
import type { Memory } from '../window/memory.ts';
import type { Meanings } from '../window/plainNumbers.ts';
import { signatureOf, type Targets, type TimeStep } from '../window/timeStep.ts';
import { Bundles } from './bundles.ts';
import { Feed } from './feed.ts';
import { Outputs } from './outputs.ts';
import { treeOf } from './point.ts';
import { residentOf } from './resident.ts';
import { SegmentStep, SegmentUpdate, type Tracing } from './segment.ts';
import { type Counters, type Kind, meanLoss, scoredIn, type WindowPlan } from './window-plan.ts';

/** The plans that segments of all lengths share: one for each type of time step, and one for the update. */
export class SegmentPlans {
  readonly bundles: Bundles;
  readonly update: SegmentUpdate;
  /** The states at the beginning of a segment, in arrays of all lanes. */
  readonly states: readonly TypedArray[];
  readonly resident: readonly TypedArray[];
  readonly care: Care;
  readonly #tracing: Tracing;
  readonly #steps = new Map<string, SegmentStep>();

  constructor(setting: Tracing['setting'], memory: Memory, care: Care) {
    const bundles = new Bundles(residentOf(memory), setting.systems.isTogether);
    this.bundles = bundles;
    this.care = care;
    this.#tracing = { setting, memory, bundles, care };
    this.update = new SegmentUpdate(this.#tracing);
    this.states = leavesOf(bundles.like.lanes as Tree).map(({ dtype, size }) =>
      allocate(dtype, size * bundles.width),
    );
    this.resident = bundles.views([...this.update.resident, ...this.states]);
  }

  /** The size of the memory of them all in bytes. */
  get bytes(): number {
    return [this.update, ...this.#steps.values()].reduce((sum, { runner }) => sum + runner.bytes, 0);
  }

  stepFor(timeStep: TimeStep, numbers: Meanings): SegmentStep {
    const signature = signatureOf([timeStep]);
    const step = this.#steps.get(signature) ?? new SegmentStep(this.#tracing, timeStep, numbers);
    this.#steps.set(signature, step);
    return step;
  }
}

/** A time step of a segment: the plan that takes it, and its numbers, as all steps share the arenas of plans. */
interface KeptStep {
  readonly step: SegmentStep;
  readonly fed: readonly TypedArray[];
  readonly states: readonly TypedArray[];
  readonly losses: readonly TypedArray[];
  readonly given: readonly TypedArray[];
  readonly outputs: Outputs;
}

/**
 * Learns from segments of a drawn length, that carry no influence. Nothing is compiled for a length: the plans of single
 * steps are run forward, and once more from the last step back to the first, each from the state that was kept.
 */
export class SegmentPlan implements WindowPlan {
  readonly feed: Feed;
  readonly keeps: boolean;
  readonly care: Care;
  readonly scored: number;
  readonly resident: readonly TypedArray[];
  readonly gradientNumbers: readonly TypedArray[];
  readonly mayThrow: boolean;
  /** Its memory is that of the plans that it shares. */
  readonly bytes = 0;
  readonly #plans: SegmentPlans;
  readonly #kept: readonly KeptStep[];
  readonly #steps: readonly SegmentStep[];
  readonly #scoredBefore: number;
  readonly #like: Tree;

  constructor(plans: SegmentPlans, timeSteps: readonly TimeStep[], numbers: Meanings, { keeps }: Kind) {
    this.#plans = plans;
    this.#kept = timeSteps.map((timeStep) => keptStep(plans.stepFor(timeStep, numbers)));
    this.#steps = [...new Set(this.#kept.map(({ step }) => step))];
    const places = this.#kept.flatMap(({ step, fed }) =>
      fed.map((own, i) => ({ own, step, at: step.fed[i] })),
    );
    const entry = {
      input: (at: number) => places[at].own,
      write: (at: number, x: Tensor) => {
        places[at].step.runner.write(places[at].at, x);
        places[at].own.set(dataOf(x));
      },
    };
    this.feed = new Feed(entry, 0, timeSteps, numbers);
    this.keeps = keeps;
    this.care = plans.care;
    this.scored = scoredIn(timeSteps);
    this.#scoredBefore = scoredIn(timeSteps.slice(0, -1));
    this.resident = plans.resident;
    this.gradientNumbers = plans.update.gradient;
    this.mayThrow = [...this.#steps, plans.update].some(({ runner }) => runner.mayThrow);
    this.#like = plans.bundles.like.parameters as Tree;
  }

  get finite(): boolean {
    const { update, states } = this.#plans;
    return update.runner.finite && states.every((own) => own.every(Number.isFinite));
  }

  accepts(): boolean {
    return true;
  }

  load(resident: readonly TypedArray[]): void {
    for (const [i, own] of this.resident.entries()) if (own !== resident[i]) own.set(resident[i]);
    this.#plans.update.load();
  }

  gradient(): unknown {
    return treeOf(this.#like, this.gradientNumbers);
  }

  take(t: number, inputs: readonly unknown[], targets: Targets): void {
    this.feed.write(t, inputs, targets);
    const { step, fed } = this.#kept[t];
    write(step, step.fed, fed);
    step.runner.check();
    if (t < this.#kept.length - 1) this.takeAgain(t);
  }

  takeAgain(t: number): void {
    if (t === 0) for (const step of this.#steps) write(step, step.parameters, this.#plans.update.resident);
    const { step, states, losses, given } = this.#forward(t);
    const { after, runner } = step;
    keep(runner, after.states, states);
    keep(runner, after.losses, losses);
    keep(runner, after.outputs, given);
  }

  learn({ steps, updates }: Counters): void {
    const { update, states } = this.#plans;
    const last = this.#kept.length - 1;
    if (this.scored > 0) update.at({ steps: steps + this.#scoredBefore, updates });
    this.takeAgain(last);
    if (this.scored > 0) update.run(this.#pulledBack(), this.#totalLoss());
    for (const [i, own] of states.entries()) own.set(this.#kept[last].states[i]);
  }

  loss(t: number): number {
    return meanLoss(this.#kept[t].losses);
  }

  outputs(t: number): Outputs {
    return this.#kept[t].outputs;
  }

  finiteAt(t: number): boolean {
    return this.#kept[t].states.every((own) => own.every(Number.isFinite));
  }

  states(t: number): readonly unknown[] {
    return this.#plans.bundles.statesIn(this.#kept[t].states);
  }

  /** The gradient of the losses, from the last step back to the first. The last one has just been taken. */
  #pulledBack(): readonly TypedArray[] {
    let later: SegmentStep | undefined;
    for (let t = this.#kept.length - 1; t >= 0; t--) {
      const { step } = later === undefined ? this.#kept[t] : this.#forward(t);
      if (step !== later) step.begin(later);
      step.runner.run(1);
      later = step;
    }
    return (later as SegmentStep).carried;
  }

  #forward(t: number): KeptStep {
    const kept = this.#kept[t];
    const { step, fed } = kept;
    write(step, step.states, t === 0 ? this.#plans.states : this.#kept[t - 1].states);
    write(step, step.fed, fed);
    step.runner.run();
    return kept;
  }

  #totalLoss(): number {
    return this.#kept.reduce((sum, _, t) => sum + this.loss(t), 0);
  }
}

function keptStep(step: SegmentStep): KeptStep {
  const { runner, after } = step;
  const like = (view: TypedArray) => allocate(dtypeOf(view), view.length);
  const outputsLike = (at: readonly number[]) => at.map((i) => like(runner.output(i)));
  const given = outputsLike(after.outputs);
  return {
    step,
    fed: step.fed.map((at) => like(runner.input(at))),
    states: outputsLike(after.states),
    losses: outputsLike(after.losses),
    given,
    outputs: new Outputs(
      { program: runner.program, output: (at) => given[after.outputs.indexOf(at)] },
      after.outputs,
    ),
  };
}

function write({ runner }: SegmentStep, places: readonly number[], numbers: readonly TypedArray[]): void {
  for (let i = 0; i < places.length; i++) runner.input(places[i]).set(numbers[i]);
}

function keep(runner: SegmentStep['runner'], places: readonly number[], into: readonly TypedArray[]): void {
  for (let i = 0; i < places.length; i++) into[i].set(runner.output(places[i]));
}
