import { Execution, trace } from '../../autodiff/index.ts';
import { alignLeaves, leavesOf, type Tensor, type Tree, type TypedArray } from '../../lib/index.ts';
import { runStep } from '../../nn/index.ts';
import { Feed } from './feed.ts';
import type { Setting } from './learn.ts';
import { lift, meaningsOf } from './plainNumbers.ts';
import { declareTree, type TimeStep } from './timeStep.ts';

/** A plan for the model's outputs at given parameters, for every system, with states of its own. */
export class PredictPlan {
  readonly feed: Feed;
  readonly #runner: Execution;
  readonly #parameters: number;
  readonly #states: number;

  constructor(setting: Setting, parameters: unknown, states: readonly unknown[], inputs: readonly unknown[]) {
    const { systems, dtype } = setting;
    const timeStep: TimeStep = { inputs: [...inputs], targets: undefined };
    const numbers = meaningsOf(setting, parameters, states[0], timeStep);
    const like = states as Tree;
    this.#parameters = leavesOf(parameters as Tree).length;
    this.#states = leavesOf(like).length;
    const { program } = trace('predict', (declare) => {
      const theta = declareTree(parameters, declare, 'params');
      const before = declareTree(states, declare, 'state');
      const fed = declareTree(lift(timeStep, dtype, numbers), declare, '');
      const steps = before.map((state, i) => runStep(systems.model, theta, state, fed.inputs[i]));
      const next = alignLeaves(like, steps.map(({ state }) => state) as Tree, 'predict');
      return [...(next as Tensor[]), ...steps.map(({ output }) => output)];
    });
    const updates = new Map(Array.from({ length: this.#states }, (_, i) => [i, this.#parameters + i]));
    this.#runner = new Execution(program, { updates });
    this.feed = new Feed(this.#runner, this.#parameters + this.#states, [timeStep], numbers);
  }

  /** The numbers of the states, leaf by leaf. */
  get states(): TypedArray[] {
    return Array.from({ length: this.#states }, (_, i) => this.#runner.input(this.#parameters + i));
  }

  /** @param numbers of the parameters, leaf by leaf, like those of the states. */
  load(numbers: readonly TypedArray[], states: readonly TypedArray[]): void {
    for (let i = 0; i < numbers.length; i++) this.#runner.input(i).set(numbers[i]);
    this.#runner.load(states);
  }

  /**
   * Returns the outputs for inputs, one for each system.
   * @throws IndexError or DTypeError for inputs that do not fit.
   */
  run(inputs: readonly unknown[]): Tensor[] {
    this.feed.write(0, inputs, undefined);
    this.#runner.check();
    this.#runner.run();
    const { outputs } = this.#runner.program;
    return Array.from({ length: outputs.length - this.#states }, (_, i) =>
      this.#runner.read(this.#states + i),
    );
  }
}
