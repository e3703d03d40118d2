import { type Care, type Declare, Execution, trace } from '../../autodiff/index.ts';
import {
  alignLeaves,
  dataOf,
  leavesOf,
  type Noise,
  rebuild,
  type Tensor,
  type Tree,
  type TypedArray,
} from '../../lib/index.ts';
import type { Clock } from '../optimizers/index.ts';
import { Draws } from './draws.ts';
import type { Losses } from './engine.ts';
import { Feed } from './feed.ts';
import { moveOn, type Ruled, takeSteps } from './learn.ts';
import { absent, carriedOf, type Memory } from './memory.ts';
import { Outputs } from './outputs.ts';
import { lift, type Meanings } from './plainNumbers.ts';
import { residentOf } from './resident.ts';
import { declareTree, type Targets, type TimeStep } from './timeStep.ts';

/** The counters of a learner. */
export type Counters = Pick<Memory, 'steps' | 'updates'>;

/** The outputs of a stage, by their indices. */
interface Given {
  readonly losses: readonly number[];
  readonly states: readonly number[];
  readonly outputs: Outputs;
}

/** The differences between plans for the same type of window. */
export interface Kind {
  /** Whether the plan writes the gradient out. */
  readonly keeps: boolean;
  /**
   * Whether the plan is for a window that begins with an absent influence; the memory has zeros in its place.
   */
  readonly isFirst: boolean;
  readonly care: Care;
}

/**
 * A plan that learns from a window which ends with an update: `takeSteps` and `moveOn`, traced, with the
 * memory in the arena. The estimator's draws and the functions of time are among its inputs.
 *
 * It runs in stages, one for each time step: prediction, loss and new state. The last stage also learns.
 */
export class LearnPlan {
  readonly runner: Execution;
  readonly feed: Feed;
  /** Whether the plan writes the gradient out. */
  readonly keeps: boolean;
  readonly care: Care;
  /** Number of its time steps that are learnt from. */
  readonly scored: number;
  /** The part of the memory that stays in the arena, leaf by leaf. */
  readonly resident: readonly TypedArray[];
  /** The memory of the last gradient, leaf by leaf, if the plan keeps it. */
  readonly gradientNumbers: readonly TypedArray[];
  readonly #draws = new Draws();
  readonly #times: { readonly at: number; readonly value: (counters: Counters) => number }[] = [];
  readonly #gradient: { readonly like: Tree; readonly at: number };
  readonly #states: readonly unknown[];
  readonly #stages: readonly Given[];

  /** @param memory must not have an absent influence. */
  constructor(
    setting: Ruled,
    memory: Memory,
    timeSteps: readonly TimeStep[],
    numbers: Meanings,
    { keeps, isFirst, care }: Kind,
  ) {
    const { dtype } = setting;
    const resident = residentOf(memory);
    const like = resident as Tree;
    const residents = leavesOf(like).length;
    let declared = 0;
    const { program, result } = trace('learn', (declare) => {
      const counted: Declare = (type, label) => {
        declared++;
        return declare(type, label);
      };
      const own = declareTree(resident, counted, '');
      const fed = timeSteps.map((timeStep) => declareTree(lift(timeStep, dtype, numbers), counted, ''));
      const noise = this.#draws.noise((shape) => ({ at: declared, input: counted({ shape, dtype }) }));
      const lanes = own.lanes.map(({ state, influence }) => ({
        state,
        influence: isFirst ? absent : influence,
        window: [],
      }));
      let now: Memory = { ...memory, ...own, lanes };
      const stages = fed.map(({ inputs, targets }) => {
        const steps = takeSteps({ ...setting, noise }, now, inputs, targets);
        const ahead = now.steps - memory.steps;
        const clock = this.#clock(ahead, (value) => {
          this.#times.push({ at: declared, value });
          return counted({ shape: [], dtype });
        });
        now = moveOn({ ...setting, noise }, now, steps, clock);
        return {
          losses: steps.flatMap(({ loss }) => loss ?? []),
          outputs: steps.map(({ output }) => output),
          states: steps.map(({ next }) => next) as Tree[],
        };
      });
      return {
        resident: rebuild(like, alignLeaves(like, residentOf(now), 'learner') as Tensor[]),
        gradient: (keeps ? now.gradient : []) as Tree,
        // The last states are part of the resident memory.
        stages: stages.map((stage, t) => (t === timeSteps.length - 1 ? { ...stage, states: [] } : stage)),
      };
    });
    const sizes = result as {
      gradient: Tree;
      stages: { losses: Tensor[]; outputs: Tensor[]; states: Tree[] }[];
    };
    let at = residents;
    const take = (tree: Tree) => leavesOf(tree).map(() => at++);
    const gradient = { like: sizes.gradient, at };
    take(sizes.gradient);
    const stages = sizes.stages.map(({ losses, outputs, states }) => ({
      losses: take(losses),
      outputs: take(outputs),
      states: take(states),
    }));
    const leaves = leavesOf(like);
    const influence = new Set(memory.lanes.flatMap((lane) => leavesOf(carriedOf(lane))));
    this.runner = new Execution(program, {
      updates: new Map(leaves.map((_, i) => [i, i])),
      stages: stages.map(({ losses, outputs, states }) => [...losses, ...outputs, ...states]),
      relaxedSimd: setting.relaxedSimd,
      care,
      // Many parameters have no influence on the state, and its estimate stays zero.
      zeros: [...leaves.keys()].filter((i) => influence.has(leaves[i]) && isZero(dataOf(leaves[i]))),
    });
    this.feed = new Feed(this.runner, residents, timeSteps, numbers, isFirst);
    this.keeps = keeps;
    this.care = care;
    this.scored = timeSteps.filter(({ targets }) => targets !== undefined).length;
    this.resident = leaves.map((_, i) => this.runner.input(i));
    this.#gradient = gradient;
    this.gradientNumbers = leavesOf(gradient.like).map((_, i) => this.runner.output(gradient.at + i));
    this.#states = memory.lanes.map(({ state }) => state);
    this.#stages = stages.map(({ losses, outputs, states }) => ({
      losses,
      states,
      outputs: new Outputs(this.runner, outputs),
    }));
  }

  /** Whether a memory has the form that the plan was traced with. */
  accepts(resident: readonly TypedArray[]): boolean {
    return this.runner.zeros.every((at) => isZero(resident[at]));
  }

  /** Puts a memory into the arena. */
  load(resident: readonly TypedArray[]): void {
    this.runner.load(resident);
  }

  /** The last gradient, if the plan keeps it. */
  gradient(): unknown {
    const { like, at } = this.#gradient;
    return rebuild(
      like,
      leavesOf(like).map((_, i) => this.runner.read(at + i)),
    );
  }

  /**
   * Takes in time step t of a window, after the earlier ones.
   * @throws IndexError or DTypeError; nothing has changed then.
   */
  take(t: number, inputs: readonly unknown[], targets: Targets): void {
    this.feed.write(t, inputs, targets);
    this.runner.check(t);
    if (t < this.#stages.length - 1) this.runner.run(t);
  }

  /** Takes in a whole window, already written to the arena. */
  takeAgain(): void {
    for (let t = 0; t < this.#stages.length - 1; t++) this.runner.run(t);
  }

  /** Learns from the window that was taken in, with the functions of time taken at these counters. */
  learn(counters: Counters, noise: Noise): void {
    const { runner } = this;
    // Call the schedules first: a user's schedule may throw, and nothing is drawn yet.
    for (let i = 0; i < this.#times.length; i++)
      runner.input(this.#times[i].at)[0] = this.#times[i].value(counters);
    this.#draws.fill(runner, noise);
    runner.run(this.#stages.length - 1);
  }

  /**
   * Writes the loss at time step t: the mean over the systems, 0 if only observed. Returns whether it is
   * finite.
   */
  writeLoss(t: number, into: Losses, at: number): boolean {
    const { losses } = this.#stages[t];
    let sum = 0;
    for (let i = 0; i < losses.length; i++) sum += this.runner.output(losses[i])[0];
    const loss = losses.length < 2 ? sum : sum / losses.length;
    into[at] = loss;
    return Number.isFinite(loss);
  }

  /** The outputs at time step t. */
  outputs(t: number): Outputs {
    return this.#stages[t].outputs;
  }

  /** Whether the states after time step t within the window are finite. */
  finiteAt(t: number): boolean {
    return this.#stages[t].states.every((at) => this.runner.output(at).every(Number.isFinite));
  }

  /** The states after time step t within the window. */
  states(t: number): readonly unknown[] {
    const leaves = this.#stages[t].states.map((at) => this.runner.read(at));
    return rebuild(this.#states as Tree, leaves) as readonly unknown[];
  }

  #clock(ahead: number, declare: (value: (counters: Counters) => number) => Tensor): Clock {
    return {
      steps: (f) => declare(({ steps }) => f(steps + ahead)),
      updates: (f) => declare(({ updates }) => f(updates + 1)),
    };
  }
}

function isZero(data: TypedArray): boolean {
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) return false;
  return true;
}
