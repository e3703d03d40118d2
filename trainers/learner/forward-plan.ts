import { type Runner, runnerOf, trace } from '../../autodiff/index.ts';
import { leavesOf, rebuild, type Tree } from '../../lib/index.ts';
import type { Outcome } from './engine.ts';
import { Keepsake } from './keepsake.ts';
import type { Setting } from './learn.ts';
import { declareTree, lift, type Moment, type Numbers, writeMoments } from './moment.ts';
import { conform } from './transition.ts';

/** One step of the model for every system, without learning: what predicts inside a window. */
export class ForwardPlan {
  readonly #execution: Runner;
  readonly #states: readonly unknown[];
  readonly #parameters: number;
  readonly #stateLeaves: number;
  readonly #losses: number;
  readonly #numbers: Numbers;
  readonly #outputs: Keepsake;

  constructor(setting: Setting, parameters: unknown, states: readonly unknown[], moment: Moment, numbers: Numbers) {
    const { model, loss } = setting.systems;
    const fed = lift(moment, setting.dtype, numbers);
    this.#states = states;
    this.#numbers = numbers;
    this.#parameters = leavesOf(parameters as Tree).length;
    this.#stateLeaves = leavesOf(states as Tree).length;
    this.#losses = fed.targets === undefined ? 0 : states.length;
    const { program } = trace('predict', (declare) => {
      const theta = declareTree(parameters, declare, 'params');
      const before = declareTree(states, declare, 'state');
      const { inputs, targets } = declareTree(fed as unknown as Tree, declare, '') as unknown as Moment;
      const steps = before.map((state, i) => {
        const step = model.step(theta, state, inputs[i]);
        return {
          state: conform(step.state, state, model.name),
          output: step.output,
          loss: targets && loss(step.output, targets[i]),
        };
      });
      return [steps.map(({ state }) => state), steps.flatMap(({ loss }) => loss ?? []), steps.map(({ output }) => output)];
    });
    this.#execution = runnerOf(program, new Map(Array.from({ length: this.#stateLeaves }, (_, i) => [i, this.#parameters + i])));
    this.#outputs = new Keepsake(
      this.#execution,
      states.map((_, i) => this.#stateLeaves + this.#losses + i),
    );
  }

  load(parameters: unknown, states: readonly unknown[]): void {
    leavesOf([parameters, states] as Tree).forEach((leaf, i) => {
      this.#execution.write(i, leaf);
    });
  }

  /** The states after the last run. */
  states(): readonly unknown[] {
    const leaves = Array.from({ length: this.#stateLeaves }, (_, i) => this.#execution.read(i));
    return rebuild(this.#states as Tree, leaves) as unknown as readonly unknown[];
  }

  run(moment: Moment): Outcome {
    writeMoments(this.#execution, this.#parameters + this.#stateLeaves, [moment], this.#numbers);
    this.#execution.check();
    this.#execution.run();
    const losses = Array.from({ length: this.#losses }, (_, i) => this.#execution.output(this.#stateLeaves + i)[0]);
    return { losses, outputs: this.#outputs.keep() };
  }
}
