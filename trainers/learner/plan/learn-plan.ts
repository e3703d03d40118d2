import { type Care, type Declare, Execution, trace } from '../../../autodiff/index.ts';
import {
  dataOf,
  leavesOf,
  mapTree,
  type Noise,
  rebuild,
  type Tensor,
  type Tree,
  type TypedArray,
  zeros,
} from '../../../lib/index.ts';
import type { Clock } from '../../optimizers/index.ts';
import { conform } from '../given/conform.ts';
import { type Lanes, withLanes } from '../systems/lanes.ts';
import { moveOn, type Ruled, takeSteps } from '../window/learn.ts';
import { absent, carriedOf, type Memory } from '../window/memory.ts';
import { lift, type Meanings } from '../window/plainNumbers.ts';
import { declareTree, type Targets, type TimeStep } from '../window/timeStep.ts';
import { Bundles } from './bundles.ts';
import { Draws } from './draws.ts';
import { Feed } from './feed.ts';
import { Outputs } from './outputs.ts';
import { residentOf } from './resident.ts';
import { type Counters, type Kind, meanLoss, scoredIn, type WindowPlan } from './window-plan.ts';

/** The outputs of a stage, by their indices. */
interface Given {
  readonly lossViews: readonly TypedArray[];
  readonly states: readonly number[];
  readonly outputs: Outputs;
}

/**
 * A plan that learns from a window which ends with an update: `takeSteps` and `moveOn`, traced, with the
 * memory in the arena. The estimator's draws and the functions of time are among its inputs.
 *
 * It runs in stages, one for each time step: prediction, loss and new state. The last stage also learns.
 */
export class LearnPlan implements WindowPlan {
  readonly #runner: Execution;
  readonly feed: Feed;
  readonly keeps: boolean;
  readonly care: Care;
  readonly scored: number;
  readonly resident: readonly TypedArray[];
  readonly gradientNumbers: readonly TypedArray[];
  readonly #draws: Draws;
  readonly #times: { readonly at: number; readonly value: (counters: Counters) => number }[] = [];
  readonly #gradient: { readonly like: Tree; readonly at: number };
  readonly #bundles: Bundles;
  readonly #stages: readonly Given[];

  /** @param memory must not have an absent influence. */
  constructor(
    setting: Ruled,
    memory: Memory,
    timeSteps: readonly TimeStep[],
    numbers: Meanings,
    { keeps, isFirst, care }: Kind,
  ) {
    const { dtype, systems } = setting;
    const bundles = new Bundles(residentOf(memory), systems.isTogether);
    const { parameters, moments, lanes } = bundles.like;
    const draws = new Draws(bundles.width);
    let declared = 0;
    const traced = (declare: Declare, axis: Lanes) => {
      const counted: Declare = (type, label) => {
        declared++;
        return declare(type, label);
      };
      const shared = declareTree({ parameters, moments }, counted, '');
      const carried = axis.declare(lanes, counted, 'lanes');
      const fed = timeSteps.map((timeStep) =>
        axis.enterAll(declareTree(lift(timeStep, dtype, numbers), counted, '')),
      );
      const noise = draws.noise((shape) => ({
        at: declared,
        input: axis.declare(zeros(shape, { dtype }), counted, ''),
      }));
      const own: Ruled = {
        ...setting,
        noise,
        systems: axis.isAlone ? systems : axis.systems(systems),
        ...(axis.isAlone ? {} : { together: { mean: axis.mean, nextRound: () => draws.nextRound() } }),
      };
      let now: Memory = {
        ...memory,
        ...shared,
        lanes: carried.map(({ state, influence }) => ({
          state,
          influence: isFirst ? absent : influence,
          window: [],
        })),
      };
      const stages = fed.map(({ inputs, targets }) => {
        const steps = takeSteps(own, now, inputs, targets);
        const ahead = now.steps - memory.steps;
        const clock = this.#clock(ahead, (value) => {
          this.#times.push({ at: declared, value });
          return counted({ shape: [], dtype });
        });
        now = moveOn(own, now, steps, clock);
        return {
          losses: steps.flatMap(({ loss }) => loss ?? []),
          outputs: steps.map(({ output }) => output),
          states: steps.map(({ next }) => next) as Tree[],
        };
      });
      const after = conform(bundles.like, residentOf(now), setting.estimator.name, 'memory');
      const leaving = <T>(tree: T): T => mapTree(tree as Tree, axis.leave) as T;
      return {
        resident: { ...after, lanes: leaving(after.lanes) },
        gradient: (keeps ? now.gradient : []) as Tree,
        // The last states are part of the resident memory.
        stages: leaving(
          stages.map((stage, t) => (t === timeSteps.length - 1 ? { ...stage, states: [] } : stage)),
        ),
      };
    };
    const { program, result } = trace('learn', (declare) =>
      withLanes(bundles.width, (axis) => traced(declare, axis)),
    );
    const sizes = result as {
      gradient: Tree;
      stages: { losses: Tensor[]; outputs: Tensor[]; states: Tree[] }[];
    };
    let at = bundles.size;
    const take = (tree: Tree) => leavesOf(tree).map(() => at++);
    const gradient = { like: sizes.gradient, at };
    take(sizes.gradient);
    const stages = sizes.stages.map(({ losses, outputs, states }) => ({
      losses: take(losses),
      outputs: take(outputs),
      states: take(states),
    }));
    const leaves = leavesOf(residentOf(memory) as Tree);
    const influence = new Set(memory.lanes.flatMap((lane) => leavesOf(carriedOf(lane))));
    const carried = Array.from({ length: bundles.size }, (_, i) => i);
    this.#runner = new Execution(program, {
      updates: new Map(carried.map((i) => [i, i])),
      stages: stages.map(({ losses, outputs, states }) => [...losses, ...outputs, ...states]),
      relaxedSimd: setting.relaxedSimd,
      care,
      // Many parameters have no influence on the state, and its estimate stays zero.
      zeros: carried.filter((i) =>
        bundles.in(i, leaves).every((leaf) => influence.has(leaf) && isZero(dataOf(leaf))),
      ),
    });
    this.feed = new Feed(this.#runner, bundles.size, timeSteps, numbers, isFirst);
    this.keeps = keeps;
    this.care = care;
    this.scored = scoredIn(timeSteps);
    this.resident = bundles.views(carried.map((i) => this.#runner.input(i)));
    this.#bundles = bundles;
    this.#draws = draws;
    this.#gradient = gradient;
    this.gradientNumbers = leavesOf(gradient.like).map((_, i) => this.#runner.output(gradient.at + i));
    this.#stages = stages.map(({ losses, outputs, states }) => ({
      lossViews: losses.map((own) => this.#runner.output(own)),
      states,
      outputs: new Outputs(this.#runner, outputs),
    }));
  }

  get finite(): boolean {
    return this.#runner.finite;
  }

  get bytes(): number {
    return this.#runner.bytes;
  }

  get mayThrow(): boolean {
    return this.#runner.mayThrow;
  }

  accepts(resident: readonly TypedArray[]): boolean {
    return this.#runner.zeros.every((at) => this.#bundles.in(at, resident).every(isZero));
  }

  load(resident: readonly TypedArray[]): void {
    for (const [i, own] of this.resident.entries()) own.set(resident[i]);
    this.#runner.load(Array.from({ length: this.#bundles.size }, (_, i) => this.#runner.input(i)));
  }

  gradient(): unknown {
    const { like, at } = this.#gradient;
    return rebuild(
      like,
      leavesOf(like).map((_, i) => this.#runner.read(at + i)),
    );
  }

  take(t: number, inputs: readonly unknown[], targets: Targets): void {
    this.feed.write(t, inputs, targets);
    this.#runner.check(t);
    if (t < this.#stages.length - 1) this.#runner.run(t);
  }

  takeAgain(t: number): void {
    this.#runner.run(t);
  }

  learn(counters: Counters, noise: Noise): void {
    const runner = this.#runner;
    // Call the schedules first: a user's schedule may throw, and nothing is drawn yet.
    for (let i = 0; i < this.#times.length; i++)
      runner.input(this.#times[i].at)[0] = this.#times[i].value(counters);
    this.#draws.fill(runner, noise);
    runner.run(this.#stages.length - 1);
  }

  loss(t: number): number {
    return meanLoss(this.#stages[t].lossViews);
  }

  outputs(t: number): Outputs {
    return this.#stages[t].outputs;
  }

  finiteAt(t: number): boolean {
    return this.#stages[t].states.every((at) => this.#runner.output(at).every(Number.isFinite));
  }

  states(t: number): readonly unknown[] {
    return this.#bundles.statesIn(this.#stages[t].states.map((at) => this.#runner.output(at)));
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
