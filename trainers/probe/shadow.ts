import type { Noise, TypedArray } from '../../lib/index.ts';
import { copyOfTree, zerosOf } from '../algebra.ts';
import type { Cost, Estimator } from '../estimators/index.ts';
import type { Engine } from '../learner/engine/engine.ts';
import { engineOf, settingOf } from '../learner/engine/select.ts';
import type { LearnerConfig } from '../learner/given/config.ts';
import { lanesAsOne, type Point } from '../learner/plan/point.ts';
import { atReset, freshLanes, named, type Setting } from '../learner/window/learn.ts';
import { type Optimizer, sgd } from '../optimizers/index.ts';

/**
 * An estimator that follows the trajectory of another learner: it carries an influence of its own, and at each
 * step takes over the learner's parameters and state. So its steps have the learner's J and I.
 */
export class Shadow {
  readonly #begin: string;
  readonly #setting: Setting;
  readonly #engine: Engine;
  /** Number of lanes that are one system. */
  readonly #joint: number;
  readonly #ignored = new Float64Array(1);

  constructor(config: LearnerConfig<unknown, unknown, unknown, unknown>, estimator: Estimator, noise: Noise) {
    const { parameters: _, seed: __, noise: ___, ...rest } = config;
    const own = { ...rest, estimator, optimizer: still };
    this.#joint = estimator.joint ? (config.lanes ?? 1) : 1;
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
    this.#engine.expectGradient(Number.POSITIVE_INFINITY);
  }

  /** The cost of the estimator's rule for the model; undefined before the first input. */
  get cost(): Cost | undefined {
    return this.#setting.bindings.last?.cost;
  }

  /** Whether the estimator has drawn any noise. */
  get hasDrawn(): boolean {
    return JSON.stringify(this.#engine.noise.save()) !== this.#begin;
  }

  /**
   * Carries the influence over the step from a point, of lanes that are systems; without a target it is only observed.
   */
  step(point: Point, input: unknown, target?: { readonly value: unknown }): void {
    const engine = this.#engine;
    engine.follow(this.#joint > 1 ? lanesAsOne(point, this.#joint) : point);
    const inputs = engine.given(input, 'input');
    const targets = target && engine.given(target.value, 'target');
    engine.step(inputs, targets, this.#ignored, 0, 'nowhere');
  }

  /** The estimate of the last gradient, leaf by leaf, which the next step overwrites. */
  get estimate(): readonly TypedArray[] {
    return this.#engine.gradientNumbers;
  }

  /** Recomputes an estimate that is not finite with more care. @throws NonFiniteError if that does not help. */
  verify(): void {
    this.#engine.verify();
  }

  /** Forgets the influence. */
  reset(): void {
    this.#engine.restore(atReset(this.#engine.save(), this.#setting));
  }
}

/** Leaves the parameters where they are. */
const still: Optimizer = {
  ...sgd({ rate: 1 }),
  name: 'still',
  update: (gradient, memory) => ({ update: zerosOf(gradient), memory }),
};
