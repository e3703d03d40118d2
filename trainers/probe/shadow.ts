import type { Noise, Tree } from '../../lib/index.ts';
import { copyOfTree, zerosOf } from '../algebra.ts';
import type { Cost, Estimator } from '../estimators/index.ts';
import type { LearnerConfig } from '../learner/config.ts';
import type { Engine } from '../learner/engine.ts';
import { atReset, freshLanes, named, type Setting } from '../learner/learn.ts';
import { engineOf, settingOf } from '../learner/select.ts';
import { type Optimizer, sgd } from '../optimizers/index.ts';

/** Where a learner is before a step. */
export interface Position {
  readonly parameters: unknown;
  /** As the learner shows it: with several lanes, leaves of shape [lanes, ...]. */
  readonly state: unknown;
}

/**
 * An estimator that follows the trajectory of another learner: it carries an influence of its own, and at each
 * step takes over the learner's parameters and state. So its steps have the learner's J and I.
 */
export class Shadow {
  readonly #begin: string;
  readonly #setting: Setting;
  readonly #engine: Engine;
  readonly #ignored = new Float64Array(1);

  constructor(config: LearnerConfig<unknown, unknown, unknown, unknown>, estimator: Estimator, noise: Noise) {
    const { parameters: _, state: __, seed: ___, noise: ____, ...rest } = config;
    const own = { ...rest, estimator, optimizer: still };
    this.#begin = JSON.stringify(noise.save());
    this.#setting = settingOf(own, noise);
    const parameters = named(copyOfTree(config.parameters));
    this.#engine = engineOf(own, this.#setting, {
      parameters,
      moments: still.init(parameters),
      gradient: zerosOf(parameters),
      lanes: freshLanes(this.#setting.systems),
      steps: 0,
      updates: 0,
      pending: 0,
    });
  }

  /** The cost of the estimator's rule for the model; undefined before the first input. */
  get cost(): Cost | undefined {
    return this.#setting.bindings.last?.cost;
  }

  /** Whether the estimator has drawn any noise. */
  get hasDrawn(): boolean {
    return JSON.stringify(this.#engine.noise.save()) !== this.#begin;
  }

  /** Returns the estimate of the gradient at a position, and carries the influence over the step. */
  step(position: Position, input: unknown, target: unknown): Tree {
    const { systems } = this.#setting;
    this.#follow(position);
    const [inputs, targets] = [systems.distribute(input, 'input'), systems.distribute(target, 'target')];
    this.#engine.step(inputs, targets, this.#ignored, 0, 'nowhere');
    return this.#engine.gradient as Tree;
  }

  /** Carries the influence over a step without a target. */
  observe(position: Position, input: unknown): void {
    this.#follow(position);
    const inputs = this.#setting.systems.distribute(input, 'input');
    this.#engine.step(inputs, undefined, this.#ignored, 0, 'nowhere');
  }

  /** Forgets the influence. */
  reset(): void {
    this.#engine.restore(atReset(this.#engine.save(), this.#setting));
  }

  #follow({ parameters, state }: Position): void {
    this.#engine.follow(parameters, this.#setting.systems.distribute(state, 'state'));
  }
}

/** Leaves the parameters where they are. */
const still: Optimizer = {
  ...sgd({ rate: 1 }),
  name: 'still',
  update: (gradient, memory) => ({ update: zerosOf(gradient), memory }),
};
