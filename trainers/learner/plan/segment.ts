import { type Care, type Declare, Execution, trace } from '../../../autodiff/index.ts';
import { full, leavesOf, mapTree, type Tensor, type Tree, type TypedArray } from '../../../lib/index.ts';
import { addTrees, scaleTree } from '../../algebra.ts';
import { withLanes } from '../systems/lanes.ts';
import { meanGradient, type Ruled, takeSteps, updated } from '../window/learn.ts';
import { absent, type Memory } from '../window/memory.ts';
import { lift, type Meanings } from '../window/plainNumbers.ts';
import { pullThrough } from '../window/step.ts';
import { declareTree, type TimeStep } from '../window/timeStep.ts';
import type { Bundles } from './bundles.ts';
import type { Counters } from './window-plan.ts';

/** The parts that plans of segments are traced with. */
export interface Tracing {
  readonly setting: Ruled;
  readonly memory: Memory;
  readonly bundles: Bundles;
  readonly care: Care;
}

/**
 * A time step of a segment, for steps of one type. Its first stage is the step, with its loss; the second pulls the loss
 * and the cotangent of the state after the step back, and adds to the gradient. One plan so serves segments of every
 * length, at the cost of taking each step twice.
 */
export class SegmentStep {
  readonly runner: Execution;
  /** The inputs of the plan for the parameters, the state, and the input and target of the step. */
  readonly parameters: readonly number[];
  readonly states: readonly number[];
  readonly fed: readonly number[];
  /** Replaced by the second stage: the gradient, and the cotangent of the state. */
  readonly carried: readonly TypedArray[];
  readonly after: {
    readonly losses: readonly number[];
    readonly outputs: readonly number[];
    readonly states: readonly number[];
  };

  constructor({ setting, memory, bundles, care }: Tracing, timeStep: TimeStep, numbers: Meanings) {
    const { dtype, estimator } = setting;
    const { parameters, lanes } = bundles.like;
    const states = lanes.map(({ state }) => state);
    const fed = lift(timeStep, dtype, numbers);
    const { program, result } = trace('segment', (declare) =>
      withLanes(bundles.width, (axis) => {
        const theta = declareTree(parameters, declare, 'params');
        const before = axis.declare(states, declare, 'state');
        const given = axis.enterAll(declareTree(fed, declare, ''));
        const gradient = declareTree(parameters as Tree, declare, 'gradient');
        const cotangents = axis.declare(states, declare, 'cotangent');
        const own: Ruled = axis.isAlone
          ? setting
          : {
              ...setting,
              systems: axis.systems(setting.systems),
              together: { mean: axis.mean, nextRound: () => {} },
            };
        const now: Memory = {
          ...memory,
          parameters: theta,
          lanes: before.map((state) => ({ state, influence: absent, window: [] })),
        };
        const steps = takeSteps(own, now, given.inputs, given.targets);
        const one = full([], 1, { dtype });
        const pulled = steps.map((step, i) => pullThrough([step], cotangents[i], () => one));
        const leaving = <T>(tree: T): T => mapTree(tree as Tree, axis.leave) as T;
        return {
          gradient: addTrees(
            gradient,
            meanGradient(
              own,
              pulled.map((lane) => lane.parameters),
            ) as Tree,
          ),
          cotangents: leaving(pulled.map(({ state }) => scaleTree(state as Tree, estimator.crossing ?? 1))),
          losses: leaving(steps.flatMap(({ loss }) => loss ?? [])),
          outputs: leaving(steps.map(({ output }) => output)),
          states: leaving(steps.map(({ next }) => next as Tree)),
        };
      }),
    );
    const { gradient, cotangents, ...after } = result as {
      gradient: Tree;
      cotangents: Tree;
      losses: Tree;
      outputs: Tree;
      states: Tree;
    };
    const inputs = counter();
    this.parameters = inputs(parameters);
    this.states = inputs(states);
    this.fed = inputs(fed);
    const replaced = [...inputs(parameters), ...inputs(states)];
    const outputs = counter();
    const replacing = [...outputs(gradient), ...outputs(cotangents)];
    this.after = {
      losses: outputs(after.losses),
      outputs: outputs(after.outputs),
      states: outputs(after.states),
    };
    this.runner = new Execution(program, {
      updates: new Map(replacing.map((at, i) => [at, replaced[i]])),
      stages: [Object.values(this.after).flat(), []],
      relaxedSimd: setting.relaxedSimd,
      care,
    });
    this.carried = replaced.map((at) => this.runner.input(at));
  }

  /** Sets the gradient and the cotangent of the state; to zero by default. */
  begin(from?: SegmentStep): void {
    for (const [i, own] of this.carried.entries())
      if (from === undefined) own.fill(0);
      else own.set(from.carried[i]);
    this.runner.load(this.carried);
  }
}

/** The update of the parameters at the end of a segment, with the memory of the learner but for the states. */
export class SegmentUpdate {
  readonly runner: Execution;
  /** The parameters and the memory of the optimiser, and their number. */
  readonly resident: readonly TypedArray[];
  readonly gradient: readonly TypedArray[];
  readonly #loss: TypedArray;
  readonly #times: { readonly at: number; readonly value: (counters: Counters) => number }[] = [];

  constructor({ setting, memory, bundles, care }: Tracing) {
    const { dtype } = setting;
    const { parameters, moments } = bundles.like;
    const { program } = trace('update', (declare) => {
      let declared = 0;
      const counted: Declare = (type, label) => {
        declared++;
        return declare(type, label);
      };
      const own = declareTree({ parameters, moments }, counted, '');
      const gradient = declareTree(parameters, counted, 'gradient');
      const loss = counted({ shape: [], dtype });
      const input = (value: (counters: Counters) => number): Tensor => {
        this.#times.push({ at: declared, value });
        return counted({ shape: [], dtype });
      };
      const now = updated(setting, { ...memory, ...own }, gradient, loss, {
        steps: (f) => input(({ steps }) => f(steps)),
        updates: (f) => input(({ updates }) => f(updates + 1)),
      });
      return { parameters: now.parameters, moments: now.moments } as Tree;
    });
    const inputs = counter();
    const replaced = inputs({ parameters, moments });
    const gradient = inputs(parameters);
    const [loss] = inputs(full([], 0, { dtype }));
    this.runner = new Execution(program, {
      updates: new Map(replaced.map((at) => [at, at])),
      relaxedSimd: setting.relaxedSimd,
      care,
    });
    const view = (at: number) => this.runner.input(at);
    this.resident = replaced.map(view);
    this.gradient = gradient.map(view);
    this.#loss = view(loss);
  }

  /** Puts numbers into the memory, which may be those that are there. */
  load(): void {
    this.runner.load(this.resident);
  }

  /** Takes the functions of time at these counters. A schedule of the user may throw. */
  at(counters: Counters): void {
    for (const { at, value } of this.#times) this.runner.input(at)[0] = value(counters);
  }

  /** Updates the parameters with a gradient, and the loss of the segment. */
  run(gradient: readonly TypedArray[], loss: number): void {
    for (const [i, own] of this.gradient.entries()) own.set(gradient[i]);
    this.#loss[0] = loss;
    this.runner.run();
  }
}

/** Numbers the leaves of one tree after another. */
function counter(): (tree: unknown) => number[] {
  let at = 0;
  return (tree) => leavesOf(tree as Tree).map(() => at++);
}
