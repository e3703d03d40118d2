import { Execution, trace } from '../../../autodiff/index.ts';
import { leavesOf, type Tensor, type Tree, type TypedArray } from '../../../lib/index.ts';
import { runStep } from '../../../nn/index.ts';
import { stateLike } from '../given/conform.ts';
import { eachLane, withLanes } from '../systems/lanes.ts';
import type { Setting } from '../window/learn.ts';
import { lift, meaningsOf } from '../window/plainNumbers.ts';
import { declareTree, type TimeStep } from '../window/timeStep.ts';
import { Feed } from './feed.ts';

/** A plan for the model's outputs at given parameters, for every system, with states of its own. */
export class PredictPlan {
  readonly feed: Feed;
  readonly #runner: Execution;
  readonly #parameters: number;
  readonly #states: number;
  readonly #lanes: number;

  constructor(setting: Setting, parameters: unknown, states: readonly unknown[], inputs: readonly unknown[]) {
    const { systems, dtype } = setting;
    const timeStep: TimeStep = { inputs: [...inputs], targets: undefined };
    const numbers = meaningsOf(setting, parameters, states[0], [timeStep]);
    const [one] = states;
    this.#lanes = states.length;
    this.#parameters = leavesOf(parameters as Tree).length;
    this.#states = leavesOf(one as Tree).length;
    const { program } = trace('predict', (declare) =>
      withLanes(states.length, (axis) => {
        const theta = declareTree(parameters, declare, 'params');
        const before = axis.declare(one, declare, 'state');
        const { inputs: fed } = axis.enterAll(declareTree(lift(timeStep, dtype, numbers), declare, ''));
        const { state, output } = runStep(systems.model, theta, before, fed[0]);
        return [...leavesOf(stateLike(one, state, systems.model.name) as Tree), output].map(axis.leave);
      }),
    );
    const updates = new Map(Array.from({ length: this.#states }, (_, i) => [i, this.#parameters + i]));
    this.#runner = new Execution(program, { updates });
    this.feed = new Feed(this.#runner, this.#parameters + this.#states, [timeStep], numbers);
  }

  /** The size of its memory in bytes. */
  get bytes(): number {
    return this.#runner.bytes;
  }

  /** The numbers of the states, leaf by leaf and lane by lane. */
  get states(): TypedArray[] {
    const apart = this.#carried.map((all) => eachLane(all, this.#lanes));
    return Array.from({ length: this.#lanes }, (_, lane) => apart.map((own) => own[lane])).flat();
  }

  get #carried(): TypedArray[] {
    return Array.from({ length: this.#states }, (_, i) => this.#runner.input(this.#parameters + i));
  }

  /** @param numbers of the parameters, leaf by leaf, like those of the states. */
  load(numbers: readonly TypedArray[], states: readonly TypedArray[]): void {
    for (let i = 0; i < numbers.length; i++) this.#runner.input(i).set(numbers[i]);
    for (const [i, own] of this.states.entries()) own.set(states[i]);
    this.#runner.load(this.#carried);
  }

  /**
   * Returns the output for inputs, of all lanes together.
   * @throws IndexError or DTypeError for inputs that do not fit.
   */
  run(inputs: readonly unknown[]): Tensor[] {
    this.feed.write(0, inputs, undefined);
    this.#runner.check();
    this.#runner.run();
    return [this.#runner.read(this.#states)];
  }
}
