import { type Runner, runnerOf, trace } from '../../autodiff/index.ts';
import { leavesOf, type Tensor, type Tree, type TypedArray } from '../../lib/index.ts';
import { Feed } from './feed.ts';
import type { Setting } from './learn.ts';
import { declareTree, lift, type Moment } from './moment.ts';

/** The model's outputs at given parameters and states, for every system, as a plan that changes nothing. */
export class PredictPlan {
  readonly feed: Feed;
  readonly #runner: Runner;

  constructor({ systems, dtype }: Setting, parameters: unknown, states: readonly unknown[], inputs: readonly unknown[]) {
    const moment: Moment = { inputs: [...inputs], targets: undefined };
    const { program } = trace('predict', (declare) => {
      const theta = declareTree(parameters, declare, 'params');
      const before = declareTree(states, declare, 'state');
      const fed = declareTree(lift(moment, dtype, 'classes'), declare, '');
      return before.map((state, i) => systems.model.step(theta, state, fed.inputs[i]).output);
    });
    this.#runner = runnerOf(program);
    this.feed = new Feed(this.#runner, leavesOf([parameters, states] as Tree).length, [moment], 'classes');
  }

  /** @param numbers of the parameters and the states, leaf by leaf. @throws IndexError or DTypeError for inputs that do not fit. */
  run(numbers: readonly TypedArray[], inputs: readonly unknown[]): Tensor[] {
    numbers.forEach((data, i) => {
      this.#runner.input(i).set(data);
    });
    this.feed.write(0, inputs, undefined);
    this.#runner.check();
    this.#runner.run();
    return this.#runner.program.outputs.map((_, i) => this.#runner.read(i));
  }
}
